import { VocabularyMismatchError } from '../errors.js'
import type { EventData } from '../log/event.js'
import { readHead } from '../log/event-row.js'
import type { Reader, Store } from '../store/store.js'
import { DEFAULT_VOCABULARY, type Vocabulary } from '../vocabulary.js'
import { liveVocabulary, replaceVocabulary } from './per-vocabulary.js'
import { storeRunner } from './runner.js'
import { Session } from './session.js'
import type { RecordSettings } from './settings.js'

type Field = keyof Vocabulary

/**
 * The vocabulary of a file: that of its log, or the defaults. A file whose log is still empty takes the words that it is
 * opened with, and its first event says so.
 *
 * @throws {VocabularyMismatchError} the file was made with other words.
 */
export async function settleVocabulary(
  store: Store,
  settings: Omit<RecordSettings, 'vocabulary'>,
  given: Partial<Vocabulary>,
): Promise<Vocabulary> {
  const own = Object.fromEntries(Object.entries(given).filter(([field, words]) => !isSame(words, defaultOf(field))))
  const session = new Session({ ...settings, vocabulary: DEFAULT_VOCABULARY }, storeRunner(store), {})
  const isNew = Object.keys(own).length > 0 && (await store.read(readHead)).seq === 0
  if (isNew && !store.readOnly) {
    await session.command({
      operation: 'openTracker',
      input: {},
      async decide(reader) {
        // Another process may have been first.
        if ((await readHead(reader)).seq > 0) return { events: [], result: () => undefined }
        const event = { type: 'vocabulary.defined' as const, subject: settings.namespace, data: own as EventData }
        return { events: [event], result: () => undefined }
      },
      repeat: async () => undefined,
    })
  }
  const stored = await store.read(readVocabulary)
  for (const [field, words] of Object.entries(given)) {
    if (words !== undefined && !isSame(words, stored[field as Field])) {
      throw new VocabularyMismatchError(field, stored[field as Field], words)
    }
  }
  return liveVocabulary(stored)
}

/** Makes the words of a tracker those of its file, which an import may have given others. */
export async function adoptVocabulary(store: Store, vocabulary: Vocabulary): Promise<void> {
  const stored = await store.read(readVocabulary)
  const isChanged = Object.entries(stored).some(([field, words]) => !isSame(words, vocabulary[field as Field]))
  if (isChanged) replaceVocabulary(vocabulary, stored)
}

async function readVocabulary(reader: Reader): Promise<Vocabulary> {
  const rows = await reader.all<{ field: Field; words: string }>('SELECT field, words FROM vocabulary ORDER BY field')
  return Object.freeze({
    ...DEFAULT_VOCABULARY,
    ...Object.fromEntries(rows.map(({ field, words }) => [field, Object.freeze(JSON.parse(words))])),
  })
}

function defaultOf(field: string): readonly string[] {
  return DEFAULT_VOCABULARY[field as Field]
}

function isSame(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return one === undefined || JSON.stringify(one) === JSON.stringify(other)
}
