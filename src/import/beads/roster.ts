import { type AgentId, deterministicId } from '../../ids.js'
import type { HumanAgent, SoftwareAgent } from '../../record/agents/agent.js'
import type { Tracker } from '../../tracker.js'
import { isBefore, type Moment } from './moment.js'
import { abbreviate, type Report } from './report.js'
import { repairLine } from './text.js'

/** Who acts where Beads does not say: Beads itself. */
export const BEADS_ITSELF = 'beads'

/** Words in a name that no person bears. */
const MACHINE_WORD =
  /(^|[^a-z])(agent|ai|automation|batch|beads|bd|bot|ci|cron|daemon|deacon|import|importer|mayor|migration|refinery|runner|script|supervisor|system|witness|worker)([^a-z]|$)/i

/**
 * Whether the name of a Beads actor is that of a person.
 *
 * Beads has a name and nothing else. An e-mail address is a person's; a path such as `beads/crew/emma` is how agents are
 * addressed, and a word such as `worker`, `bot`, `daemon` or `mayor` says that it is a program; any other name (a user
 * name, a name of a person) is taken for a person's.
 */
function isPerson(name: string): boolean {
  if (/^[^\s/@]+@[^\s/@]+$/.test(name)) return !/\[bot\]/i.test(name)
  return !name.includes('/') && !MACHINE_WORD.test(name)
}

/** The agents of an import, by the name that Beads has for them. */
export class Roster {
  readonly #tracker: Tracker
  readonly #namespace: string
  readonly #report: Report
  readonly #nameByActor = new Map<string, string>()
  readonly #firstSeenByName = new Map<string, Moment | undefined>()
  readonly #idByName = new Map<string, AgentId>()

  constructor(tracker: Tracker, namespace: string, report: Report) {
    this.#tracker = tracker
    this.#report = report
    this.#namespace = namespace
  }

  /** The name under which an actor is kept, and a note that they did something at this time. */
  note(actor: string, at: Moment | undefined): string {
    const name = this.#nameOf(actor)
    const seen = this.#firstSeenByName.get(name)
    if (!this.#firstSeenByName.has(name) || seen === undefined || isBefore(at, seen)) {
      this.#firstSeenByName.set(name, at ?? seen)
    }
    return name
  }

  #nameOf(actor: string): string {
    const known = this.#nameByActor.get(actor)
    if (known !== undefined) return known
    const { text, repair } = repairLine(actor.trim(), BEADS_ITSELF)
    if (repair !== undefined)
      this.#report.warn('repaired_text', abbreviate(text), undefined, `the name of an actor ${repair}`)
    this.#nameByActor.set(actor, text)
    return text
  }

  /** The agent of a name that was noted; one that is not registered yet has the id that it will have. */
  idOf(name: string): AgentId {
    return this.#idByName.get(name) ?? deterministicId<AgentId>(this.#namespace, 'beads', 'agent', name)
  }

  /** The record by this agent. */
  as(name: string): Tracker {
    return this.#tracker.as(this.idOf(name))
  }

  /** Finds the agents that are registered already, the oldest of a name first. */
  async recognise(): Promise<void> {
    let cursor: string | undefined
    do {
      const page = await this.#tracker.agents.list({
        kind: ['human', 'software'],
        namespace: this.#namespace,
        limit: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const agent of page.items) {
        if (agent.kind !== 'human' && agent.kind !== 'software') continue
        const name = nameOf(agent)
        if (name !== undefined && !this.#idByName.has(name)) this.#idByName.set(name, agent.id)
      }
      cursor = page.nextCursor
    } while (cursor !== undefined)
  }

  /** Those of the names noted that are not registered, in the order in which they were first seen. */
  newcomers(): readonly string[] {
    return [...this.#firstSeenByName]
      .filter(([name]) => !this.#idByName.has(name))
      .sort(([name, seen], [otherName, otherSeen]) => {
        if (isBefore(seen, otherSeen) || (seen !== undefined && otherSeen === undefined)) return -1
        if (isBefore(otherSeen, seen) || (seen === undefined && otherSeen !== undefined)) return 1
        return name < otherName ? -1 : 1
      })
      .map(([name]) => name)
  }

  /** Registers one of them. */
  async register(name: string): Promise<void> {
    const at = this.#firstSeenByName.get(name)
    const options = {
      name,
      id: deterministicId<AgentId>(this.#namespace, 'beads', 'agent', name),
      namespace: this.#namespace,
      reuse: true,
      ...(at === undefined ? {} : { at: at.iso }),
    }
    const agent = isPerson(name)
      ? await this.#tracker.agents.registerHuman({ ...options, ...contactOf(name) })
      : await this.#tracker.agents.registerSoftware(options)
    this.#idByName.set(name, agent.id)
  }
}

function contactOf(name: string): { contact?: string } {
  return name.includes('@') ? { contact: name } : {}
}

/** The Beads name of an agent, where it is one that the import would have registered in just this way. */
function nameOf(agent: HumanAgent | SoftwareAgent): string | undefined {
  if (isPerson(agent.name) !== (agent.kind === 'human')) return undefined
  if (agent.kind === 'human') return agent.contact === contactOf(agent.name).contact ? agent.name : undefined
  return agent.version === undefined && agent.source === undefined ? agent.name : undefined
}
