import type { NodeId } from '../../ids.js'
import type { Mark } from '../lineage/mark.js'
import type { ProvShape } from './prov-look.js'

/** A node of the picture: one node of the lineage, or several alike that are drawn as one. */
export interface PictureNode {
  /** Unique in the picture, of letters, digits and `_`: `n0`, `n1` …, the position in `Lineage.nodes`; `g0` … for groups. */
  readonly key: string
  readonly shape: ProvShape
  /** What kind of node it is, such as `task` or `artifact`. */
  readonly kind: string
  /** The text in the shape, in full: whoever draws it breaks and cuts it. */
  readonly label: string
  /** A second, smaller line, such as the status of a task; may be empty. */
  readonly note: string
  /** The node that it stands for; absent for a group. */
  readonly id?: NodeId
  /** The nodes that a group stands for, in order of the lineage. */
  readonly members?: readonly NodeId[]
  readonly isRoot: boolean
  /** What must not be overlooked in it; of a group, in all of its members. */
  readonly mark?: Mark
}

/** An arrow, from the later to the earlier as in PROV. */
export interface PictureEdge {
  readonly key: string
  readonly source: string
  readonly target: string
  /** The name of the property, such as `used` or `wasGeneratedBy`. */
  readonly label: string
}

/** What of a lineage is drawn. */
export interface Picture {
  readonly title: string
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
  /** A sentence for each thing that was grouped or left out; empty where everything is drawn. */
  readonly cuts: readonly string[]
}
