import type { NodeId } from '../../ids.js'
import type { Lineage, LineageNode } from '../lineage/lineage.js'
import { shorten } from '../text/shorten.js'
import { bdi, html, type Markup } from './markup.js'

/** How much of a name is shown where another node is spoken of, in characters. */
export const MAX_NAME = 120

/** How the nodes of a lineage are named and linked in its page. */
export class NodeNames {
  readonly #nodes: readonly LineageNode[]
  readonly #indexById: ReadonlyMap<NodeId, number>

  constructor(lineage: Lineage) {
    this.#nodes = lineage.nodes
    this.#indexById = new Map(lineage.nodes.map((node, index) => [node.id, index]))
  }

  /** The position in the lineage; `undefined` where the node is not part of it. */
  indexOf(id: NodeId): number | undefined {
    return this.#indexById.get(id)
  }

  find(id: NodeId): LineageNode | undefined {
    const index = this.#indexById.get(id)
    return index === undefined ? undefined : this.#nodes[index]
  }

  /** A link to the row of a node, with its name; the id alone where the node is not part of the lineage. */
  reference(id: NodeId): Markup {
    const node = this.find(id)
    if (node === undefined) return html`<bdi class="absent" title="not part of this report">${id}</bdi>`
    return html`<a href="#${anchorOf(id)}">${bdi(shorten(node.label, MAX_NAME))}</a>`
  }
}

/** The id of the row of a node: its uuid, which occurs once in a record and reads well in an address. */
export function anchorOf(id: NodeId): string {
  return id.slice(id.lastIndexOf('--') + 2)
}
