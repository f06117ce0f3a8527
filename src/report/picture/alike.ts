import type { NodeId } from '../../ids.js'
import type { Lineage, LineageNode } from '../lineage/lineage.js'

/** So many nodes that are alike are still drawn one by one. */
const HANDFUL = 6

/**
 * The nodes of a lineage, those that are alike together: of the same kind, and related in the same ways to the same
 * others. The order is that of the lineage, a group standing where the first of it stands. The root is alone always.
 *
 * Takes time in proportion to the nodes and relations.
 */
export function groupAlike(lineage: Lineage): LineageNode[][] {
  const numberById = new Map(lineage.nodes.map(({ id }, index) => [id, index]))
  const relationsByNumber: string[][] = lineage.nodes.map(() => [])
  const note = (id: NodeId, sign: string, kind: string, other: NodeId) => {
    const [number, otherNumber] = [numberById.get(id), numberById.get(other)]
    if (number !== undefined && otherNumber !== undefined)
      relationsByNumber[number]!.push(`${sign}${kind} ${otherNumber}`)
  }
  for (const { source, kind, target } of lineage.relations) {
    note(source, '>', kind, target)
    note(target, '<', kind, source)
  }
  const alike = new Map<string, LineageNode[]>()
  lineage.nodes.forEach((node, number) => {
    const relations = [...new Set(relationsByNumber[number])].sort().join('|')
    const likeness = node.id === lineage.root || relations === '' ? `alone ${number}` : `${node.kind} ${relations}`
    const group = alike.get(likeness)
    if (group) group.push(node)
    else alike.set(likeness, [node])
  })
  const isDrawnAlone = (group: readonly LineageNode[]) => group.length <= HANDFUL
  const orderOf = (group: readonly LineageNode[]) => numberById.get(group[0]!.id)!
  return [...alike.values()]
    .flatMap((group) => (isDrawnAlone(group) ? group.map((node) => [node]) : [group]))
    .sort((one, other) => orderOf(one) - orderOf(other))
}
