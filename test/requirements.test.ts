import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  type InvalidInputError,
  type NewTask,
  NotClaimableError,
  type TaskId,
  type TaskRequirements,
  type Tracker,
} from '../src/index.js'
import { refusal } from './support/refusals.js'
import { open } from './support/trackers.js'

const OPUS = { provider: 'anthropic', model: 'claude-opus-4-6' } as const

/** Agents of several kinds, roles and capabilities. */
async function openWithAgents() {
  const tracker = await open({ maxClaims: 100 })
  const { agents } = tracker
  const made = {
    human: await agents.registerHuman({ name: 'Ada' }),
    skilledHuman: await agents.registerHuman({ name: 'Ben', capabilities: ['sql', 'typescript'] }),
    worker: await agents.registerMl({ ...OPUS, role: 'worker', capabilities: ['typescript'] }),
    reviewer: await agents.registerMl({ ...OPUS, role: 'reviewer', capabilities: ['sql', 'rust', 'typescript'] }),
    modelCalledHuman: await agents.registerMl({ ...OPUS, role: 'human' }),
    program: await agents.registerSoftware({ name: 'linter', capabilities: ['sql'] }),
    company: await agents.registerOrganization({ name: 'ACME' }),
  }
  const ids = Object.fromEntries(Object.entries(made).map(([name, { id }]) => [name, id])) as Record<string, AgentId>
  return { tracker, ids }
}

/** Who gets the one task that there is by claims.next, and by claims.claim, which must be the same. */
async function fitting(tracker: Tracker, ids: Record<string, AgentId>, task: TaskId): Promise<string[]> {
  const names: string[] = []
  for (const [name, id] of Object.entries(ids)) {
    const { claims } = tracker.as(id)
    const next = await claims.next()
    if (next !== null) {
      expect(next.task.id).toBe(task)
      await claims.release(next.token)
      await claims.release((await claims.claim(task)).token)
      names.push(name)
      continue
    }
    const error = await refusal<NotClaimableError>(claims.claim(task))
    expect(error).toBeInstanceOf(NotClaimableError)
    expect(error).toMatchObject({ id: task, reasons: [{ kind: 'requires' }] })
  }
  return names
}

describe('what a task requires', () => {
  const cases: [what: string, requires: TaskRequirements | undefined, fit: string[]][] = [
    ['nothing', undefined, ['human', 'skilledHuman', 'worker', 'reviewer', 'modelCalledHuman', 'program', 'company']],
    ['a role of models', { role: 'worker' }, ['worker']],
    ['a human, which a model that is called so is not', { role: 'human' }, ['human', 'skilledHuman']],
    ['a capability', { capabilities: ['typescript'] }, ['skilledHuman', 'worker', 'reviewer']],
    ['several capabilities', { capabilities: ['typescript', 'sql'] }, ['skilledHuman', 'reviewer']],
    ['a role and a capability', { role: 'human', capabilities: ['sql'] }, ['skilledHuman']],
    ['what nobody has', { role: 'worker', capabilities: ['typescript', 'cobol'] }, []],
    ['a part of a word that somebody has', { capabilities: ['type'] }, []],
  ]

  test.each(cases)('%s, is what claims.next and claims.claim go by', async (_what, requires, fit) => {
    const { tracker, ids } = await openWithAgents()
    const task = await tracker.tasks.create({ title: 'task', ...(requires !== undefined && { requires }) })
    expect(await fitting(tracker, ids, task.id)).toEqual(fit)
    expect((await tracker.tasks.explain(task.id)).ready, 'it is ready all the same').toBe(true)
  })

  test('is met by the actor of those who name none only where it is nothing', async () => {
    const tracker = await open()
    const { tasks } = tracker
    const task = await tasks.create({ title: 'task', requires: { capabilities: ['sql'], role: 'worker' } })
    expect(await tracker.claims.next()).toBeNull()
    expect((await refusal(tracker.claims.claim(task.id))).code).toBe('NOT_CLAIMABLE')
    await tasks.create({ title: 'another' })
    expect((await tracker.claims.next())?.task.title).toBe('another')
  })

  test('is named in the refusal, as far as the agent does not have it', async () => {
    const { tracker, ids } = await openWithAgents()
    const requires = { role: 'reviewer', capabilities: ['cobol', 'sql', 'typescript'] }
    const { id } = await tracker.tasks.create({ title: 'task', requires })
    const lacks: [agent: AgentId, lacks: TaskRequirements, words: string][] = [
      [ids.reviewer!, { capabilities: ['cobol'] }, 'the capability "cobol"'],
      [ids.skilledHuman!, { role: 'reviewer', capabilities: ['cobol'] }, 'the role "reviewer", the capability "cobol"'],
    ]
    for (const [agent, lack, words] of lacks) {
      const error = await refusal<NotClaimableError>(tracker.as(agent).claims.claim(id))
      expect(error.reasons).toEqual([{ kind: 'requires', lacks: lack }])
      expect(error.message).toContain(`The agent does not have ${words}.`)
    }
  })

  test('is passed over for what fits, in the order that was asked for', async () => {
    const { tracker, ids } = await openWithAgents()
    await tracker.tasks.create({ title: 'urgent', priority: 'critical', requires: { capabilities: ['rust'] } })
    await tracker.tasks.create({ title: 'ordinary' })
    expect((await tracker.as(ids.worker!).claims.next())?.task.title).toBe('ordinary')
    expect((await tracker.as(ids.reviewer!).claims.next())?.task.title).toBe('urgent')
  })

  test('is found by claims.next({ requires }): that role, and those capabilities at least', async () => {
    const { tracker, ids } = await openWithAgents()
    const make = async (title: string, requires?: NewTask['requires']) =>
      tracker.tasks.create({ title, ...(requires !== undefined && { requires }) })
    await make('nothing')
    await make('role', { role: 'reviewer' })
    await make('one', { capabilities: ['sql'] })
    await make('two', { capabilities: ['sql', 'rust'] })
    await make('all', { role: 'reviewer', capabilities: ['rust', 'sql', 'typescript'] })
    const { claims } = tracker.as(ids.reviewer!)
    const found = async (requires: TaskRequirements) => {
      const names: string[] = []
      const tokens: string[] = []
      for (let next = await claims.next({ requires }); next !== null; next = await claims.next({ requires })) {
        names.push(next.task.title)
        tokens.push(next.token)
      }
      for (const token of tokens) await claims.release(token)
      return names
    }
    expect(await found({})).toEqual(['nothing', 'role', 'one', 'two', 'all'])
    expect(await found({ role: 'reviewer' })).toEqual(['role', 'all'])
    expect(await found({ capabilities: ['sql'] })).toEqual(['one', 'two', 'all'])
    expect(await found({ capabilities: ['rust', 'sql'] })).toEqual(['two', 'all'])
    expect(await found({ role: 'reviewer', capabilities: ['rust'] })).toEqual(['all'])
    expect(await found({ capabilities: ['cobol'] })).toEqual([])
  })

  test('has one form, and is changed and cleared by tasks.update', async () => {
    const { tracker } = await openWithAgents()
    const requires = { capabilities: ['sql', 'rust', 'sql'], role: 'worker' }
    const task = await tracker.tasks.create({ title: 'task', requires })
    const same = { capabilities: ['rust', 'sql'], role: 'worker' }
    expect(task.requires).toEqual(same)
    const head = await tracker.log.head()
    await tracker.tasks.update(task.id, { requires: { role: 'worker', capabilities: ['sql', 'rust'] } })
    expect(await tracker.log.head()).toEqual(head)
    expect((await tracker.tasks.update(task.id, { requires: { role: 'reviewer' } })).requires).toEqual({
      role: 'reviewer',
    })
    expect((await tracker.tasks.get(task.id)).requires).toEqual({ role: 'reviewer' })
    for (const nothing of [null, {}, { capabilities: [] }]) {
      await tracker.tasks.update(task.id, { requires: same })
      expect(await tracker.tasks.update(task.id, { requires: nothing })).not.toHaveProperty('requires')
      expect(await tracker.tasks.get(task.id)).not.toHaveProperty('requires')
    }
    expect(await tracker.tasks.create({ title: 'x', requires: {} })).not.toHaveProperty('requires')
    expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  })

  test('is a role of the file, or human, and capabilities that are labels', async () => {
    const tracker = await open({ vocabulary: { roles: ['editor'] } })
    for (const role of ['editor', 'human']) {
      expect((await tracker.tasks.create({ title: 'x', requires: { role } })).requires).toEqual({ role })
    }
    const wrong = [{ role: 'worker' }, { capabilities: ['a\nb'] }, { capabilities: 'sql' }, { skill: 'sql' }]
    for (const requires of wrong) {
      const error = await refusal<InvalidInputError>(tracker.tasks.create({ title: 'x', requires } as never))
      expect(error.code, JSON.stringify(requires)).toBe('INVALID_INPUT')
      expect(error.issues[0]!.field).toMatch(/^requires\./)
    }
  })
})
