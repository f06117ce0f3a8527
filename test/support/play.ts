import type fc from 'fast-check'
import type { Tracker } from '../../src/index.js'
import { Choice, commands, type histories, Nodes } from './histories.js'
import { expectRefusal } from './refusals.js'

/** A history as it is drawn. */
export type History = typeof histories extends fc.Arbitrary<infer Value> ? Value : never

/** Carries a history out, command by command, on some nodes to begin with; refusals are fine. */
export async function play(tracker: Tracker, history: History): Promise<Nodes> {
  const nodes = new Nodes()
  nodes.agents.push((await tracker.agents.registerHuman({ name: 'Ada' })).id)
  nodes.tasks.push((await tracker.tasks.create({ title: 'Task 0' })).id)
  nodes.activities.push((await tracker.activities.start()).id)
  nodes.entities.push(nodes.tasks[0]!, (await tracker.artifacts.add({ iri: 'urn:a' })).id)
  for (const { command, seed } of history.flatMap(({ moves }) => moves)) {
    const choice = new Choice(seed)
    const t = choice.rarely(3) ? tracker : tracker.as(choice.of(nodes.agents))
    try {
      await commands[command]!(t, nodes, choice)
    } catch (error) {
      expectRefusal(error)
    }
  }
  return nodes
}
