import { EmptyLogError } from '../../errors.js'
import type { EventData } from '../../log/event.js'
import { EVENT_COLUMNS, type EventRow, readHead } from '../../log/event-row.js'
import { type ReadableEvent, toReadable } from '../../log/read-events.js'
import { isSealBy, isSigned, type NamedKey, type SealData, sealOf } from '../../log/seal.js'
import type { Reader } from '../../store/store.js'
import type { Command } from '../command.js'
import type { Seal } from './log.js'

/** Decides `log.seal`. The key is no part of the input, which is digested and may be shown. */
export function sealLog(namespace: string, key: NamedKey): Command<Seal> {
  return {
    operation: 'log.seal',
    input: {},
    async decide(reader) {
      const head = await readHead(reader)
      if (head.seq === 0) throw new EmptyLogError()
      const last = await readLastSeal(reader, namespace, head.seq, key)
      if (last !== undefined) return { events: [], result: () => toSeal(last) }
      return {
        // Nothing comes between: whoever acts is registered, as the first event of every log registers the default actor.
        events: [{ type: 'log.sealed', subject: namespace, data: sealOf(namespace, head, key) }],
        result: ([written]) => toSeal(written!),
      }
    },
    repeat: async (_reader, [written]) => toSeal(written!),
  }
}

/** The seal that the log ends with, where it is one of this key and right. */
async function readLastSeal(
  reader: Reader,
  namespace: string,
  seq: number,
  key: NamedKey,
): Promise<ReadableEvent | undefined> {
  const row = await reader.get<EventRow>(`SELECT ${EVENT_COLUMNS} FROM events WHERE seq = ?`, seq)
  if (row?.type !== 'log.sealed') return undefined
  // Nothing of it can have been erased, as the redaction would come after it.
  const event = toReadable(row, undefined)
  const { data } = event
  const isRight = data.seq === seq - 1 && data.digest === row.previous_digest
  return isRight && isSealBy(data, key) && isSigned(namespace, data, key) ? event : undefined
}

function toSeal({ data, recordedAt }: { readonly data: EventData; readonly recordedAt: string }): Seal {
  const { seq, digest, keyId } = data as SealData
  return { seq, digest, keyId, sealedAt: recordedAt }
}
