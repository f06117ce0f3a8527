import { chunksOf } from '../../chunks.js'
import type { TaskId } from '../../ids.js'
import type { Reader } from '../../store/store.js'
import type { Gate } from '../../vocabulary.js'
import { idsOf } from '../nodes.js'
import type { Dependency, TaskAtDistance } from './task.js'
import { readTasks } from './task-rows.js'

const STEPS = {
  ancestors: "SELECT target FROM relations WHERE source IN (SELECT value FROM json_each(?)) AND kind = 'blocked_by'",
  descendants: "SELECT source FROM relations WHERE target IN (SELECT value FROM json_each(?)) AND kind = 'blocked_by'",
}
const SINGLE_STEPS = {
  ancestors: "SELECT target FROM relations WHERE source = ? AND kind = 'blocked_by'",
  descendants: "SELECT source FROM relations WHERE target = ? AND kind = 'blocked_by'",
}
/** How many tasks are looked up at once. */
const CHUNK = 2_000

/** Breadth first along blocked_by, a level at a time: each task once, at its shortest distance, in order of age within it. */
export async function walkTasks(
  reader: Reader,
  start: number,
  direction: 'ancestors' | 'descendants',
  maxDepth: number,
): Promise<TaskAtDistance[]> {
  const visited = new Set([start])
  const keys: number[] = []
  const distances: number[] = []
  let level = [start]
  for (let distance = 1; distance <= maxDepth && level.length > 0; distance++) {
    const next: number[] = []
    for (const key of await step(reader, direction, level)) {
      if (visited.has(key)) continue
      visited.add(key)
      next.push(key)
    }
    level = next.sort((one, other) => one - other)
    for (const key of level) {
      keys.push(key)
      distances.push(distance)
    }
  }
  const tasks = await readTasks(reader, keys)
  return tasks.map((task, index) => ({ task, distance: distances[index]! }))
}

async function step(
  reader: Reader,
  direction: 'ancestors' | 'descendants',
  level: readonly number[],
): Promise<number[]> {
  if (level.length === 1) return (await reader.rows<[number]>(SINGLE_STEPS[direction], level[0]!)).map(([key]) => key)
  const found: number[] = []
  for (const some of chunksOf(level, CHUNK)) {
    const rows = await reader.rows<[number]>(STEPS[direction], JSON.stringify(some))
    for (const [key] of rows) found.push(key)
  }
  return found
}

/** The blocked_by relations below a task, depth first, each once; a task's own blockers in the order they were added. */
export async function walkDependencies(reader: Reader, start: number): Promise<Dependency[]> {
  const found: { source: number; target: number; gate: Gate; depth: number }[] = []
  const visited = new Set([start])
  const stack: { source: number; target: number; gate: Gate; depth: number }[] = []
  const push = async (source: number, depth: number) => {
    const rows = await reader.all<{ target: number; gate: Gate }>(
      "SELECT target, gate FROM relations WHERE source = ? AND kind = 'blocked_by' ORDER BY added DESC, target DESC",
      source,
    )
    for (const { target, gate } of rows) stack.push({ source, target, gate, depth })
  }
  await push(start, 0)
  for (let relation = stack.pop(); relation !== undefined; relation = stack.pop()) {
    found.push(relation)
    if (visited.has(relation.target)) continue
    visited.add(relation.target)
    await push(relation.target, relation.depth + 1)
  }
  const keys = [...visited]
  const ids = new Map<number, TaskId>()
  for (const chunk of chunksOf(keys, CHUNK)) {
    const named = await idsOf(reader, chunk)
    for (const [index, key] of chunk.entries()) ids.set(key, named[index] as TaskId)
  }
  return found.map(({ source, target, gate, depth }) => ({
    source: ids.get(source)!,
    kind: 'blocked_by',
    target: ids.get(target)!,
    gate,
    depth,
  }))
}
