import { canonicalJson } from '../json.js'
import type { EventDefinition } from './event-definition.js'

/** `vocabulary.defined`: the words that the file uses in place of the defaults. */
export const VOCABULARY_EVENTS = {
  'vocabulary.defined': {
    async evolve(writer, event) {
      for (const [field, words] of Object.entries(event.data)) {
        await writer.run('INSERT INTO vocabulary (field, words) VALUES (?, ?)', field, canonicalJson(words as object))
      }
    },
    erase: (data) => data,
  },
} satisfies Record<string, EventDefinition>
