import type { NodeId } from '../../ids.js'
import type { LineageNode } from '../lineage/lineage.js'

/** A node is drawn for its kind's sake only where no more than so many others are needed to join it to the root. */
const MAX_JOINING = 5

/**
 * As many groups of nodes as there is room for, in their order: the root, then in turn the nearest of each kind that is not
 * chosen yet, with those by which it was reached, and the nearest of any kind for the rest. So a task with thousands of
 * parts is drawn with some of them, and with what became of these.
 *
 * Takes time in proportion to the nodes.
 */
export function nearestOfEachKind(groups: readonly LineageNode[][], room: number): LineageNode[][] {
  if (groups.length <= room) return [...groups]
  const placeById = new Map<NodeId, number>()
  for (const [place, group] of groups.entries()) for (const { id } of group) placeById.set(id, place)
  const chosen = new Set<number>()
  /** What is missing between a group and those that are chosen, itself included; nothing where that is too much. */
  const joiningOf = (place: number): readonly number[] => {
    const most = Math.min(MAX_JOINING + 1, room - chosen.size)
    const joining: number[] = []
    for (let next: number | undefined = place; next !== undefined && !chosen.has(next); ) {
      if (joining.length === most || joining.includes(next)) return []
      joining.push(next)
      next = before(groups[next]![0]!, placeById)
    }
    return joining
  }
  const placesByKind = new Map<string, number[]>()
  for (const [place, [first]] of groups.entries()) {
    const places = placesByKind.get(first!.kind)
    if (places === undefined) placesByKind.set(first!.kind, [place])
    else places.push(place)
  }
  const turns = [...placesByKind.values()].map((places) => places.values())
  for (let waiting = turns; waiting.length > 0; ) {
    waiting = waiting.filter((places) => {
      const place = nextOf(places, chosen)
      const joining = place === undefined ? [] : joiningOf(place)
      for (const added of joining) chosen.add(added)
      return joining.length > 0
    })
  }
  for (let place = 0; chosen.size < room; place++) chosen.add(place)
  return groups.filter((_, place) => chosen.has(place))
}

/** The group from which a node was reached. */
function before({ id, reachedBy }: LineageNode, placeById: ReadonlyMap<NodeId, number>): number | undefined {
  if (reachedBy === undefined) return undefined
  return placeById.get(reachedBy.source === id ? reachedBy.target : reachedBy.source)
}

function nextOf(places: Iterator<number>, chosen: ReadonlySet<number>): number | undefined {
  for (let next = places.next(); !next.done; next = places.next()) if (!chosen.has(next.value)) return next.value
  return undefined
}
