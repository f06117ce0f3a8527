import { createHmac } from 'node:crypto'
import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import {
  type ActivityId,
  type AgentId,
  type Claimed,
  exportProv,
  InvalidTokenError,
  lineage,
  openTracker,
  ProvtrailError,
  renderReport,
  type TaskId,
  type Tracker,
  toTaskId,
} from '../src/index.js'
import { HandClock } from './support/hand-clock.js'
import { refusal } from './support/refusals.js'
import { freshPath, open } from './support/trackers.js'
import { bytesOf } from './support-store/folder.js'

const TTL = 60_000

/** Everything that takes a token. */
const TAKERS: Record<string, (t: Tracker, token: string) => Promise<unknown>> = {
  heartbeat: (t, token) => t.claims.heartbeat(token),
  renew: (t, token) => t.claims.renew(token),
  release: (t, token) => t.claims.release(token),
  complete: (t, token) => t.claims.complete(token, { outcome: 'done' }),
}

function secretOf(path: string): string {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare("SELECT value FROM settings WHERE name = 'secret'").pluck().get() as string
  } finally {
    db.close()
  }
}

/** The part of a token that nobody can make without the secret. */
function codeOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}

/** A record in which claims were made, extended and ended in every way, and the tokens that were given out for them. */
async function worked(path: string): Promise<{ tracker: Tracker; clock: HandClock; tokens: string[]; task: TaskId }> {
  const clock = new HandClock()
  const tracker = await open({ path, now: clock.now, maxClaims: 10 })
  const ada = await tracker.agents.registerHuman({ name: 'Ada' })
  const ben = await tracker.agents.registerHuman({ name: 'Ben' })
  const [adas, bens] = [tracker.as(ada.id), tracker.as(ben.id)]
  const { id } = await tracker.tasks.create({ title: 'Work', contract: { criteria: [], completionPolicy: 'review' } })
  const tokens: string[] = []
  const claim = async (t: Tracker) => {
    const { token } = await t.claims.claim(id, { ttlMs: TTL, idempotencyKey: `key ${tokens.length}` })
    tokens.push(token)
    return token
  }
  await adas.claims.release(await claim(adas), { reason: 'x', idempotencyKey: 'release' })
  const second = await claim(adas)
  clock.move(TTL / 2 + 1)
  await adas.claims.heartbeat(second, { idempotencyKey: 'heartbeat' })
  await adas.claims.renew(second, { idempotencyKey: 'renew' })
  await bens.claims.reset(id, { reason: 'y', idempotencyKey: 'reset' })
  await claim(adas)
  clock.move(TTL)
  await adas.claims.complete(await claim(adas), { outcome: 'done', idempotencyKey: 'complete' })
  await bens.reviews.record(id, { verdict: 'request_changes', idempotencyKey: 'review' })
  await claim(adas)
  return { tracker, clock, tokens, task: id }
}

describe('a token', () => {
  test('is the attempt and its HMAC-SHA-256 by the secret of the file', async () => {
    const path = freshPath()
    const { tokens, tracker } = await worked(path)
    await tracker.close()
    const secret = Buffer.from(secretOf(path), 'hex')
    expect(secret).toHaveLength(32)
    for (const token of tokens) {
      const attempt = token.slice(0, token.lastIndexOf('.'))
      expect(codeOf(token)).toBe(createHmac('sha256', secret).update(attempt).digest('base64url'))
    }
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('is nowhere in the file, its write-ahead log, or what leaves it, and no more is the secret', async () => {
    const path = freshPath()
    const { tracker, tokens, task } = await worked(path)
    const codes = tokens.map(codeOf)
    expect(codes.length).toBeGreaterThan(4)
    for (const name of readdirSync(dirname(path))) {
      const bytes = bytesOf(join(dirname(path), name))
      for (const code of codes) expect(bytes.includes(code), name).toBe(false)
      // As bytes, in case that they were stored so.
      for (const code of codes) expect(bytes.includes(Buffer.from(code, 'base64url')), name).toBe(false)
    }
    const secret = secretOf(path)
    const leaves: Record<string, string> = {}
    const collect = async (name: string, chunks: AsyncIterable<string>) => {
      let text = ''
      for await (const chunk of chunks) text += chunk
      leaves[name] = text
    }
    await collect('exportEvents', tracker.log.exportEvents())
    for (const format of ['turtle', 'trig'] as const) {
      for (const detail of ['summary', 'full'] as const) {
        await collect(`${format} ${detail}`, exportProv(tracker, { format, detail }))
      }
    }
    leaves.snapshot = JSON.stringify(await tracker.log.snapshot())
    leaves.events = JSON.stringify(await tracker.log.events({ limit: 1_000 }))
    leaves.runs = JSON.stringify(await tracker.runs.list())
    leaves.claims = JSON.stringify(await tracker.claims.list())
    leaves.context = JSON.stringify(await tracker.context(task))
    leaves.explain = JSON.stringify(await tracker.tasks.explain(task))
    const story = await lineage(tracker, task)
    leaves.lineage = JSON.stringify(story)
    for (const format of ['markdown', 'mermaid', 'dot', 'json'] as const) {
      leaves[format] = String(await renderReport(story, { format }))
    }
    for (const [name, text] of Object.entries(leaves)) {
      expect(text.length, name).toBeGreaterThan(50)
      for (const code of codes) expect(text, name).not.toContain(code)
      expect(text, name).not.toContain(secret)
      expect(text, name).not.toContain(Buffer.from(secret, 'hex').toString('base64url'))
    }
  })

  test('stands in no error, however it is wrong', async () => {
    const { tracker, clock, tokens } = await worked(freshPath())
    const elsewhere = await open({ now: clock.now })
    clock.move(10 * TTL)
    let refused = 0
    for (const t of [tracker, elsewhere]) {
      for (const token of [...tokens, `${tokens[0]}x`, tokens[0]!.slice(0, -1), ` ${tokens[0]}`]) {
        for (const [name, take] of Object.entries(TAKERS)) {
          const error = await take(t, token).then(
            () => undefined,
            (reason: unknown) => reason,
          )
          if (!(error instanceof Error)) continue
          refused++
          expect(error, name).toBeInstanceOf(ProvtrailError)
          const said = [String(error), error.stack, JSON.stringify(error), JSON.stringify(Object.entries(error))]
          for (let { cause } = error; cause instanceof Error; cause = cause.cause) said.push(String(cause), cause.stack)
          for (const text of said) expect(text, name).not.toContain(codeOf(token).slice(0, 20))
        }
      }
    }
    expect(refused).toBeGreaterThan(50)
    const given = tracker.claims.complete(tokens[0]!, { outcome: 'done', summary: 7 } as never)
    expect(JSON.stringify(Object.entries(await refusal(given)))).not.toContain(codeOf(tokens[0]!))
  })

  test('is the same again for the same idempotency key', async () => {
    const { tracker, tokens, task } = await worked(freshPath())
    const ada = (await tracker.runs.list()).items[0]!.agent
    const before = await tracker.log.head()
    const again: Claimed[] = []
    for (const n of tokens.keys()) {
      again.push(await tracker.as(ada).claims.claim(task, { ttlMs: TTL, idempotencyKey: `key ${n}` }))
    }
    expect(again.map(({ token }) => token)).toEqual(tokens)
    expect(await tracker.log.head()).toEqual(before)
  })

  test('holds whoever shows it', async () => {
    const { tracker, tokens } = await worked(freshPath())
    const cy = await tracker.agents.registerHuman({ name: 'Cy' })
    const claim = await tracker.as(cy.id).claims.renew(tokens.at(-1)!)
    // The claim stays that of its agent.
    expect(claim.agent).toBe((await tracker.runs.list()).items.at(-1)!.agent)
    await tracker.as(cy.id).claims.complete(tokens.at(-1)!, { outcome: 'done' })
  })
})

describe('is refused', () => {
  async function sceneOf(): Promise<{ tracker: Tracker; token: string; ada: AgentId }> {
    const tracker = await open()
    const ada = (await tracker.agents.registerHuman({ name: 'Ada' })).id
    await tracker.tasks.create({ title: 'Work' })
    const { token } = (await tracker.as(ada).claims.next())!
    return { tracker, token, ada }
  }

  const tampered: [what: string, tamper: (token: string) => string][] = [
    ['another last letter', (token) => token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')],
    // The last letter of 43 carries four bits: a decoder lets the other two be anything.
    ['the same bits in another spelling', (token) => token.slice(0, -1) + respell(token.at(-1)!)],
    [
      'another first letter of the code',
      (token) => token.replace(/\.(.)/, (_, letter) => `.${letter === 'A' ? 'B' : 'A'}`),
    ],
    ['a letter less', (token) => token.slice(0, -1)],
    ['a letter more', (token) => `${token}A`],
    ['padding', (token) => `${token}=`],
    ['white space', (token) => `${token} `],
    ['no code', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['no dot', (token) => token.replace('.', '')],
    ['the attempt alone', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['the code alone', (token) => codeOf(token)],
    ['another attempt', (token) => token.replace(/[0-9a-f]\./, (end) => (end === '0.' ? '1.' : '0.'))],
    ['the attempt in capitals', (token) => token.replace(/--[^.]*/, (uuid) => uuid.toUpperCase())],
    ['another namespace', (token) => `x${token}`],
    ['the letters of base64', (token) => `${token.slice(0, -43)}${codeOf(token).slice(0, -1)}+`],
    ['nothing', () => ''],
    ['a dot', () => '.'],
    ['a zero code', (token) => token.slice(0, -43) + 'A'.repeat(43)],
    ['a very long text', (token) => token.repeat(1_000)],
    ['U+0000 at its end', (token) => `${token}\0`],
  ]

  test.each(tampered)('with %s', async (_, tamper) => {
    const { tracker, token } = await sceneOf()
    const before = await tracker.log.head()
    const wrong = tamper(token)
    expect(wrong).not.toBe(token)
    for (const take of Object.values(TAKERS)) {
      const error = await refusal(take(tracker, wrong))
      // A text that no token can be may be refused as an input.
      expect(['INVALID_TOKEN', 'INVALID_INPUT']).toContain(error.code)
      expect(error.message.length).toBeLessThan(400)
    }
    expect(await tracker.log.head()).toEqual(before)
    await tracker.claims.complete(token, { outcome: 'done' })
  })

  test.each([7, null, undefined, {}, ['a']])('as %j', async (token) => {
    const { tracker } = await sceneOf()
    for (const take of Object.values(TAKERS)) {
      expect((await refusal(take(tracker, token as never))).code).toBe('INVALID_INPUT')
    }
  })

  test('from another file', async () => {
    const one = await sceneOf()
    const other = await sceneOf()
    for (const take of Object.values(TAKERS)) {
      expect(await refusal(take(other.tracker, one.token))).toBeInstanceOf(InvalidTokenError)
    }
    await one.tracker.claims.complete(one.token, { outcome: 'done' })
  })

  test('from a file that holds the same log with another secret', async () => {
    const { tracker, token } = await sceneOf()
    const replica = await open()
    await replica.log.importEvents(tracker.log.exportEvents())
    expect(secretOf(replica.path)).not.toBe(secretOf(tracker.path))
    expect((await replica.claims.list()).total).toBe(1)
    expect(await refusal(replica.claims.heartbeat(token))).toBeInstanceOf(InvalidTokenError)
  })

  test('where its claim was rolled back', async () => {
    const { tracker, token, ada } = await sceneOf()
    await tracker.claims.release(token)
    let given = ''
    const undo = new Error('undo')
    const trying = tracker.transaction(async (t) => {
      given = (await t.as(ada).claims.next())!.token
      await t.claims.heartbeat(given)
      throw undo
    })
    await expect(trying).rejects.toBe(undo)
    for (const take of Object.values(TAKERS)) {
      expect((await refusal(take(tracker, given))).code).toMatch(/^(INVALID_TOKEN|NOT_FOUND)$/)
    }
  })

  test('for what is an activity and no attempt, though its code is right', async () => {
    const path = freshPath()
    const tracker = await openTracker({ path })
    const { id } = await tracker.activities.start()
    const forged = `${id}.${createHmac('sha256', Buffer.from(secretOf(path), 'hex'))
      .update(id)
      .digest('base64url')}`
    for (const take of Object.values(TAKERS)) {
      expect((await refusal(take(tracker, forged))).code).toMatch(/^(INVALID_TOKEN|NOT_FOUND)$/)
    }
    await tracker.close()
  })
})

test('a copy of the file goes on with the tokens of the file', async () => {
  const path = freshPath()
  const { tracker, tokens, clock } = await worked(path)
  await tracker.close()
  const copy = freshPath()
  copyFileSync(path, copy)
  const other = await open({ path: copy, now: clock.now })
  await other.claims.complete(tokens.at(-1)!, { outcome: 'done' })
})

/** The letter of base64url with the same four leading bits and other ones after them. */
function respell(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return letters[letters.indexOf(letter) ^ 1]!
}

test('no error repeats a token that was passed where an id belongs', async () => {
  const tracker = await open()
  const { id } = await tracker.tasks.create({ title: 'Work' })
  const { token } = await tracker.claims.claim(id)
  const code = token.slice(token.lastIndexOf('.') + 1)
  const given = token as TaskId & AgentId & ActivityId
  const calls: (() => unknown)[] = [
    () => tracker.tasks.get(given),
    () => tracker.claims.claim(given),
    () => tracker.claims.reset(given, { reason: 'x' }),
    () => tracker.evidence.add(given, { kind: 'x', iri: 'https://example.org' }),
    () => tracker.context(given),
    () => tracker.runs.list({ task: given }),
    () => tracker.activities.end(given),
    () => tracker.as(given),
    () => tracker.within(given),
    () => toTaskId(token),
    () => toTaskId(`${token}\n`),
    () => tracker.tasks.get(`${token}\n` as TaskId),
    () => lineage(tracker, given),
    () => tracker.tasks.list({ [token]: 1 } as object),
  ]
  for (const call of calls) {
    let error: unknown
    try {
      await call()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ProvtrailError)
    const said = `${(error as Error).message} ${JSON.stringify(error)}`
    expect(said, call.toString()).not.toContain(code)
  }
})
