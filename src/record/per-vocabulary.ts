import type { Vocabulary } from '../vocabulary.js'

/** Makes something from a vocabulary, once for each: schemas are costly to build and every `as` asks for them. */
export function perVocabulary<Made>(make: (vocabulary: Vocabulary) => Made): (vocabulary: Vocabulary) => Made {
  const madeFor = new WeakMap<Vocabulary, { readonly made: Made }>()
  return (vocabulary) => {
    let entry = madeFor.get(vocabulary)
    if (entry === undefined) {
      entry = { made: make(vocabulary) }
      madeFor.set(vocabulary, entry)
    }
    return entry.made
  }
}

/** The customary word, where the vocabulary has it, and else the first of its own. */
export function defaultWord(words: readonly string[], customary: string): string {
  return words.includes(customary) ? customary : words[0]!
}
