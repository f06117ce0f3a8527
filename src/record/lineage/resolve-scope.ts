import { z } from 'zod'
import { chunksOf } from '../../chunks.js'
import { list, namespace, nodeId, taskId } from '../../input.js'
import type { Reader } from '../../store/store.js'
import { NODE_KINDS } from '../../vocabulary.js'
import { requireNode } from '../nodes.js'
import type { Scope } from './scope.js'
import { type LineageDirection, walkLineage } from './walk.js'

export const LINEAGE_DIRECTIONS = ['origins', 'effects', 'both'] as const satisfies readonly LineageDirection[]

/** How many steps, as every walk takes it. */
export const depth = z.int().min(0)

/** Checks a {@link Scope}. */
export const scopeSchema: z.ZodType<Scope> = z.union([
  z.strictObject({ namespace }),
  z.strictObject({
    lineageOf: z.union([nodeId, list(nodeId).min(1)]),
    direction: z.enum(LINEAGE_DIRECTIONS).optional(),
    depth: depth.optional(),
  }),
  z.strictObject({ partOf: taskId }),
])

/** A scope as a reader asks for it: `null` where it sets no limit. */
export interface ResolvedScope {
  readonly namespace: string | null
  /** The keys of the nodes. */
  readonly keys: ReadonlySet<number> | null
}

/** @throws {NotFoundError} the scope names a node that does not exist, or `partOf` one that is no task. */
export async function resolveScope(reader: Reader, scope: Scope | undefined): Promise<ResolvedScope> {
  if (scope === undefined) return { namespace: null, keys: null }
  if ('namespace' in scope) return { namespace: scope.namespace, keys: null }
  if ('partOf' in scope) {
    const { key } = await requireNode(reader, scope.partOf, ['task'])
    return { namespace: null, keys: await keysOfParts(reader, key) }
  }
  const keys: number[] = []
  for (const id of [scope.lineageOf].flat()) keys.push((await requireNode(reader, id, NODE_KINDS)).key)
  const { nodes } = await walkLineage(reader, keys, { direction: scope.direction ?? 'both', depth: scope.depth })
  return { namespace: null, keys: new Set(nodes.map((node) => node.key)) }
}

/** How many tasks are looked up at once. */
const CHUNK = 500

/** A task and everything that is part of it, at any level. */
export async function keysOfParts(reader: Reader, task: number): Promise<ReadonlySet<number>> {
  const keys = new Set([task])
  for (let level = [task]; level.length > 0; ) {
    const next: number[] = []
    for (const some of chunksOf(level, CHUNK)) {
      const rows = await reader.rows<[number]>(
        "SELECT source FROM relations WHERE target IN (SELECT value FROM json_each(?)) AND kind = 'parent'",
        JSON.stringify(some),
      )
      for (const [key] of rows) next.push(key)
    }
    level = next.filter((key) => !keys.has(key))
    for (const key of level) keys.add(key)
  }
  return keys
}
