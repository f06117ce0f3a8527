import { z } from 'zod'
import { namespace, validate } from '../input.js'
import { flawOfIri } from '../prov/iri.js'
import { snapshotOf, type Tracker } from '../tracker.js'
import { type DocumentOptions, documentOf, FORMATS, type Format } from './document.js'

/** What `exportProv` takes. */
export interface ExportOptions {
  readonly format: Format
  /** Only the nodes of this namespace; nodes of others that they refer to by type, id and label. */
  readonly namespace?: string
  /**
   * What precedes the uuid in the IRI of a node whose namespace is no IRI: an absolute IRI, `urn:uuid:` unless told.
   */
  readonly baseIri?: string
}

const optionsSchema = z.strictObject({
  format: z.enum(FORMATS),
  namespace: namespace.optional(),
  baseIri: z
    .string()
    .superRefine((text, context) => {
      const flaw = flawOfBaseIri(text)
      if (flaw !== undefined)
        context.addIssue({
          code: 'custom',
          message: `${flaw}; expected such as urn:uuid: or https://example.org/work/`,
        })
    })
    .optional(),
})

/**
 * The current state of a record as a PROV-O document (https://www.w3.org/TR/prov-o/), in pieces of up to 64 KB.
 *
 * Everything is read from one snapshot, taken when the first piece is asked for and let go of after the last one, or as
 * soon as the consumer stops; commands go on meanwhile and do not show. The same record gives the same bytes, in
 * whatever order it was written. Everything that the document refers to is described in it, if only by type and label.
 * Pieces are made as they are asked for, and others have their turn while a long export runs.
 *
 * The mapping is in CONCEPTS.md, the terms of the `pt:` namespace in `provtrail.ttl`. A text comes back code unit for code
 * unit, but Raptor (`rapper`) drops U+FFFE and U+FFFF from what it reads.
 *
 * @throws {InvalidInputError} at once, for an unknown format or field, or a `baseIri` that is no absolute, legal IRI.
 * @throws {TrackerClosedError} with the first piece.
 */
export function exportProv(tracker: Tracker, options: ExportOptions): AsyncGenerator<string, void, undefined> {
  const valid = validate('exportProv', optionsSchema, options)
  return exportFrom(tracker, valid)
}

async function* exportFrom(tracker: Tracker, options: DocumentOptions): AsyncGenerator<string, void, undefined> {
  const snapshot = await snapshotOf(tracker, 'exportProv')
  try {
    yield* documentOf(snapshot, options)
  } finally {
    await snapshot.close()
  }
}

/** The uuid that follows must not become part of a host name or port. */
function flawOfBaseIri(text: string): string | undefined {
  const flaw = flawOfIri(text)
  if (flaw !== undefined) return `it ${flaw}`
  return /^[^:]*:\/\/[^/?#]*$/.test(text) ? 'it ends in a host name' : undefined
}
