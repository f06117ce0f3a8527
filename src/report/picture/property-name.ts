import { type LineageKind, propertyOf } from '../../record/lineage/lineage-relation.js'

/** The name of a kind's property without its prefix, as it stands on an arrow: `wasGeneratedBy`. */
export function propertyName(kind: LineageKind): string {
  return propertyOf(kind).replace(/^[a-z]+:/, '')
}
