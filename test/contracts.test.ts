import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AgentId,
  type Claimed,
  type CompletionPolicy,
  type Contract,
  ContractNotMetError,
  type Criterion,
  type CriterionResult,
  type EvidenceId,
  InvalidInputError,
  type Json,
  type MissingObligation,
  type NewTask,
  NotFoundError,
  PolicyLoosenedError,
  StaleRevisionError,
  type Submission,
  TaskClaimedError,
  type TaskId,
  type Tracker,
} from '../src/index.js'
import { all, answersOf } from './support/answers.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { freshPath, inMemory, open } from './support/trackers.js'

const NOBODY = 'test--01890a5d-ac96-774b-bcce-b302099a8057'
const GREEN: Criterion = { id: 'green', text: 'The tests pass.', required: true }
const READABLE: Criterion = { id: 'readable', text: 'It reads well.', verification: 'review', required: true }
const FAST: Criterion = { id: 'fast', text: 'It is fast.', verification: 'measure', required: false }

interface Scene {
  readonly clock: HandClock
  readonly tracker: Tracker
  readonly ada: AgentId
  readonly ben: AgentId
  readonly adas: Tracker
  readonly bens: Tracker
}

async function peopleOf(tracker: Tracker) {
  const ada = (await tracker.agents.registerHuman({ name: 'Ada' })).id
  const ben = (await tracker.agents.registerHuman({ name: 'Ben' })).id
  return { tracker, ada, ben, adas: tracker.as(ada), bens: tracker.as(ben) }
}

/** A record with two people, and a clock that stands still. */
async function sceneOf(path = freshPath()): Promise<Scene> {
  const clock = new HandClock()
  return { clock, ...(await peopleOf(await open({ path, now: clock.now }))) }
}

/** A task with this contract, claimed by Ada. */
async function claimed({ tracker, adas }: Pick<Scene, 'tracker' | 'adas'>, contract: Contract): Promise<Claimed> {
  const { id } = await tracker.tasks.create({ title: 'Work', contract })
  return adas.claims.claim(id)
}

/** What is missing where this is handed in; the refusal changes nothing. */
async function missingOf(
  { tracker, adas }: Pick<Scene, 'tracker' | 'adas'>,
  { token, task }: Claimed,
  submission: Submission,
): Promise<readonly MissingObligation[]> {
  const before = await stateOf(tracker)
  const error = await refusal<ContractNotMetError>(adas.claims.complete(token, submission))
  expect(error).toBeInstanceOf(ContractNotMetError)
  expect(error.id).toBe(task.id)
  expect(await stateOf(tracker)).toEqual(before)
  return error.missing
}

async function stateOf(tracker: Tracker) {
  return { answers: await answersOf(tracker), claims: await all((page) => tracker.claims.list(page)) }
}

async function expectReplayed(tracker: Tracker): Promise<void> {
  const before = await stateOf(tracker)
  expect(await tracker.log.verify({ state: true })).toMatchObject({ ok: true })
  await tracker.log.rebuild()
  expect(await stateOf(tracker)).toEqual(before)
}

const FULL: Contract = {
  criteria: [GREEN, READABLE, FAST],
  outputSchema: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
  requiredEvidence: ['test_report', 'benchmark'],
  completionPolicy: { quorum: 2 },
  retry: { maxAttempts: 3, backoffMs: 1_000, multiplier: 1.5 },
}

describe('setting a contract', () => {
  test('a task has the contract that it was created with, in every answer and after a replay', async () => {
    const { tracker, ada, adas } = await sceneOf()
    const created = await adas.tasks.create({ title: 'Work', contract: FULL })
    const contract = { ...FULL, requiredEvidence: ['benchmark', 'test_report'] }
    expect(created).toMatchObject({ contract, contractVersion: 1, revision: 1 })
    expect(await tracker.tasks.get(created.id)).toEqual(created)
    expect(await tracker.contracts.list(created.id)).toEqual([
      { task: created.id, version: 1, contract, agent: ada, evidence: [], createdAt: created.createdAt },
    ])
    await expectReplayed(tracker)
  })

  test('what is absent stays absent', async () => {
    const { tracker } = await sceneOf()
    const { contract } = await tracker.tasks.create({
      title: 'Work',
      contract: { criteria: [{ ...GREEN, verification: undefined }], retry: undefined } as unknown as Contract,
    })
    expect(contract).toStrictEqual({ criteria: [GREEN] })
    const task = await tracker.tasks.create({ title: 'Work' })
    expect('contract' in task || 'contractVersion' in task).toBe(false)
    expect(await tracker.contracts.list(task.id)).toEqual([])
  })

  const REFUSED: [what: string, contract: unknown, field: string, message?: RegExp][] = [
    ['no criteria', {}, 'contract.criteria'],
    ['a criterion that is named twice', { criteria: [GREEN, FAST, GREEN] }, 'contract.criteria[2].id', /twice/],
    ['a criterion without a text', { criteria: [{ ...GREEN, text: ' ' }] }, 'contract.criteria[0].text'],
    ['one that is neither required nor not', { criteria: [{ id: 'a', text: 'b' }] }, 'contract.criteria[0].required'],
    ['another method', { criteria: [{ ...GREEN, verification: 'hope' }] }, 'contract.criteria[0].verification'],
    ['a quorum of none', { criteria: [], completionPolicy: { quorum: 0 } }, 'contract.completionPolicy.quorum'],
    ['a quorum of 101', { criteria: [], completionPolicy: { quorum: 101 } }, 'contract.completionPolicy.quorum'],
    ['half a reviewer', { criteria: [], completionPolicy: { quorum: 1.5 } }, 'contract.completionPolicy.quorum'],
    ['another policy', { criteria: [], completionPolicy: 'nobody' }, 'contract.completionPolicy'],
    ['no attempt', { criteria: [], retry: { maxAttempts: 0 } }, 'contract.retry.maxAttempts'],
    ['attempts without end', { criteria: [], retry: { maxAttempts: 1_001 } }, 'contract.retry.maxAttempts'],
    [
      'a wait of more than 30 days',
      { criteria: [], retry: { maxAttempts: 2, backoffMs: 30 * 86_400_000 + 1 } },
      'contract.retry.backoffMs',
    ],
    ['waits that shrink', { criteria: [], retry: { maxAttempts: 2, multiplier: 0.5 } }, 'contract.retry.multiplier'],
    [
      'waits that grow too fast',
      { criteria: [], retry: { maxAttempts: 2, multiplier: 101 } },
      'contract.retry.multiplier',
    ],
    ['a field that is unknown', { criteria: [], deadline: 1 }, 'contract.deadline'],
  ]

  test.each(REFUSED)('%s is refused', async (_, contract, field, message = /./) => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work' })
    const before = await stateOf(tracker)
    const creating = { title: 'Work', contract } as NewTask
    for (const set of [
      () => tracker.tasks.create(creating),
      () => tracker.contracts.revise(id, contract as Contract, { reason: 'Why not?' }),
    ]) {
      const { issues } = await refusal<InvalidInputError>(set())
      expect(issues.map((issue) => issue.field)).toContain(field)
      expect(issues.map((issue) => issue.message).join()).toMatch(message)
    }
    expect(await stateOf(tracker)).toEqual(before)
  })
})

/** `depth` schemas, each inside of the one before. */
function nested(depth: number): Json {
  let schema: Json = true
  for (let level = 0; level < depth; level++) schema = { not: schema }
  return schema
}

/** 2 to the power of 40 ways to come to the end. */
function branching(): { [key: string]: Json } {
  const step = (n: number) => ({ $ref: `#/$defs/${n}` })
  const $defs: { [key: string]: Json } = { 40: true }
  for (let n = 0; n < 40; n++) $defs[n] = { allOf: [step(n + 1), step(n + 1)] }
  return { $defs, ...step(0) }
}

describe('the schema of an output', () => {
  const REFUSED: [string, unknown, string, RegExp][] = [
    ['no object', true, '', /object/],
    ['another type of value', { properties: { a: { type: 'strin' } } }, '.properties.a.type', /integer/],
    ['a keyword that is misused', { allOf: [{}, { minLength: -1 }] }, '.allOf[1].minLength', />= 0/],
    ['a name that a pointer has to escape', { properties: { 'a/b~': { type: 1 } } }, '.properties.a/b~.type', /./],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, '.$schema', /2020-12/],
    ['a reference to the web', { $ref: 'https://example.org/a.json' }, '', /https:\/\/example\.org\/a\.json/],
    ['a reference to a file', { $ref: 'file:///etc/passwd' }, '', /does not hold/],
    ['one relative to an $id', { $id: 'https://example.org/a', $ref: 'b' }, '', /does not hold/],
    ['one to nothing inside of it', { $ref: '#/$defs/a' }, '', /#\/\$defs\/a/],
    ['one to an anchor that is not there', { $dynamicRef: '#nowhere' }, '', /./],
    ['one to itself', { $ref: '#' }, '', /without end/],
    ['one to itself by way of another', { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#' }] } } }, '', /end/],
    ['a dynamic one to itself', { $dynamicRef: '#' }, '', /without end/],
    ['two schemas with one $id', { $defs: { a: { $id: 'x' }, b: { $id: 'x', type: 'null' } } }, '', /more than one/],
    ['a pattern that is none', { pattern: '(' }, '', /regular expression/],
    ['such a name', { patternProperties: { '[': {} } }, '', /regular expression/],
    ['a keyword of ajv alone', { $async: true }, '', /\$async/],
    ['nesting deeper than 100 levels', { not: nested(101) }, '', /deeper/],
    ['100,000 keywords', { enum: Array.from({ length: 100_001 }, (_, i) => i) }, '', /at most/],
    [
      'more than the code for it can hold',
      { allOf: Array.from({ length: 8_000 }, () => ({ minLength: 1 })) },
      '',
      /too large|takes longer/,
    ],
    ['one that takes every way', branching(), '', /takes longer/],
  ]

  test.each(REFUSED)('%s is refused when it is set', async (_, outputSchema, field, message) => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work' })
    const contract = { criteria: [], outputSchema } as unknown as Contract
    const error = await refusal<InvalidInputError>(tracker.contracts.revise(id, contract, { reason: 'A schema.' }))
    expect(error).toBeInstanceOf(InvalidInputError)
    const [issue] = error.issues
    expect(issue!.field).toBe(`contract.outputSchema${field}`)
    expect(issue!.message).toMatch(message)
  })

  const HELD: [string, { [key: string]: Json }, Json | undefined, string | undefined][] = [
    ['what it asks for', { type: 'integer' }, 1, undefined],
    ['another type', { type: 'integer' }, 'a', 'it must be integer'],
    ['no output', {}, undefined, 'there is none'],
    ['the output null', { type: 'null' }, null, undefined],
    ['a flaw deeper in it', { items: { required: ['a'] } }, [{ a: 1 }, {}], "/1 must have required property 'a'"],
    ['a name too many', { additionalProperties: false }, { a: 1 }, 'it must NOT have additional properties: a'],
    ['another word', { enum: ['a', 'b'] }, 'c', 'it must be equal to one of the allowed values: a, b'],
    ['a format, which says nothing', { format: 'date' }, 'yesterday', undefined],
    ['an unknown format', { format: 'zodiac' }, 'x', undefined],
    ['an unknown keyword', { colour: 'red' }, 1, undefined],
    ['what objects inherit', { required: ['toString'] }, {}, "it must have required property 'toString'"],
    ['a name that objects inherit', { properties: { constructor: { type: 'string' } } }, {}, undefined],
    ['cents', { multipleOf: 0.01 }, 19.99, undefined],
    ['half a cent', { multipleOf: 0.01 }, 19.995, 'it must be multiple of 0.01'],
    ['letters counted as characters', { maxLength: 1 }, '👍', undefined],
    ['a tree', { properties: { c: { items: { $ref: '#' } } }, type: 'object' }, { c: [{ c: [] }] }, undefined],
    [
      'a flaw in a tree',
      { properties: { c: { items: { $ref: '#' } } }, type: 'object' },
      { c: [1] },
      '/c/0 must be object',
    ],
    [
      'an embedded schema',
      { $id: 'https://a.example/', $ref: 'b', $defs: { b: { $id: 'b', type: 'null' } } },
      null,
      undefined,
    ],
    ['an anchor', { $ref: '#x', $defs: { a: { $anchor: 'x', type: 'null' } } }, 1, 'it must be null'],
    [
      'prefixItems and unevaluatedItems of 2020-12',
      { prefixItems: [{ type: 'null' }], unevaluatedItems: false },
      [null, 1],
      'it must NOT have more than 1 items',
    ],
    [
      'the name of the dialect',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'null' },
      null,
      undefined,
    ],
    ['a name that would break out of a program', { properties: { '"];throw 1;//': { const: '`/*' } } }, {}, undefined],
    [
      'a pattern that tries every way',
      { pattern: '^(a+)+$' },
      `${'a'.repeat(60)}b`,
      'takes longer than 1000 ms to check',
    ],
    [
      'items that are compared each with each',
      { uniqueItems: true },
      Array.from({ length: 40_000 }, (_, i) => [i]),
      'takes longer than 1000 ms to check',
    ],
  ]

  test.each(HELD)('it is held against an output: %s', async (_, outputSchema, output, message) => {
    const scene = await sceneOf()
    const claim = await claimed(scene, { criteria: [], outputSchema })
    const submission: Submission = { outcome: 'done', ...(output !== undefined && { output }) }
    if (message === undefined) {
      const { task } = await scene.adas.claims.complete(claim.token, submission)
      expect(task).toMatchObject({ status: 'closed', outcome: 'completed' })
    } else expect(await missingOf(scene, claim, submission)).toEqual([{ kind: 'output', message }])
  })

  test('one that stands in two contracts with the same $id is no conflict', async () => {
    const scene = await sceneOf()
    for (const type of ['string', 'integer']) {
      const outputSchema = { $id: 'https://a.example/output', type }
      const claim = await claimed(scene, { criteria: [], outputSchema })
      const { task } = await scene.adas.claims.complete(claim.token, {
        outcome: 'done',
        output: type === 'string' ? 'a' : 1,
      })
      expect(task.status).toBe('closed')
    }
  })
})

describe('handing in', () => {
  test('what is missing is listed, all of it, in the order of the contract', async () => {
    const scene = await sceneOf()
    const claim = await claimed(scene, FULL)
    expect(await missingOf(scene, claim, { outcome: 'done', output: { url: 1 } })).toEqual([
      { kind: 'criterion', id: 'green', text: GREEN.text },
      { kind: 'criterion', id: 'readable', text: READABLE.text },
      { kind: 'output', message: '/url must be string' },
      { kind: 'evidence', evidenceKind: 'benchmark' },
      { kind: 'evidence', evidenceKind: 'test_report' },
    ])
  })

  test('a stale revision is said before an unmet contract', async () => {
    const scene = await sceneOf()
    const { token, task } = await claimed(scene, FULL)
    const stale = { outcome: 'done', expectedRevision: task.revision - 1 } as const
    expect(await refusal(scene.adas.claims.complete(token, stale))).toBeInstanceOf(StaleRevisionError)
  })

  test.each([
    ['failed', { outcome: 'failed', stopReason: 'timed_out' }, 'closed'],
    ['blocked', { outcome: 'blocked' }, 'open'],
  ] as const)('%s needs nothing of the contract', async (_, submission, status) => {
    const scene = await sceneOf()
    const { token } = await claimed(scene, { criteria: [GREEN], requiredEvidence: ['test_report'] })
    const blocker = await scene.tracker.tasks.create({ title: 'Other' })
    const blockedBy = submission.outcome === 'blocked' ? { blockedBy: [blocker.id] } : {}
    const { task } = await scene.adas.claims.complete(token, { ...submission, ...blockedBy })
    expect(task.status).toBe(status)
  })

  const criterion = fc.record({
    required: fc.boolean(),
    verification: fc.constantFrom(undefined, 'test' as const, 'review' as const),
    said: fc.constantFrom(undefined, 'met' as const, 'not_met' as const, 'waived' as const),
  })
  const evidenceKind = fc.record({
    required: fc.boolean(),
    brought: fc.constantFrom(
      undefined,
      'submission' as const,
      'criterion' as const,
      'task' as const,
      'attempt' as const,
    ),
  })

  test('done is refused for exactly what is missing, and nothing else', async () => {
    const run = fc.asyncProperty(
      fc.array(criterion, { maxLength: 5 }),
      fc.array(evidenceKind, { maxLength: 4 }),
      fc.constantFrom(undefined, 'right' as const, 'wrong' as const),
      fc.boolean(),
      fc.constantFrom('done' as const, 'pending_review' as const),
      async (criteria, kinds, output, hasSchema, outcome) => {
        const contract: Contract = {
          criteria: criteria.map(({ required, verification }, i) => ({
            id: `c${i}`,
            text: `Criterion ${i}`,
            required,
            ...(verification !== undefined && { verification }),
          })),
          requiredEvidence: kinds.flatMap(({ required }, i) => (required ? [`k${i}`] : [])),
          ...(hasSchema && { outputSchema: { const: 'right' } }),
        }
        await inMemory(async (tracker) => {
          const people = await peopleOf(tracker)
          const claim = await claimed(people, contract)
          const brought = (by: string) =>
            kinds.flatMap((kind, i) => (kind.brought === by ? [{ kind: `k${i}`, iri: `urn:k:${i}` }] : []))
          for (const piece of brought('task')) await people.adas.evidence.add(claim.task.id, piece)
          for (const piece of brought('attempt')) await people.adas.evidence.add(claim.activity, piece)
          const results = criteria.flatMap(({ said }, i): CriterionResult[] =>
            said === undefined
              ? []
              : [
                  {
                    id: `c${i}`,
                    status: said,
                    ...(said === 'waived' && { waiver: { reason: 'Not today.', by: people.ben } }),
                  },
                ],
          )
          const onCriterion = brought('criterion')
          const submission: Submission = {
            outcome,
            criteria: results.map((result, i) => (i === 0 ? { ...result, evidence: onCriterion } : result)),
            evidence: [...brought('submission'), ...(results.length === 0 ? onCriterion : [])],
            ...(output !== undefined && { output }),
          }
          const missing: MissingObligation[] = []
          criteria.forEach(({ required, verification, said }, i) => {
            const left = outcome === 'pending_review' && verification === 'review' && said === undefined
            if (required && (said === undefined || said === 'not_met') && !left) {
              missing.push({ kind: 'criterion', id: `c${i}`, text: `Criterion ${i}` })
            }
          })
          if (hasSchema && output !== 'right') {
            missing.push({
              kind: 'output',
              message: output === undefined ? 'there is none' : 'it must be equal to constant',
            })
          }
          kinds.forEach(({ required, brought: by }, i) => {
            if (required && by === undefined) missing.push({ kind: 'evidence', evidenceKind: `k${i}` })
          })
          if (missing.length > 0) expect(await missingOf(people, claim, submission)).toEqual(missing)
          else {
            const { task } = await people.adas.claims.complete(claim.token, submission)
            expect(task.status).toBe(outcome === 'done' ? 'closed' : 'in_review')
          }
          await expectReplayed(tracker)
        })
      },
    )
    await fc.assert(run, { numRuns: 60 })
  })

  test('evidence of the record counts where a submission names it, and goes with it to the reviewer', async () => {
    const scene = await sceneOf()
    const contract: Contract = { criteria: [GREEN], requiredEvidence: ['test_report', 'benchmark'] }
    const claim = await claimed(scene, contract)
    const other = await scene.tracker.tasks.create({ title: 'Other' })
    const report = await scene.adas.evidence.add(other.id, { kind: 'test_report', iri: 'urn:report' })
    const figures = await scene.adas.evidence.add(other.id, { kind: 'benchmark', iri: 'urn:figures' })
    expect(await missingOf(scene, claim, { outcome: 'done' })).toHaveLength(3)
    await scene.adas.claims.complete(claim.token, {
      outcome: 'pending_review',
      criteria: [{ id: 'green', status: 'met', evidence: [report.id] }],
      evidence: [figures.id],
    })
    const revised: Contract = { ...contract, completionPolicy: 'review' }
    await scene.tracker.contracts.revise(claim.task.id, revised, { reason: 'Care.' })
    const { task } = await scene.bens.reviews.record(claim.task.id, { verdict: 'approve' })
    expect(task.outcome).toBe('completed')
  })

  test.each([
    ['a criterion that the contract does not have', [{ id: 'blue', status: 'met' }], 'submission.criteria[0].id'],
    [
      'a criterion twice',
      [
        { id: 'green', status: 'met' },
        { id: 'green', status: 'not_met' },
      ],
      'submission.criteria[1].id',
    ],
    ['one that is waived by nobody', [{ id: 'green', status: 'waived' }], 'submission.criteria[0].waiver'],
  ] as const)('%s is refused, however it came out', async (_, criteria, field) => {
    const scene = await sceneOf()
    const { token } = await claimed(scene, { criteria: [GREEN] })
    const outcomes: Submission[] = [
      { outcome: 'done', criteria },
      { outcome: 'failed', stopReason: 'timed_out', criteria },
    ]
    for (const submission of outcomes) {
      const { issues } = await refusal<InvalidInputError>(scene.adas.claims.complete(token, submission))
      expect(issues.map((issue) => issue.field)).toEqual([field])
    }
  })

  describe('waiving a criterion', () => {
    const waivedBy = (by: AgentId): Submission => ({
      outcome: 'done',
      criteria: [{ id: 'green', status: 'waived', waiver: { reason: 'The machine is down.', by } }],
    })

    test('by oneself, where nobody else has to agree', async () => {
      const scene = await sceneOf()
      const { token } = await claimed(scene, { criteria: [GREEN] })
      expect((await scene.adas.claims.complete(token, waivedBy(scene.ada))).task.outcome).toBe('completed')
    })

    test.each(['review', 'human', { quorum: 1 }] as const)(
      'by nobody who has worked on the task, under the policy %j',
      async (completionPolicy) => {
        const scene = await sceneOf()
        const first = await claimed(scene, { criteria: [GREEN], completionPolicy })
        await scene.adas.claims.release(first.token)
        const { token } = await scene.bens.claims.claim(first.task.id)
        for (const by of [scene.ada, scene.ben]) {
          const { issues } = await refusal<InvalidInputError>(scene.bens.claims.complete(token, waivedBy(by)))
          expect(issues.map((issue) => issue.field)).toEqual(['submission.criteria[0].waiver.by'])
        }
        const cleo = (await scene.tracker.agents.registerHuman({ name: 'Cleo' })).id
        expect((await scene.bens.claims.complete(token, waivedBy(cleo))).task.status).toBe('in_review')
      },
    )

    test('by an agent that there is', async () => {
      const scene = await sceneOf()
      const { token } = await claimed(scene, { criteria: [GREEN] })
      const error = await refusal(scene.adas.claims.complete(token, waivedBy(NOBODY as AgentId)))
      expect(error).toBeInstanceOf(NotFoundError)
    })
  })
})

describe('going round a contract', () => {
  const CONTRACT: Contract = { criteria: [GREEN], requiredEvidence: ['test_report'], completionPolicy: 'review' }
  const MISSING = [
    { kind: 'criterion', id: 'green', text: GREEN.text },
    { kind: 'evidence', evidenceKind: 'test_report' },
    { kind: 'review', approvals: 1, by: 'anyone' },
  ]

  test('closing as completed is refused with all that is missing, and other outcomes are not', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: CONTRACT })
    const before = await stateOf(tracker)
    const error = await refusal<ContractNotMetError>(tracker.tasks.close(id))
    expect(error).toBeInstanceOf(ContractNotMetError)
    expect(error.missing).toEqual(MISSING)
    expect(await stateOf(tracker)).toEqual(before)
    expect((await tracker.tasks.close(id, { outcome: 'cancelled' })).outcome).toBe('cancelled')
  })

  test('evidence that was added to the task counts, what an earlier attempt handed in does not', async () => {
    const scene = await sceneOf()
    const contract: Contract = { criteria: [GREEN], requiredEvidence: ['test_report'] }
    const { task, token } = await claimed(scene, contract)
    const result = await scene.adas.claims.complete(token, {
      outcome: 'done',
      criteria: [{ id: 'green', status: 'met' }],
      evidence: [{ kind: 'test_report', iri: 'urn:report' }],
    })
    expect(result.task.outcome).toBe('completed')
    await scene.tracker.tasks.reopen(task.id)
    const error = await refusal<ContractNotMetError>(scene.tracker.tasks.close(task.id))
    expect(error.missing).toEqual([MISSING[0]])
  })

  test('a contract that asks for nothing refuses nothing', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({
      title: 'Work',
      contract: { criteria: [FAST], retry: { maxAttempts: 2 } },
    })
    expect((await tracker.tasks.update(id, { status: 'in_review' })).status).toBe('in_review')
    expect((await tracker.tasks.update(id, { status: 'open' })).status).toBe('open')
    expect((await tracker.tasks.close(id)).outcome).toBe('completed')
  })

  test('what is handed in for review stays there until somebody reviews it', async () => {
    const scene = await sceneOf()
    const { token, task } = await claimed(scene, { criteria: [READABLE] })
    await scene.adas.claims.complete(token, { outcome: 'pending_review' })
    const { tasks } = scene.bens
    const awaiting = [{ kind: 'review', approvals: 1, by: 'anyone' }]
    for (const move of [
      () => tasks.update(task.id, { status: 'open' }),
      () => tasks.update(task.id, { status: 'in_progress' }),
      () => tasks.hold(task.id, { reason: 'Later.' }),
    ]) {
      expect((await refusal<ContractNotMetError>(move())).missing).toEqual(awaiting)
    }
    const error = await refusal<ContractNotMetError>(tasks.close(task.id))
    expect(error.missing).toEqual([{ kind: 'criterion', id: 'readable', text: READABLE.text }])
    expect((await tasks.update(task.id, { title: 'Better work' })).status).toBe('in_review')
  })

  test('moving into review past a contract is refused', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: CONTRACT })
    const error = await refusal<ContractNotMetError>(tracker.tasks.update(id, { status: 'in_review' }))
    expect(error.missing).toEqual(MISSING)
  })

  test('by force it goes, with a reason that stays to be seen until the status changes', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: CONTRACT })
    const closed = await tracker.tasks.close(id, { force: true, reason: 'The customer left.' })
    expect(closed).toMatchObject({ outcome: 'completed', forced: 'The customer left.' })
    await expectReplayed(tracker)
    expect('forced' in (await tracker.tasks.reopen(id))).toBe(false)
  })

  test('a claim of another says so first', async () => {
    const scene = await sceneOf()
    const { task } = await claimed(scene, CONTRACT)
    expect(await refusal(scene.bens.tasks.close(task.id))).toBeInstanceOf(TaskClaimedError)
    expect(await refusal(scene.adas.tasks.close(task.id))).toBeInstanceOf(ContractNotMetError)
  })
})

describe('contracts.revise', () => {
  test('says who, why and on what evidence, and keeps the old one', async () => {
    const { tracker, ada, ben, adas, bens, clock } = await sceneOf()
    const task = await adas.tasks.create({ title: 'Work', contract: { criteria: [GREEN] } })
    const proof = await bens.evidence.add(task.id, { kind: 'interview', iri: 'urn:talk' })
    clock.move(1_000)
    const revised = await bens.contracts.revise(task.id, FULL, {
      reason: 'They want more.',
      evidence: [proof.id, proof.id],
    })
    const contract = { ...FULL, requiredEvidence: ['benchmark', 'test_report'] }
    expect(revised).toEqual({
      ...task,
      contract,
      contractVersion: 2,
      revision: task.revision + 1,
      updatedAt: revised.updatedAt,
    })
    expect(await tracker.tasks.get(task.id)).toEqual(revised)
    const common = { task: task.id }
    expect(await tracker.contracts.list(task.id)).toEqual([
      { ...common, version: 1, contract: { criteria: [GREEN] }, agent: ada, evidence: [], createdAt: task.createdAt },
      {
        ...common,
        version: 2,
        contract,
        agent: ben,
        reason: 'They want more.',
        evidence: [proof.id],
        createdAt: revised.updatedAt,
      },
    ])
    await expectReplayed(tracker)
  })

  test('gives a task its first contract', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work' })
    const revised = await tracker.contracts.revise(id, { criteria: [] }, { reason: 'To be clear.' })
    expect(revised).toMatchObject({ contract: { criteria: [] }, contractVersion: 1, revision: 2 })
    expect(await tracker.contracts.list(id)).toMatchObject([{ version: 1, reason: 'To be clear.' }])
  })

  test('writes nothing where the contract is the same, however it is written', async () => {
    const { tracker } = await sceneOf()
    const task = await tracker.tasks.create({ title: 'Work', contract: FULL })
    const before = await stateOf(tracker)
    const same = Object.fromEntries(Object.entries(FULL).reverse()) as Contract
    const kinds = ['test_report', 'benchmark', 'test_report']
    const given = {
      ...same,
      requiredEvidence: kinds,
      outputSchema: { properties: { url: { type: 'string' } }, ...{ required: ['url'], type: 'object' } },
    }
    expect(await tracker.contracts.revise(task.id, given as Contract, { reason: 'Again.' })).toEqual(task)
    expect(await stateOf(tracker)).toEqual(before)
  })

  test('is refused with nothing changed', async () => {
    const { tracker } = await sceneOf()
    const { id, revision } = await tracker.tasks.create({ title: 'Work' })
    const before = await stateOf(tracker)
    const contract: Contract = { criteria: [] }
    const { revise } = tracker.contracts
    const reason = 'Why not?'
    expect(await refusal(revise(NOBODY as typeof id, contract, { reason }))).toBeInstanceOf(NotFoundError)
    expect(await refusal(revise(id, contract, { reason, evidence: [NOBODY as EvidenceId] }))).toBeInstanceOf(
      NotFoundError,
    )
    expect(await refusal(revise(id, contract, { reason, evidence: [id as unknown as EvidenceId] }))).toBeInstanceOf(
      NotFoundError,
    )
    expect(await refusal(revise(id, contract, { reason: ' ' }))).toBeInstanceOf(InvalidInputError)
    expect(await refusal(revise(id, contract, { reason, expectedRevision: revision + 1 }))).toBeInstanceOf(
      StaleRevisionError,
    )
    expect(await refusal(tracker.contracts.list(NOBODY as typeof id))).toBeInstanceOf(NotFoundError)
    expect(await stateOf(tracker)).toEqual(before)
  })

  test('repeated under its idempotency key gives the task as it was then', async () => {
    const { tracker } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work' })
    const options = { reason: 'To be clear.', idempotencyKey: 'revise' }
    const first = await tracker.contracts.revise(id, { criteria: [GREEN] }, options)
    await tracker.contracts.revise(id, { criteria: [FAST] }, { reason: 'No.' })
    expect(await tracker.contracts.revise(id, { criteria: [GREEN] }, options)).toEqual(first)
    expect(await tracker.contracts.list(id)).toHaveLength(2)
  })

  test('counts the attempts that are left anew', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const { task, token } = await claimed(scene, { criteria: [], retry: { maxAttempts: 2 } })
    await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    const readyIds = async () => (await tracker.tasks.ready()).items.map(({ id }) => id)
    expect(await readyIds()).toEqual([task.id])
    const planB = await tracker.tasks.create({ title: 'Plan B', blockedBy: [{ task: task.id, gate: 'failed' }] })
    const fewer: Contract = { criteria: [], retry: { maxAttempts: 1 } }
    const ended = await tracker.contracts.revise(task.id, fewer, { reason: 'Too costly.' })
    expect(ended).toMatchObject({ status: 'closed', outcome: 'failed', contract: fewer })
    expect(await tracker.tasks.get(task.id)).toEqual(ended)
    expect(await readyIds()).toEqual([planB.id])
    await tracker.tasks.reopen(task.id)
    expect((await tracker.tasks.explain(task.id)).reasons).toMatchObject([{ kind: 'exhausted' }])
    await tracker.contracts.revise(task.id, { criteria: [] }, { reason: 'Try on.' })
    expect(await readyIds()).toEqual([task.id])
    await expectReplayed(tracker)
  })

  test('that leaves no attempt closes the task as failed as soon as it comes back', async () => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const { task, token } = await claimed(scene, { criteria: [], retry: { maxAttempts: 3 } })
    await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    const again = await adas.claims.claim(task.id)
    await tracker.contracts.revise(task.id, { criteria: [], retry: { maxAttempts: 1 } }, { reason: 'Too costly.' })
    expect((await tracker.tasks.get(task.id)).status).toBe('in_progress')
    expect(await adas.claims.release(again.token)).toMatchObject({ status: 'closed', outcome: 'failed' })
    await expectReplayed(tracker)
  })

  test('gives a task whose last lease ran out another attempt, as long as nobody has written that down', async () => {
    const scene = await sceneOf()
    const { task } = await claimed(scene, { criteria: [], retry: { maxAttempts: 1 } })
    scene.clock.move(86_400_000)
    expect((await scene.tracker.tasks.ready()).total).toBe(0)
    const contract: Contract = { criteria: [], retry: { maxAttempts: 5 } }
    await scene.bens.contracts.revise(task.id, contract, { reason: 'Try on.' })
    expect((await scene.tracker.tasks.ready()).items.map(({ id }) => id)).toEqual([task.id])
    await expectReplayed(scene.tracker)
  })
})

describe('a contract that was revised below what is spent', () => {
  const once: Contract = { criteria: [], retry: { maxAttempts: 1 } }

  /** Ada is at the second of two attempts, and only one is allowed any more; something waits for the failure. */
  async function exhausted(scene: Scene) {
    const { tracker, adas } = scene
    const first = await claimed(scene, { criteria: [], retry: { maxAttempts: 2 } })
    const { id } = first.task
    const dependent = await tracker.tasks.create({ title: 'Clean up', blockedBy: [{ task: id, gate: 'failed' }] })
    await adas.claims.complete(first.token, { outcome: 'failed', stopReason: 'timed_out' })
    const second = await adas.claims.claim(id)
    await tracker.contracts.revise(id, once, { reason: 'too expensive' })
    const isFreed = async () => (await tracker.tasks.explain(dependent.id)).ready
    return { id, second, isFreed }
  }

  const takingBack: [what: string, take: (scene: Scene, id: TaskId) => Promise<unknown>][] = [
    ['a change of status', ({ adas }, id) => adas.tasks.update(id, { status: 'open' })],
    ['force', ({ bens }, id) => bens.tasks.update(id, { status: 'open' }, { force: true, reason: 'nobody is there' })],
    ['a hold', ({ adas }, id) => adas.tasks.hold(id, { reason: 'wait' })],
    ['a reset', ({ bens }, id) => bens.claims.reset(id, { reason: 'nobody is there' })],
  ]

  test.each(takingBack)('closes the task as failed when %s takes it back', async (_what, take) => {
    const scene = await sceneOf()
    const { id, isFreed } = await exhausted(scene)
    expect(await take(scene, id)).toMatchObject({ status: 'closed', outcome: 'failed' })
    expect(await isFreed()).toBe(true)
    await expectReplayed(scene.tracker)
  })

  test('closes one that is on hold at once', async () => {
    const { clock: _, ...scene } = await sceneOf()
    const { tracker, adas } = scene
    const { token, task } = await claimed(scene, { criteria: [], retry: { maxAttempts: 2 } })
    await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    await tracker.tasks.hold(task.id, { reason: 'wait' })
    expect(await tracker.contracts.revise(task.id, once, { reason: 'too expensive' })).toMatchObject({
      status: 'closed',
      outcome: 'failed',
    })
  })

  test('does not close it again once it is reopened, whatever else is revised', async () => {
    const scene = await sceneOf()
    const { id, second } = await exhausted(scene)
    await scene.adas.claims.complete(second.token, { outcome: 'failed', stopReason: 'timed_out' })
    await scene.tracker.tasks.reopen(id)
    const named: Contract = { ...once, criteria: [GREEN] }
    expect((await scene.tracker.contracts.revise(id, named, { reason: 'one step' })).status).toBe('open')
    const more: Contract = { ...named, retry: { maxAttempts: 3 } }
    await scene.tracker.contracts.revise(id, more, { reason: 'another' })
    expect((await scene.tracker.tasks.explain(id)).ready).toBe(true)
  })
})

describe('a completion policy', () => {
  test('is not loosened while somebody works on the task without a claim', async () => {
    const { tracker, adas } = await sceneOf()
    const { id } = await tracker.tasks.create({ title: 'Work', contract: { criteria: [], completionPolicy: 'review' } })
    await adas.tasks.update(id, { status: 'in_progress' })
    expect(await refusal(adas.contracts.revise(id, { criteria: [] }, { reason: 'quicker' }))).toBeInstanceOf(
      PolicyLoosenedError,
    )
  })

  const POLICIES: CompletionPolicy[] = ['self', 'review', { quorum: 1 }, { quorum: 2 }, { quorum: 3 }, 'human']
  /** Whether the policy of the row may become that of the column while work is under way. */
  const MAY_BECOME = [
    [true, true, true, true, true, true],
    [false, true, true, true, true, false],
    [false, false, true, true, true, false],
    [false, false, false, true, true, false],
    [false, false, false, false, true, false],
    [false, false, false, false, false, true],
  ]
  const pairs = POLICIES.flatMap((from, row) =>
    POLICIES.map((to, column) => [from, to, MAY_BECOME[row]![column]!] as const),
  )

  test.each(pairs)('%j may become %j while work is under way: %s', async (from, to, isAllowed) => {
    const scene = await sceneOf()
    const { tracker, bens } = scene
    const { task } = await claimed(scene, { criteria: [], completionPolicy: from })
    const before = await stateOf(tracker)
    const revising = bens.contracts.revise(task.id, { criteria: [FAST], completionPolicy: to }, { reason: 'Why not?' })
    if (isAllowed) {
      expect((await revising).contract?.completionPolicy).toEqual(to)
      return
    }
    expect(await refusal(revising)).toBeInstanceOf(PolicyLoosenedError)
    expect(await stateOf(tracker)).toEqual(before)
  })

  test('that is absent is self: dropping the policy, or the first contract, counts as such', async () => {
    const scene = await sceneOf()
    const { task } = await claimed(scene, { criteria: [], completionPolicy: 'review' })
    const { contracts } = scene.tracker
    const error = await refusal<PolicyLoosenedError>(contracts.revise(task.id, { criteria: [] }, { reason: 'Trust.' }))
    expect([error.from, error.to]).toEqual(['review', 'self'])
    const plain = await scene.tracker.tasks.create({ title: 'Plain' })
    await scene.bens.claims.claim(plain.id)
    const human: Contract = { criteria: [], completionPolicy: 'human' }
    expect((await contracts.revise(plain.id, human, { reason: 'Care.' })).contract).toEqual(human)
  })

  test('may be loosened before anybody has tried, and not after that, even if the task is closed', async () => {
    const scene = await sceneOf()
    const { revise } = scene.tracker.contracts
    const strict: Contract = { criteria: [], completionPolicy: { quorum: 3 } }
    const loose: Contract = { criteria: [], completionPolicy: 'self' }
    const { id } = await scene.tracker.tasks.create({ title: 'Work', contract: strict })
    expect((await revise(id, loose, { reason: 'Trust.' })).contract).toEqual(loose)
    const { task, token } = await claimed(scene, strict)
    await scene.adas.claims.release(token)
    expect(await refusal(revise(task.id, loose, { reason: 'Trust.' }))).toBeInstanceOf(PolicyLoosenedError)
    await scene.tracker.tasks.close(task.id, { outcome: 'cancelled' })
    expect(await refusal(revise(task.id, loose, { reason: 'Trust.' }))).toBeInstanceOf(PolicyLoosenedError)
  })
})

describe('retries', () => {
  const WAITS: [string, NonNullable<Contract['retry']>, number[]][] = [
    ['no wait', { maxAttempts: 3 }, [0, 0]],
    ['the same wait', { maxAttempts: 3, backoffMs: 500 }, [500, 500]],
    ['waits that grow', { maxAttempts: 4, backoffMs: 1_000, multiplier: 1.5 }, [1_000, 1_500, 2_250]],
    [
      'waits of 30 days at most',
      { maxAttempts: 5, backoffMs: 86_400_000, multiplier: 10 },
      [864e5, 864e6, 2592e6, 2592e6],
    ],
    ['no wait, however it grows', { maxAttempts: 3, backoffMs: 0, multiplier: 100 }, [0, 0]],
  ]

  test.each(WAITS)('%s', async (_, retry, waits) => {
    const scene = await sceneOf()
    const { clock, adas, tracker } = scene
    let { task, token } = await claimed(scene, { criteria: [], retry })
    for (const wait of waits) {
      const failed = await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
      expect(failed.task.status).toBe('open')
      if (wait === 0) expect('notBefore' in failed.task).toBe(false)
      else expect(Date.parse(failed.task.notBefore!)).toBe(Date.parse(failed.task.updatedAt) + wait)
      clock.move(wait)
      ;({ task, token } = await adas.claims.claim(task.id))
    }
    const last = await adas.claims.complete(token, { outcome: 'failed', stopReason: 'timed_out' })
    expect(last.task).toMatchObject({ status: 'closed', outcome: 'failed' })
    await expectReplayed(tracker)
  })
})

describe('erasing a contract', () => {
  const SECRET = 'zq-secret-qz'
  const contract: Contract = {
    criteria: [{ ...GREEN, text: SECRET }],
    outputSchema: {
      type: 'object',
      title: SECRET,
      $comment: SECRET,
      examples: [SECRET],
      default: { a: SECRET },
      properties: {
        title: { type: 'string', description: SECRET },
        default: { anyOf: [{ title: SECRET, type: 'null' }] },
      },
      required: ['title'],
    },
    retry: { maxAttempts: 2 },
  }
  const kept: Contract = {
    criteria: [{ ...GREEN, text: '[redacted]' }],
    outputSchema: {
      type: 'object',
      title: '[redacted]',
      $comment: '[redacted]',
      properties: {
        title: { type: 'string', description: '[redacted]' },
        default: { anyOf: [{ title: '[redacted]', type: 'null' }] },
      },
      required: ['title'],
    },
    retry: { maxAttempts: 2 },
  }

  test.each(['tasks.create', 'contracts.revise'])('of %s takes its texts, and leaves what it asks for', async (by) => {
    const scene = await sceneOf()
    const { tracker, adas } = scene
    const { id } = await tracker.tasks.create({ title: 'Work', ...(by === 'tasks.create' && { contract }) })
    if (by !== 'tasks.create') await tracker.contracts.revise(id, contract, { reason: SECRET })
    await tracker.log.redact((await tracker.log.head()).seq, { reason: 'Asked for.' })
    expect((await tracker.tasks.get(id)).contract).toEqual(kept)
    const versions = await tracker.contracts.list(id)
    expect(versions).toMatchObject([{ contract: kept }])
    expect(JSON.stringify([await stateOf(tracker), versions])).not.toContain(SECRET)
    await expectReplayed(tracker)
    const claim = await adas.claims.claim(id)
    const missing = await missingOf(scene, claim, { outcome: 'done', output: {} })
    expect(missing.map(({ kind }) => kind)).toEqual(['criterion', 'output'])
  })
})
