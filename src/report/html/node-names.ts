import type { NodeId } from '../../ids.js'
import type { Lineage, LineageNode } from '../lineage/lineage.js'
import { bdi, html, type Markup } from './markup.js'
import { shortened } from './wording.js'

/** How the nodes of a lineage are named and linked in its page. */
export class NodeNames {
  readonly #indexById: ReadonlyMap<NodeId, number>

  constructor(private readonly lineage: Lineage) {
    this.#indexById = new Map(lineage.nodes.map((node, index) => [node.id, index]))
  }

  /** The position in the lineage; `undefined` where the node is not part of it. */
  indexOf(id: NodeId): number | undefined {
    return this.#indexById.get(id)
  }

  find(id: NodeId): LineageNode | undefined {
    const index = this.#indexById.get(id)
    return index === undefined ? undefined : this.lineage.nodes[index]
  }

  /** A link to the row of a node, with its name; the id alone where the node is not part of the lineage. */
  reference(id: NodeId): Markup {
    const node = this.find(id)
    if (node === undefined) return html`<bdi class="absent" title="not part of this report">${id}</bdi>`
    return html`<a href="#${anchorOf(id)}">${bdi(shortened(node.label))}</a>`
  }
}

/** The id of the row of a node: its uuid, which occurs once in a record and reads well in an address. */
export function anchorOf(id: NodeId): string {
  return id.slice(id.lastIndexOf('--') + 2)
}
