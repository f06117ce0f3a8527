import { listed } from './listed.js'

const PLURALS: Readonly<Record<string, string>> = {
  activity: 'activities',
  criterion: 'criteria',
  evidence: 'pieces of evidence',
}
/** What is not counted by itself. */
const SINGULARS: Readonly<Record<string, string>> = { evidence: 'piece of evidence' }

/** A number with its thousands apart. */
export function numberText(count: number): string {
  return count.toLocaleString('en-US')
}

/** A count and its noun, such as `1 task`, `2,000 artifacts`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${count === 1 ? (SINGULARS[noun] ?? noun) : (PLURALS[noun] ?? `${noun}s`)}`
}

/** How many there are of each kind, such as `3 tasks and 1 agent`, in the order in which the kinds come first. */
export function countedByKind(kinds: Iterable<string>): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return listed([...counts].map(([kind, count]) => counted(count, kind)))
}
