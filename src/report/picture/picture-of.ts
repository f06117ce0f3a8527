import type { NodeId } from '../../ids.js'
import { unturned } from '../../text/unturned.js'
import type { Lineage, LineageNode } from '../lineage/lineage.js'
import { type Mark, markOf } from '../lineage/mark.js'
import { truncationSentences } from '../lineage/truncation-sentences.js'
import { lineageTitle } from '../lineage-title.js'
import { counted, countedByKind } from '../text/counted.js'
import { shorten } from '../text/shorten.js'
import { groupAlike } from './alike.js'
import { isResponsibility } from './edge-kind.js'
import { nearestOfEachKind } from './nearest-of-each-kind.js'
import { noteOf } from './node-note.js'
import type { Picture, PictureEdge, PictureNode } from './picture.js'
import { propertyName } from './property-name.js'
import { SHAPE_BY_KIND } from './prov-look.js'

/** What `pictureOf` takes besides the lineage. */
export interface PictureOptions {
  readonly title?: string
  /** The most shapes; default: 300. */
  readonly maxNodes?: number
  /** The most arrows for each shape; default: 3. */
  readonly arrowsPerNode?: number
}

/** So many shapes are laid out within a few seconds and can still be looked at. */
export const MAX_SHAPES = 300
const ARROWS_PER_SHAPE = 3
/** A picture of more shapes has room for {@link BUSY} arrows to one agent. */
const LARGE = 100
const BUSY = 20
const LEGIBLY = 'to keep the picture legible'

/**
 * What of a lineage is drawn: nodes that are alike as one shape where they are many, the nearest of each kind where there are
 * still too many, and of their relations those by which they were reached first. The same lineage gives the same picture.
 */
export function pictureOf(lineage: Lineage, options: PictureOptions = {}): Picture {
  const { maxNodes = MAX_SHAPES, arrowsPerNode = ARROWS_PER_SHAPE } = options
  const groups = groupAlike(lineage)
  const drawn = nearestOfEachKind(groups, maxNodes)
  const isDrawn = new Set(drawn)
  const numberById = new Map(lineage.nodes.map(({ id }, number) => [id, number]))
  let groupCount = 0
  const nodes = drawn.map((members): PictureNode => {
    const [first] = members as [LineageNode]
    const isGroup = members.length > 1
    const key = isGroup ? `g${groupCount++}` : `n${numberById.get(first.id)}`
    const mark = commonMark(members)
    const common = {
      key,
      shape: SHAPE_BY_KIND[first.kind],
      kind: first.kind,
      isRoot: first.id === lineage.root,
      ...(mark !== undefined && { mark }),
    }
    return isGroup
      ? {
          ...common,
          label: counted(members.length, first.kind),
          note: unturned(commonNote(members)),
          members: members.map(({ id }) => id),
        }
      : { ...common, label: unturned(first.label), note: unturned(noteOf(first)), id: first.id }
  })
  const { edges, cuts } = arrowsOf(lineage, nodes, Math.max(1, Math.floor(arrowsPerNode * nodes.length)))
  return {
    title: unturned(lineageTitle(lineage, options.title)),
    nodes,
    edges,
    cuts: [
      ...drawn.filter((members) => members.length > 1).map((members) => groupSentence(lineage, members)),
      ...leftOutSentences(groups.filter((group) => !isDrawn.has(group)).flat()),
      ...cuts,
      ...truncationSentences(lineage),
    ].map(unturned),
  }
}

interface Arrows {
  readonly edges: readonly PictureEdge[]
  readonly cuts: readonly string[]
}

/** The arrows between what is drawn, each once, and a sentence for those that are too many. */
function arrowsOf(lineage: Lineage, nodes: readonly PictureNode[], most: number): Arrows {
  const keyById = new Map<NodeId, string>()
  for (const { key, id, members } of nodes) for (const member of members ?? [id!]) keyById.set(member, key)
  const found = new Map<string, Omit<PictureEdge, 'key'>>()
  const add = (relation: Lineage['relations'][number]) => {
    const [source, target] = [keyById.get(relation.source), keyById.get(relation.target)]
    if (source === undefined || target === undefined) return
    const label = propertyName(relation.kind)
    const likeness = `${source} ${label} ${target}`
    if (!found.has(likeness)) found.set(likeness, { source, target, label })
  }
  // What connects the picture comes first.
  for (const { reachedBy } of lineage.nodes) if (reachedBy !== undefined) add(reachedBy)
  const connecting = found.size
  lineage.relations.forEach(add)
  const { kept, cuts } = withoutBusyAgents([...found.values()], connecting, nodes)
  const omitted = Math.max(0, kept.length - most)
  const are = omitted === 1 ? 'is' : 'are'
  return {
    edges: kept.slice(0, most).map((edge, index) => ({ key: `e${index}`, ...edge })),
    cuts:
      omitted === 0
        ? cuts
        : [...cuts, `${counted(omitted, 'relation')} between what is drawn ${are} left out, ${LEGIBLY}.`],
  }
}

/** In a large picture, arrows to an agent that has to do with nearly everything would cover the rest. */
function withoutBusyAgents(
  edges: readonly Omit<PictureEdge, 'key'>[],
  connecting: number,
  nodes: readonly PictureNode[],
): { kept: readonly Omit<PictureEdge, 'key'>[]; cuts: string[] } {
  if (nodes.length <= LARGE) return { kept: edges, cuts: [] }
  const counts = new Map<string, number>()
  for (const { target, label } of edges) if (isResponsibility(label)) counts.set(target, (counts.get(target) ?? 0) + 1)
  const isLeftOut = ({ target, label }: Omit<PictureEdge, 'key'>, index: number) =>
    index >= connecting && isResponsibility(label) && counts.get(target)! > BUSY
  const left = new Map<string, number>()
  for (const [index, edge] of edges.entries()) {
    if (isLeftOut(edge, index)) left.set(edge.target, (left.get(edge.target) ?? 0) + 1)
  }
  return {
    kept: edges.filter((edge, index) => !isLeftOut(edge, index)),
    cuts: nodes.flatMap(({ key, label }) => {
      const count = left.get(key)
      return count === undefined
        ? []
        : [
            `${count} of the ${counts.get(key)} relations that say what “${shorten(label, 60)}” is responsible for are left out, ${LEGIBLY}.`,
          ]
    }),
  }
}

function commonMark(members: readonly LineageNode[]): Mark | undefined {
  const marks = new Set(members.map(markOf))
  return marks.size === 1 ? [...marks][0] : undefined
}

function commonNote(members: readonly LineageNode[]): string {
  const notes = new Set(members.map(noteOf))
  const [note] = notes
  return notes.size === 1 && note !== members[0]!.kind ? note! : ''
}

function groupSentence(lineage: Lineage, members: readonly LineageNode[]): string {
  const [first] = members as [LineageNode]
  const ids = new Set(members.map(({ id }) => id))
  const labelById = new Map(lineage.nodes.map(({ id, label }) => [id, label]))
  const neighbours = new Set<string>()
  for (const { source, target } of lineage.relations) {
    const other = ids.has(source) ? target : ids.has(target) ? source : undefined
    const label = other === undefined ? undefined : labelById.get(other)
    if (label !== undefined) neighbours.add(`“${shorten(label, 60)}”`)
    if (neighbours.size > 2) break
  }
  const [one, another] = neighbours
  const whose = neighbours.size > 2 ? 'the same others' : another === undefined ? one! : `${one} and ${another}`
  return `${counted(members.length, first.kind)} with the same relations to ${whose} are drawn as one shape.`
}

function leftOutSentences(left: readonly LineageNode[]): string[] {
  if (left.length === 0) return []
  const kinds = countedByKind(left.map(({ kind }) => kind))
  return [`${kinds} ${left.length === 1 ? 'is' : 'are'} left out of the picture, which shows the nearest of each kind.`]
}
