import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ArtifactId,
  byArtifact,
  InvalidInputError,
  LINEAGE_KINDS,
  type Lineage,
  type LineageRelation,
  lineage,
  type NodeId,
  NotFoundError,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { Choice, commands, histories, Nodes } from './support/histories.js'
import { lineageByDefinition, type ModelRecord, modelOf } from './support/lineage-model.js'
import { expectRefusal, refusal } from './support/refusals.js'
import { inMemory, open } from './support/trackers.js'

type History = (typeof histories extends fc.Arbitrary<infer Value> ? Value : never)[number]

/** Lets a history come to pass; what is refused is left out. */
async function live(tracker: Tracker, history: readonly History[]): Promise<void> {
  const nodes = new Nodes()
  nodes.agents.push((await tracker.agents.registerHuman({ name: 'Ada' })).id)
  nodes.tasks.push((await tracker.tasks.create({ title: 'Task 0' })).id)
  nodes.activities.push((await tracker.activities.start({ task: nodes.tasks[0]! })).id)
  nodes.entities.push(nodes.tasks[0]!, (await tracker.artifacts.add({ iri: 'urn:a' })).id)
  for (const { moves } of history) {
    for (const { command, seed } of moves) {
      const choice = new Choice(seed)
      try {
        await commands[command]!(tracker.as(choice.of(nodes.agents)), nodes, choice)
      } catch (error) {
        expectRefusal(error)
      }
    }
  }
}

const directions = ['origins', 'effects', 'both'] as const
const questions = fc.array(
  fc.record(
    {
      node: fc.nat(),
      direction: fc.constantFrom(...directions),
      depth: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      kinds: fc.option(fc.subarray([...LINEAGE_KINDS], { minLength: 5 }), { nil: undefined, freq: 3 }),
      maxNodes: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 3 }),
    },
    { requiredKeys: ['node', 'direction', 'depth', 'kinds', 'maxNodes'] },
  ),
  { minLength: 12, maxLength: 12 },
)

function named({ source, kind, target, activity, gate, createdAt }: LineageRelation): string {
  return [source, kind, target, activity, gate, createdAt].join(' ')
}

function outlineOf({ nodes, relations, truncated }: Pick<Lineage, 'nodes' | 'relations' | 'truncated'>) {
  return {
    nodes: nodes.map(({ id, distance, direction }) => ({ id, distance, ...(direction && { direction }) })),
    relations: relations.map(named).sort(),
    truncated,
  }
}

/** Every node but the roots was reached by a relation of a node that is one step nearer. */
function expectReached({ nodes, relations }: Lineage): void {
  const distances = new Map(nodes.map(({ id, distance }) => [id, distance]))
  const names = new Set(relations.map(named))
  for (const { id, distance, reachedBy, direction } of nodes) {
    if (distance === 0) {
      expect([reachedBy, direction]).toEqual([undefined, undefined])
      continue
    }
    expect(names).toContain(named(reachedBy!))
    const [near, far] =
      direction === 'origin' ? [reachedBy!.source, reachedBy!.target] : [reachedBy!.target, reachedBy!.source]
    expect(far).toBe(id)
    expect(distances.get(near)).toBeLessThanOrEqual(distance - 1)
  }
}

describe('the lineage in any history', () => {
  test('is what its definition says: nodes, distances, relations and what was left out', async () => {
    let cutByBoth = 0
    let relationsSeen = 0
    await fc.assert(
      fc.asyncProperty(histories, questions, async (history, asked) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record = await modelOf(tracker)
          for (const { node, ...rest } of asked) {
            const options = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
            const root = record.ids[node % record.ids.length]!
            const found = await lineage(tracker, root, options)
            const expected = lineageByDefinition(record, [root], { ...rest } as Parameters<
              typeof lineageByDefinition
            >[2])
            expect(outlineOf(found)).toEqual({
              nodes: expected.nodes,
              relations: expected.relations.map(named).sort(),
              truncated: expected.truncated,
            })
            expectReached(found)
            if (found.truncated.some(({ omitted }) => omitted > 4 * (rest.maxNodes ?? 1_000))) cutByBoth++
            relationsSeen += found.relations.length
          }
        })
      }),
      { numRuns: 60 },
    )
    expect(cutByBoth).toBeGreaterThan(5)
    expect(relationsSeen).toBeGreaterThan(1_000)
  })

  test('of several artifacts with one IRI is that of all of them', async () => {
    let several = 0
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(...directions), fc.nat({ max: 8 }), async (history, direction, n) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record = await modelOf(tracker)
          const { items } = await tracker.artifacts.list({ limit: 1_000 })
          const roots = items.filter(({ iri }) => iri === 'urn:a').map(({ id }) => id)
          if (roots.length > 1) several++
          const options = { direction, ...(n > 0 && { maxNodes: n }) }
          const found = await lineage(tracker, 'urn:a', options)
          expect(found.root).toBe(roots[0])
          const expected = lineageByDefinition(record, roots, options)
          expect(outlineOf(found)).toEqual({ ...expected, relations: expected.relations.map(named).sort() })
        })
      }),
      { numRuns: 30 },
    )
    expect(several).toBeGreaterThan(5)
  })

  test('in both directions is that of the origins and that of the effects together', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.option(fc.nat({ max: 4 }), { nil: undefined }), async (history, depth) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          for (const root of (await modelOf(tracker)).ids) {
            const [both, origins, effects] = await Promise.all(
              (['both', 'origins', 'effects'] as const).map((direction) =>
                lineage(tracker, root, { direction, ...(depth !== undefined && { depth }) }),
              ),
            )
            const together = new Map<NodeId, number>()
            for (const { id, distance } of [...origins!.nodes, ...effects!.nodes]) {
              together.set(id, Math.min(distance, together.get(id) ?? distance))
            }
            expect(new Map(both!.nodes.map(({ id, distance }) => [id, distance]))).toEqual(together)
            const relations = new Set([...origins!.relations, ...effects!.relations].map(named))
            const found = new Set(both!.relations.map(named))
            // Where the walks are cut short, an origin and an effect that one relation joins may both be there.
            if (depth === undefined) expect(found).toEqual(relations)
            else for (const relation of relations) expect(found).toContain(relation)
          }
        })
      }),
      { numRuns: 10 },
    )
  })

  test('only grows with the depth and with the number of nodes asked for, nearest first', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, node) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const { ids } = await modelOf(tracker)
          const root = ids[node % ids.length]!
          const whole = await lineage(tracker, root)
          expect(whole.truncated).toEqual([])
          const order = whole.nodes.map(({ id }) => id)
          for (let maxNodes = 1; maxNodes <= whole.nodes.length; maxNodes++) {
            const part = await lineage(tracker, root, { maxNodes })
            expect(part.nodes.map(({ id }) => id)).toEqual(order.slice(0, maxNodes))
            expect(part.truncated.length > 0).toBe(maxNodes < order.length)
          }
          const deepest = whole.nodes.at(-1)!.distance
          for (let depth = 0; depth <= deepest; depth++) {
            const part = await lineage(tracker, root, { depth })
            expect(part.nodes).toEqual(whole.nodes.filter(({ distance }) => distance <= depth))
            expect(part.truncated.length > 0 || depth === deepest).toBe(true)
            expect(part.truncated.every(({ reason }) => reason === 'depth')).toBe(true)
          }
        })
      }),
      { numRuns: 15 },
    )
  })

  test('holds the fields, the names and the story of its nodes as the record tells them', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (history, node) => {
        await inMemory(async (tracker) => {
          await live(tracker, history)
          const record: ModelRecord = await modelOf(tracker)
          const found = await lineage(tracker, record.ids[node % record.ids.length]!)
          for (const { id, kind, fields, label } of found.nodes) {
            if (kind === 'task') expect(fields).toEqual(await tracker.tasks.get(id as TaskId))
            else if (kind === 'artifact') expect(fields).toEqual(await tracker.artifacts.get(id as ArtifactId))
            else if (kind === 'agent') expect(fields).toEqual(await tracker.agents.get(fields.id))
            else if (kind === 'activity') expect(fields).toEqual(await tracker.activities.get(fields.id))
            else expect(await tracker.tasks.comments(fields.task)).toContainEqual(fields)
            expect(label).not.toMatch(/\n/)
          }
          const subjects = new Set<string>(found.nodes.map(({ id }) => id))
          const events = (await tracker.log.events({ limit: 1_000 })).items
          expect(found.timeline.map(({ seq }) => seq)).toEqual(
            events.filter(({ subject }) => subjects.has(subject)).map(({ seq }) => seq),
          )
          expect(found.head).toEqual(await tracker.log.head())
        })
      }),
      { numRuns: 15 },
    )
  })
})
