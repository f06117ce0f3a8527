import type { Vocabulary } from '../vocabulary.js'

/** The words that a live vocabulary has now. */
const currentOf = new WeakMap<Vocabulary, Vocabulary>()

/** A vocabulary whose words can be replaced: it stays the same object, for all who have it. */
export function liveVocabulary(initial: Vocabulary): Vocabulary {
  const live = {} as Vocabulary
  for (const field of Object.keys(initial) as (keyof Vocabulary)[]) {
    Object.defineProperty(live, field, { enumerable: true, get: () => currentOf.get(live)![field] })
  }
  currentOf.set(live, initial)
  return Object.freeze(live)
}

/** Gives a live vocabulary other words. */
export function replaceVocabulary(live: Vocabulary, words: Vocabulary): void {
  currentOf.set(live, words)
}

/**
 * Makes things by name from a vocabulary, once for each: schemas are costly to build and every `as` asks for them. What
 * is made from a live vocabulary follows its words.
 */
export function perVocabulary<Made extends object>(
  make: (vocabulary: Vocabulary) => Made,
): (vocabulary: Vocabulary) => Made {
  const madeFor = new WeakMap<Vocabulary, Made>()
  const madeFrom = (words: Vocabulary): Made => {
    let made = madeFor.get(words)
    if (made === undefined) {
      made = make(words)
      madeFor.set(words, made)
    }
    return made
  }
  return (vocabulary) => {
    const words = currentOf.get(vocabulary)
    if (words === undefined) return madeFrom(vocabulary)
    const following = {} as Made
    for (const name of Object.keys(madeFrom(words)) as (keyof Made)[]) {
      Object.defineProperty(following, name, { get: () => madeFrom(currentOf.get(vocabulary)!)[name] })
    }
    return following
  }
}

/** The customary word, where the vocabulary has it, and else the first of its own. */
export function defaultWord(words: readonly string[], customary: string): string {
  return words.includes(customary) ? customary : words[0]!
}
