/** Characters that turn the direction of the text after them: embeddings, overrides and isolates. */
export const TURNS = /([\u202A-\u202E\u2066-\u2069])/

/** A text without what would turn the direction of what is written around it: U+FFFD stands in its place. */
export function unturned(text: string): string {
  return text.split(TURNS).reduce((before, part, index) => before + (index % 2 === 0 ? part : '\uFFFD'), '')
}
