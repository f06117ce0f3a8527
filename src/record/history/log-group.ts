import { ReadOnlyError } from '../../errors.js'
import { validate, withOptions } from '../../input.js'
import type { LogEvent } from '../../log/event.js'
import { EVENT_COLUMNS, type EventRow, readHead, toEvent } from '../../log/event-row.js'
import { exportLog } from '../../log/export-events.js'
import { readPrivateKey, readPublicKey } from '../../log/seal.js'
import { type EventFeed, Subscription } from '../../log/subscription.js'
import { verifyChain } from '../../log/verify.js'
import { Pacer } from '../../store/pacer.js'
import type { Store } from '../../store/store.js'
import { among, readPage } from '../paging.js'
import { type Runner, refuseInsideTransaction, storeRunner } from '../runner.js'
import { type Bound, Session } from '../session.js'
import type { RecordSettings } from '../settings.js'
import { runTransaction } from '../transaction.js'
import { adoptVocabulary } from '../vocabulary.js'
import { compareState } from './compare-state.js'
import { ExportedLog } from './import-events.js'
import type { Log } from './log.js'
import { eraseData, readEvent, redactEvent } from './redact.js'
import { rebuildState } from './replay.js'
import { logSchemas } from './schema.js'
import { sealLog } from './seal-log.js'
import { captureState } from './state.js'

const DEFAULT_LIMIT = 100
/** Rebuilding takes as long as the log is long, so it gets the longest that a timer takes: 24.8 days. */
const UNLIMITED_MS = 2 ** 31 - 1

/** The commands and queries on the log of one record. */
export function logOf(settings: RecordSettings, store: Store, bound: Bound): Log {
  const { namespace } = settings
  const session = new Session(settings, storeRunner(store), bound)
  const maintain = <T>(operation: string, work: (runner: Runner) => Promise<T>): Promise<T> => {
    refuseInsideTransaction(operation, store)
    return runTransaction(store, UNLIMITED_MS, work)
  }
  return {
    async events(filter = {}) {
      const input = validate('log.events', logSchemas.events, filter)
      return session.query('log.events', (reader) =>
        readPage<EventRow, LogEvent>(
          reader,
          {
            operation: 'log.events',
            columns: EVENT_COLUMNS,
            from: 'events',
            conditions: [
              ...(input.after === undefined ? [] : [{ sql: 'seq > ?', values: [input.after] }]),
              ...among('subject', input.subject),
              ...among('actor', input.actor),
              ...among('activity', input.activity),
              ...among('type', input.type),
            ],
            order: 'seq',
            orderBy: ['seq'],
            position: (row) => [row.seq],
          },
          { ...input, limit: input.limit ?? DEFAULT_LIMIT },
          (rows) => rows.map(toEvent),
        ),
      )
    },
    head: async () => session.query('log.head', readHead),
    async verify(options = {}) {
      const input = validate('log.verify', logSchemas.verify, options)
      const sealedBy =
        input.publicKey === undefined ? undefined : { ...readPublicKey('log.verify', input.publicKey), namespace }
      refuseInsideTransaction('log.verify', store)
      const snapshot = await store.snapshot()
      const pacer = new Pacer()
      try {
        const chain = await verifyChain(snapshot, pacer, { expect: input.expect, sealedBy })
        if (!chain.ok || input.state !== true) return chain
        const state = await compareState(snapshot, pacer)
        return state.ok ? chain : state
      } finally {
        await snapshot.close()
      }
    },
    async rebuild() {
      return maintain('log.rebuild', (runner) =>
        runner.write('log.rebuild', (writer) => rebuildState(writer, new Pacer())),
      )
    },
    async redact(seq, options) {
      const input = validate('log.redact', logSchemas.redact, withOptions('log.redact', { seq }, options))
      const event = await maintain('log.redact', async (runner) => {
        const redacted = await new Session(settings, runner, bound).command(redactEvent(namespace, input))
        return runner.write('log.redact', async (writer) => {
          if (redacted) {
            await eraseData(writer, input.seq)
            await rebuildState(writer, new Pacer())
          }
          return readEvent(writer, input.seq)
        })
      })
      await store.purge()
      return event
    },
    async seal(options) {
      const { privateKey } = validate('log.seal', logSchemas.seal, options)
      return session.command(sealLog(namespace, readPrivateKey('log.seal', privateKey)))
    },
    async snapshot(options = {}) {
      const input = validate('log.snapshot', logSchemas.snapshot, options)
      refuseInsideTransaction('log.snapshot', store)
      const snapshot = await store.snapshot()
      try {
        return await captureState(snapshot, new Pacer(), input.namespace, session.leaseNow())
      } finally {
        await snapshot.close()
      }
    },
    exportEvents(options = {}) {
      const { after = 0 } = validate('log.exportEvents', logSchemas.exportEvents, options)
      return exportEvents(store, namespace, after)
    },
    async importEvents(source) {
      refuseInsideTransaction('log.importEvents', store)
      if (store.readOnly) throw new ReadOnlyError(store.path)
      const exported = await ExportedLog.open(source, namespace)
      try {
        const { erased, ...result } = await maintain('log.importEvents', (runner) =>
          runner.write('log.importEvents', (writer) => exported.importInto(writer, new Pacer())),
        )
        if (erased) await store.purge()
        await adoptVocabulary(store, settings.vocabulary)
        return result
      } finally {
        await exported.close()
      }
    },
    subscribe(options = {}) {
      const { after = 0, signal } = validate('log.subscribe', logSchemas.subscribe, options)
      const feed: EventFeed = {
        read: (last, limit) =>
          session.query('log.subscribe', async (reader) => {
            const rows = await reader.all<EventRow>(
              `SELECT ${EVENT_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`,
              last,
              limit,
            )
            return rows.map(toEvent)
          }),
        watch: () => store.watch(),
      }
      return new Subscription(feed, after, signal)
    },
  }
}

async function* exportEvents(store: Store, namespace: string, after: number): AsyncGenerator<string, void, undefined> {
  refuseInsideTransaction('log.exportEvents', store)
  const snapshot = await store.snapshot()
  try {
    yield* exportLog(snapshot, new Pacer(), namespace, after)
  } finally {
    await snapshot.close()
  }
}
