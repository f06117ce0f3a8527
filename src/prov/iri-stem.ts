import { flawOfIri } from './iri.js'

/** What the IRIs of nodes begin with whose namespace is no IRI, where no other base is named. */
export const DEFAULT_IRI_STEM = 'urn:uuid:'

/**
 * What precedes the uuid in the IRIs of the nodes of a namespace, where that is an absolute IRI; `undefined` for any
 * other, also for one that only begins like an IRI but holds what none may hold.
 */
export function iriStemOf(namespace: string): string | undefined {
  const stem = `${namespace}#`
  return flawOfIri(stem) === undefined ? stem : undefined
}
