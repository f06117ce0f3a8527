import { type InputIssue, InvalidInputError } from '../errors.js'
import type { Model } from './model.js'
import { SNAPSHOT } from './snapshot.js'

/**
 * The models that ML agents may name. A registry of another kind (one that asks a service that it has cached, say) can be
 * used wherever one is asked for; it should answer the same way each time.
 */
export interface ModelRegistry {
  /** Every model that can be listed. There may be others that `lookup` knows: {@link anyModel} lists none. */
  models(): readonly Model[]
  /** The model of this provider and name, both compared letter by letter, or `undefined` if it is not known. */
  lookup(provider: string, name: string): Model | undefined
  /** Those of {@link ModelRegistry.models} that this provider makes; none for an unknown one. */
  byProvider(provider: string): readonly Model[]
}

/**
 * A registry of the given models, listed in the given order. Of two with the same provider and name the later one counts,
 * at the place of the earlier one. Entries are copied, and what is returned is frozen.
 *
 * @throws {InvalidInputError} an entry has no provider or name, or one that begins or ends with whitespace; its label is
 * empty; its window is no whole number above 0. All such flaws are named.
 */
export function createModelRegistry(entries: readonly Model[]): ModelRegistry {
  return registryOf(checked('createModelRegistry', entries))
}

/**
 * A registry that knows the given models besides those of another one, which stays as it is. A given model replaces an
 * equal one (same provider and name) at its place; new ones are listed last.
 *
 * What the other registry looks up without listing it, such as all of {@link anyModel}, is looked up still.
 *
 * @throws {InvalidInputError} as {@link createModelRegistry} does.
 */
export function extendModelRegistry(registry: ModelRegistry, entries: readonly Model[]): ModelRegistry {
  const all = registryOf([...registry.models(), ...checked('extendModelRegistry', entries)])
  return Object.freeze({
    ...all,
    lookup: (provider: string, name: string) => all.lookup(provider, name) ?? registry.lookup(provider, name),
  })
}

/**
 * The models that are known where the caller gives no registry: names that their makers' interfaces take, past ones
 * included, since a record may tell of past work. It is a snapshot, taken when this version of the library was made.
 */
export const defaultModelRegistry: ModelRegistry = createModelRegistry(SNAPSHOT)

/** Accepts every provider and name that is not empty, for those who do not want names of models checked; lists none. */
export const anyModel: ModelRegistry = Object.freeze({
  models: () => NONE,
  lookup: (provider: string, name: string) => (isText(provider) && isText(name) ? { provider, name } : undefined),
  byProvider: () => NONE,
})

const NONE: readonly Model[] = Object.freeze([])

function registryOf(entries: readonly Model[]): ModelRegistry {
  const modelByKey = new Map(entries.map((entry) => [key(entry.provider, entry.name), Object.freeze({ ...entry })]))
  const models = Object.freeze([...modelByKey.values()])
  return Object.freeze({
    models: () => models,
    lookup: (provider: string, name: string) => modelByKey.get(key(provider, name)),
    byProvider: (provider: string) => Object.freeze(models.filter((model) => model.provider === provider)),
  })
}

/** Names may hold any separator that could be put between them. */
function key(provider: string, name: string): string {
  return JSON.stringify([provider, name])
}

function checked(operation: string, entries: readonly Model[]): readonly Model[] {
  if (!Array.isArray(entries)) {
    throw new InvalidInputError(operation, [{ field: 'entries', message: 'expected an array of models' }])
  }
  // A hole in the array becomes an entry, so that it is found missing.
  const all: readonly Model[] = Array.from(entries)
  const issues = all.flatMap(flaws)
  if (issues.length > 0) throw new InvalidInputError(operation, issues)
  return all
}

/** Callers in JavaScript may pass anything. */
function flaws(entry: unknown, index: number): InputIssue[] {
  const field = `entries[${index}]`
  if (typeof entry !== 'object' || entry === null) return [{ field, message: 'expected a model' }]
  const { provider, name, label, contextTokens }: Partial<Record<keyof Model, unknown>> = entry
  const issues: InputIssue[] = []
  const ask = (holds: boolean, part: keyof Model, message: string) => {
    if (!holds) issues.push({ field: `${field}.${part}`, message })
  }
  ask(isName(provider), 'provider', 'expected a text that is not empty and has no whitespace around it')
  ask(isName(name), 'name', 'expected a text that is not empty and has no whitespace around it')
  ask(label === undefined || isText(label), 'label', 'expected a text that is not empty')
  ask(
    contextTokens === undefined || (Number.isSafeInteger(contextTokens) && Number(contextTokens) > 0),
    'contextTokens',
    'expected a whole number above 0',
  )
  return issues
}

function isName(value: unknown): value is string {
  return isText(value) && value.trim() === value
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
