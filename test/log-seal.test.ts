import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EmptyLogError, InvalidInputError, type LogEvent, openTracker, type Tracker } from '../src/index.js'
import { all } from './support/answers.js'
import { histories } from './support/histories.js'
import { play } from './support/play.js'
import { Clock, freshPath, NAMESPACE, open } from './support/trackers.js'
import { temporaryFolder } from './support-store/folder.js'
import { canonical, type EventRow, eventRows, putEventRows, rechained } from './support-store/forge.js'
import { refusalOf } from './support-store/refusal.js'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')

function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

async function lastEvent(tracker: Tracker): Promise<LogEvent> {
  return (await all((page) => tracker.log.events(page))).at(-1)!
}

describe('a seal', () => {
  test('is an event that signs the one right before it, as anybody can check', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'one' })
    const head = await tracker.log.head()
    const seal = await tracker.log.seal({ privateKey })
    const event = await lastEvent(tracker)
    expect(seal).toEqual({ ...head, keyId: keyIdOf(publicKey), sealedAt: event.recordedAt })
    expect(event).toMatchObject({
      seq: head.seq + 1,
      type: 'log.sealed',
      subject: NAMESPACE,
      previousDigest: head.digest,
    })
    const { seq, digest, keyId, signature, ...rest } = event.data!
    expect({ seq, digest, keyId, rest }).toEqual({ ...head, keyId: keyIdOf(publicKey), rest: {} })
    const message = canonical({ provtrail: 'seal', namespace: NAMESPACE, seq, digest })
    expect(verify(null, Buffer.from(message), publicKey, Buffer.from(signature as string, 'base64url'))).toBe(true)
    expect(signature).toMatch(/^[\w-]{86}$/)
  })

  test.each([
    ['a KeyObject', privateKey, publicKey],
    [
      'PEM',
      privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      publicKey.export({ type: 'spki', format: 'pem' }) as string,
    ],
    [
      'a Buffer of PEM',
      Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })),
    ],
    ['the private key for both', privateKey, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string],
  ])('takes its key as %s', async (_name, secret, known) => {
    const tracker = await open({ path: ':memory:' })
    await tracker.tasks.create({ title: 'one' })
    expect((await tracker.log.seal({ privateKey: secret })).keyId).toBe(keyIdOf(publicKey))
    expect(await tracker.log.verify({ publicKey: known })).toEqual({ ok: true, checked: 3, sealed: 2 })
  })

  const encrypted = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  })
  const wrong: [string, unknown][] = [
    ['a public key', publicKey],
    ['a public key in PEM', publicKey.export({ type: 'spki', format: 'pem' })],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
    ['an X25519 key', generateKeyPairSync('x25519').privateKey],
    ['an encrypted key', encrypted],
    ['a key that is cut off', (privateKey.export({ type: 'pkcs8', format: 'pem' }) as string).slice(0, 80)],
    ['a key in DER', privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['a text', 'MC4CAQAwBQYDK2VwBCIEIEsecretsecretsecret'],
    ['nothing', undefined],
    ['an object', { privateKey: 'secret' }],
    ['a number', 5],
  ]
  test.each(wrong)('is refused where the key is %s, and the refusal tells nothing of it', async (_name, key) => {
    const tracker = await open({ path: ':memory:' })
    await tracker.tasks.create({ title: 'one' })
    const refusal = await refusalOf(tracker.log.seal({ privateKey: key as never }))
    expect(refusal).toBeInstanceOf(InvalidInputError)
    const said = `${refusal.stack} ${JSON.stringify(refusal)} ${refusal.cause}`
    for (const line of `${key instanceof Buffer ? key.toString('base64') : key}`.split('\n')) {
      if (line.length > 9 && !/^(-----|\[object)/.test(line)) expect(said).not.toContain(line)
    }
    expect((await tracker.log.head()).seq).toBe(2)
  })

  test('of an empty log is refused', async () => {
    const tracker = await open()
    expect(await refusalOf(tracker.log.seal({ privateKey }))).toBeInstanceOf(EmptyLogError)
    expect((await tracker.log.head()).seq).toBe(0)
  })

  test('names who sealed, and within which activity', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const activity = await tracker.activities.start()
    const { seq } = await tracker.as(ada.id).within(activity.id).log.seal({ privateKey })
    expect(seq).toBe(3)
    expect(await lastEvent(tracker)).toMatchObject({ seq: 4, actor: ada.id, activity: activity.id })
    expect(await tracker.log.verify({ publicKey, state: true })).toEqual({ ok: true, checked: 4, sealed: 3 })
  })

  test('of a log that ends with one of the same key writes nothing', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'one' })
    const seal = await tracker.log.seal({ privateKey })
    const head = await tracker.log.head()
    expect(await tracker.log.seal({ privateKey })).toEqual(seal)
    expect(await tracker.log.head()).toEqual(head)
    const second = await tracker.log.seal({ privateKey: other.privateKey })
    expect(second.seq).toBe(head.seq)
    await tracker.tasks.create({ title: 'two' })
    expect((await tracker.log.seal({ privateKey })).seq).toBe(head.seq + 2)
    expect(await tracker.log.verify({ publicKey })).toEqual({ ok: true, checked: head.seq + 3, sealed: head.seq + 2 })
    expect(await tracker.log.verify({ publicKey: other.publicKey })).toMatchObject({ ok: true, sealed: head.seq })
  })

  test('outlives its own erasure', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'one' })
    const { seq } = await tracker.log.seal({ privateKey })
    await tracker.log.redact(seq + 1, { reason: 'by mistake' })
    expect((await tracker.log.events({ after: seq, limit: 1 })).items[0]).not.toHaveProperty('data')
    expect(await tracker.log.verify({ publicKey, state: true })).toEqual({ ok: true, checked: seq + 2, sealed: seq })
    await tracker.log.redact(seq, { reason: 'asked to' })
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: true, sealed: seq })
  })

  test('by several at once says each time what it follows', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'one' })
    await Promise.all([
      tracker.log.seal({ privateKey }),
      tracker.tasks.create({ title: 'two' }),
      tracker.log.seal({ privateKey: other.privateKey }),
      tracker.tasks.create({ title: 'three' }),
      tracker.log.seal({ privateKey }),
    ])
    const head = await tracker.log.head()
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: true, sealed: head.seq - 1 })
  })
})

describe('verifying with a public key', () => {
  test('fails where there is no seal of it', async () => {
    const tracker = await open()
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: false, seq: 1 })
    await tracker.tasks.create({ title: 'one' })
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: false, seq: 3 })
    await tracker.log.seal({ privateKey: other.privateKey })
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: false, seq: 4 })
    expect(await tracker.log.verify()).toEqual({ ok: true, checked: 3 })
  })

  test.each(wrongPublicKeys())('refuses %s', async (_name, key) => {
    const tracker = await open({ path: ':memory:' })
    expect(await refusalOf(tracker.log.verify({ publicKey: key as never }))).toBeInstanceOf(InvalidInputError)
  })

  test('does not take a seal of another file for one of this', async () => {
    const tracker = await open()
    await tracker.tasks.create({ title: 'one' })
    const namespaces = ['test', 'another']
    const found = []
    for (const namespace of namespaces) {
      const path = join(temporaryFolder(), 'work.db')
      await using copy = await openTracker({ path, namespace, now: new Clock().now })
      await copy.agents.registerHuman({ name: 'Ada' })
      await copy.log.seal({ privateKey })
      const rows = eventRows(path)
      const forged = rows.map((row) => ({ ...row, subject: row.type === 'log.sealed' ? 'test' : row.subject! }))
      const sealless = await openTracker({ path: join(temporaryFolder(), 'work.db'), namespace: 'test' })
      putEventRows(sealless.path, rechained(forged))
      found.push(await sealless.log.verify({ publicKey }))
      await sealless.close()
    }
    expect(found).toEqual([
      { ok: true, checked: 3, sealed: 2 },
      { ok: false, seq: 3, reason: expect.stringContaining('signature') },
    ])
  })
})

function wrongPublicKeys(): [string, unknown][] {
  return [
    ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey],
    ['a text', 'no key'],
    ['a number', 1],
  ]
}

describe('a log that was rewritten whole after it was sealed', () => {
  /** A random history with seals in it; resolves to the numbers of the sealed events. */
  async function sealedHistory(tracker: Tracker, history: Parameters<typeof play>[1]): Promise<number[]> {
    await play(tracker, history)
    const sealed = [(await tracker.log.seal({ privateKey })).seq]
    await tracker.tasks.create({ title: 'between' })
    await tracker.tasks.create({ title: 'two seals' })
    sealed.push((await tracker.log.seal({ privateKey })).seq)
    await tracker.tasks.create({ title: 'after both' })
    return sealed
  }

  test('is found at the first seal that it contradicts', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), async (history, places) => {
        const path = freshPath()
        await using tracker = await openTracker({
          path,
          namespace: NAMESPACE,
          durability: 'normal',
          now: new Clock().now,
        })
        const sealed = await sealedHistory(tracker, history)
        const rows = eventRows(path)
        const last = sealed.at(-1)!
        expect(await tracker.log.verify({ publicKey })).toEqual({ ok: true, checked: rows.length, sealed: last })
        for (const place of [...places, sealed[0]! - 1, sealed[0]!, last - 1, last + 1]) {
          const index = place % rows.length
          const seq = index + 1
          const forged = (row: EventRow): EventRow => ({ ...row, actor: `${row.actor}0`.slice(1) })
          putEventRows(path, rechained(rows.map((row, at) => (at === index ? forged(row) : row))))
          expect(await tracker.log.verify()).toEqual({ ok: true, checked: rows.length })
          const finding = await tracker.log.verify({ publicKey })
          const contradicted = sealed.find((one) => one >= seq)
          expect(finding).toMatchObject(
            contradicted === undefined ? { ok: true, sealed: last } : { ok: false, seq: contradicted },
          )
        }
      }),
      { numRuns: 12 },
    )
  })

  test('is found where the seals were made to fit, or are gone', async () => {
    const path = freshPath()
    const tracker = await open({ path })
    const sealed = await sealedHistory(tracker, [])
    const rows = eventRows(path)
    const change = (alter: (row: EventRow) => EventRow | undefined) => {
      const left = rows
        .flatMap((row): EventRow[] => [alter(row) ?? []].flat())
        .map((row, index) => ({ ...row, seq: index + 1 }))
      putEventRows(path, rechained(left))
      return tracker.log.verify({ publicKey })
    }
    const isSeal = (row: EventRow) => row.type === 'log.sealed'
    const forged = rechained(rows.map((row) => (row.seq === 2 ? { ...row, subject: row.actor! } : row)))
    const digestAt = (seq: number) => forged[seq - 1]!.digest
    // The digest that the seal names is made that of the event before it.
    expect(
      await change((row) => {
        if (row.seq === 2) return { ...row, subject: row.actor! }
        if (!isSeal(row)) return row
        const data = JSON.parse(row.data as string)
        return { ...row, data: canonical({ ...data, digest: digestAt(data.seq) }) }
      }),
    ).toMatchObject({ ok: false, seq: sealed[0]! + 1, reason: expect.stringContaining('signature') })
    // The first seal is gone, so that the second one moves up.
    expect(await change((row) => (row.seq === sealed[0]! + 1 ? undefined : row))).toMatchObject({
      ok: false,
      seq: sealed[1],
    })
    expect(await change((row) => (isSeal(row) ? undefined : row))).toMatchObject({ ok: false, seq: rows.length - 1 })
    // The first seal is used once more.
    expect(
      await change((row) => (row.seq === sealed[1]! + 1 ? { ...row, data: rows[sealed[0]!]!.data! } : row)),
    ).toMatchObject({ ok: false, seq: sealed[1]! + 1, reason: expect.stringContaining('right before') })
    // Signed by nobody, in the name of another key, which is nobody's concern here.
    expect(
      await change((row) =>
        row.seq === sealed[1]! + 1
          ? { ...row, data: canonical({ ...JSON.parse(row.data as string), keyId: keyIdOf(other.publicKey) }) }
          : row,
      ),
    ).toMatchObject({ ok: true, sealed: sealed[0] })
    for (const data of [
      '{}',
      canonical({ keyId: keyIdOf(publicKey) }),
      canonical({ keyId: keyIdOf(publicKey), seq: '1', digest: 2, signature: null }),
    ]) {
      const finding = await change((row) => (row.seq === sealed[0]! + 1 ? { ...row, data } : row))
      expect(finding).toMatchObject({ ok: false, seq: data === '{}' ? sealed[1] : sealed[0]! + 1 })
    }
  })

  test('is found where its tail was cut off with the only seal', async () => {
    const path = freshPath()
    const tracker = await open({ path })
    const sealed = await sealedHistory(tracker, [])
    const rows = eventRows(path)
    putEventRows(path, rows.slice(0, sealed[0]! - 1))
    expect(await tracker.log.verify()).toMatchObject({ ok: true })
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: false, seq: sealed[0] })
    // One seal is left: what it does not vouch for is for a head noted earlier to tell.
    putEventRows(path, rows.slice(0, sealed[0]! + 2))
    expect(await tracker.log.verify({ publicKey })).toMatchObject({ ok: true, sealed: sealed[0] })
    const noted = { seq: rows.length, digest: rows.at(-1)!.digest as string }
    expect(await tracker.log.verify({ publicKey, expect: noted })).toMatchObject({ ok: false, seq: sealed[0]! + 3 })
  })
})
