import type { ModelRegistry } from '../models/registry.js'
import type { Vocabulary } from '../vocabulary.js'

/** What is the same for every actor of one record. */
export interface RecordSettings {
  readonly namespace: string
  readonly vocabulary: Vocabulary
  readonly models: ModelRegistry
  readonly now: () => number
  readonly newUuid: () => string
  readonly newSalt: () => string
}
