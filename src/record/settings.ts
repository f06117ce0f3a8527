import type { ModelRegistry } from '../models/registry.js'
import type { Vocabulary } from '../vocabulary.js'
import type { Tokens } from './claims/tokens.js'
import type { LeaseClock } from './lease-clock.js'

/** What is the same for every actor of one record. */
export interface RecordSettings {
  readonly namespace: string
  readonly vocabulary: Vocabulary
  readonly models: ModelRegistry
  readonly now: () => number
  readonly newUuid: () => string
  readonly newSalt: () => string
  /** Makes and checks the tokens of claims. */
  readonly tokens: Tokens
  /** How many live claims an agent may have. */
  readonly maxClaims: number
  /** How long after its lease ran out a claim may be renewed. */
  readonly renewalGraceMs: number
  /** The clock as leases see it: it never goes backwards in one process. */
  readonly leaseClock: LeaseClock
}
