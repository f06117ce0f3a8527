import { z } from 'zod'
import { abortSignal, callback, namespace, validate } from '../input.js'
import { canonicalJson } from '../json.js'
import { flawOfIri } from '../prov/iri.js'
import { resolveScope, scopeSchema } from '../record/lineage/resolve-scope.js'
import type { Scope } from '../record/lineage/scope.js'
import type { Snapshot } from '../store/store.js'
import { snapshotOf, type Tracker, timeOf } from '../tracker.js'
import { type DocumentOptions, documentOf, FORMATS, type Format } from './document.js'
import type { ExportProgress } from './export-context.js'

/**
 * How much of the record a document holds.
 *
 * - `summary`: how things stand
 * - `full`: also every state that each task has been in, what made it, and the making of the document itself
 */
export type ExportDetail = (typeof DETAILS)[number]

const DETAILS = ['summary', 'full'] as const

/** What `exportProv` takes. */
export interface ExportOptions {
  readonly format: Format
  /** `summary` unless told. */
  readonly detail?: ExportDetail
  /** Only these nodes; others that they refer to by type, id and label. */
  readonly scope?: Scope
  /** Short for the scope of the nodes of this namespace. */
  readonly namespace?: string
  /**
   * What precedes the uuid in the IRI of a node whose namespace is no IRI: an absolute IRI, `urn:uuid:` unless told.
   */
  readonly baseIri?: string
  /** Told in nodes of the record how far the export has come: at the beginning, and after each thousand or fewer. */
  readonly onProgress?: (progress: ExportProgress) => void
  /** Ends the export, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal
}

const optionsSchema = z
  .strictObject({
    format: z.enum(FORMATS),
    detail: z.enum(DETAILS).optional(),
    scope: scopeSchema.optional(),
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
    onProgress: callback<(progress: ExportProgress) => void>().optional(),
    signal: abortSignal.optional(),
  })
  .refine(({ scope, namespace }) => scope === undefined || namespace === undefined, {
    path: ['namespace'],
    message: 'is short for a scope, and makes no sense beside one',
  })

type ValidOptions = z.output<typeof optionsSchema>

/**
 * A record as a PROV-O document (https://www.w3.org/TR/prov-o/), in pieces of up to 64 KB.
 *
 * Everything is read from one snapshot, taken when the first piece is asked for and let go of after the last one, or as
 * soon as the consumer stops; commands go on meanwhile and do not show. In summary, the same record gives the same
 * bytes, in whatever order it was written; in full, the same log does, at the same time by the tracker's clock.
 * Everything that the document refers to is described in it, if only by type and label. Pieces are made as they are
 * asked for, and others have their turn while a long export runs.
 *
 * In a format that has named graphs, the nodes of each namespace are in one of their own, a prov:Bundle.
 *
 * The mapping is in CONCEPTS.md, the terms of the `pt:` namespace in `provtrail.ttl`. A text comes back code unit for code
 * unit, but Raptor (`rapper`) drops U+FFFE and U+FFFF from what it reads.
 *
 * @throws {InvalidInputError} at once: an option is not as it should be; with the first piece: `tracker` is none, or that
 * of a transaction.
 * @throws {NotFoundError} with the first piece: the scope names a node that does not exist.
 * @throws {TrackerClosedError | TrackerInTransactionError} with the first piece.
 * @throws the reason of `signal`, with the next piece that is asked for once it is aborted.
 */
export function exportProv(tracker: Tracker, options: ExportOptions): AsyncGenerator<string, void, undefined> {
  const valid = validate('exportProv', optionsSchema, options)
  return exportFrom(tracker, valid)
}

async function* exportFrom(tracker: Tracker, options: ValidOptions): AsyncGenerator<string, void, undefined> {
  const { signal } = options
  signal?.throwIfAborted()
  const snapshot = await snapshotOf(tracker, 'exportProv')
  // Nobody need ask for another piece: the file is let go of at once.
  const letGo = () => void snapshot.close()
  signal?.addEventListener('abort', letGo, { once: true })
  try {
    yield* documentOf(snapshot, await recordOptions(tracker, options, snapshot))
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error
  } finally {
    signal?.removeEventListener('abort', letGo)
    await snapshot.close()
  }
}

async function recordOptions(tracker: Tracker, options: ValidOptions, snapshot: Snapshot): Promise<DocumentOptions> {
  const { format, detail, baseIri, onProgress, signal } = options
  const scope: Scope | undefined = options.namespace === undefined ? options.scope : { namespace: options.namespace }
  const occasion =
    detail === 'full'
      ? {
          namespace: tracker.namespace,
          at: timeOf(tracker, 'exportProv'),
          request: canonicalJson({ ...scope }),
        }
      : undefined
  return { format, scope: await resolveScope(snapshot, scope), baseIri, occasion, onProgress, signal }
}

/** The uuid that follows must not become part of a host name or port. */
function flawOfBaseIri(text: string): string | undefined {
  const flaw = flawOfIri(text)
  if (flaw !== undefined) return `it ${flaw}`
  return /^[^:]*:\/\/[^/?#]*$/.test(text) ? 'it ends in a host name' : undefined
}
