import type { EventData } from '../log/event.js'
import { readRedactions } from '../log/read-events.js'
import type { StatementWriter } from '../prov/document-writer.js'
import { Iri } from '../prov/terms.js'
import type { ResolvedScope } from '../record/lineage/resolve-scope.js'
import { type NodeName, nameOf } from '../record/nodes.js'
import type { Reader } from '../store/store.js'
import type { UsedModel } from './models.js'
import { modelIri, NodeIris } from './node-iris.js'
import { EXPORT_PREFIXES } from './prefixes.js'
import { PT } from './provtrail-terms.js'
import { SeqSet } from './seq-set.js'

/** How far an export has come, in nodes of the record. */
export interface ExportProgress {
  readonly done: number
  readonly total: number
}

/** The making of a document of full detail, which is told in the document itself. */
export interface Occasion {
  /** The namespace of the file, in which the document is named. */
  readonly namespace: string
  /** When, by the clock of the tracker. */
  readonly at: string
  /** What was asked for, as a text: two documents of one moment that differ in it are two. */
  readonly request: string
}

/** What the record is exported with. */
export interface RecordOptions {
  /** Limits the nodes; others that they refer to are strangers, of which type, id and label are told. */
  readonly scope?: ResolvedScope | undefined
  readonly baseIri?: string | undefined
  /** Makes it full: with every state of each task, and with what made them. */
  readonly occasion?: Occasion | undefined
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What of an event says who and what brought its change about. */
export interface Making {
  readonly seq: number
  readonly transaction: string
  readonly actor: string
  /** The activity within which it was, and the start and end of that. */
  readonly activity: string | null
  readonly startedAt: string | null
  readonly endedAt: string | null
}

/** What of a node out of scope was referred to: its IRI, its types, and what to call it. */
export interface StrangePart {
  readonly iri: Iri
  readonly types: readonly Iri[]
  readonly label: string
}

/** What the parts of one export have in common: where they read and write, and what they have referred to. */
export class ExportContext {
  readonly reader: Reader
  readonly writer: StatementWriter
  readonly scope: ResolvedScope
  readonly occasion: Occasion | undefined
  readonly nodeIris: NodeIris
  readonly progress: Progress
  /** The uuids of the scope, where it is limited to certain nodes. */
  readonly uuidsInScope = new Set<string>()
  /** Nodes out of scope that were referred to: their namespaces by their uuids. */
  readonly strangers = new Map<string, string>()
  /** Those of {@link referToPart}, by IRI. */
  readonly strangeParts = new Map<string, StrangePart>()
  /** Roles that were referred to, by word. */
  readonly roleByWord = new Map<string, Iri>()
  /** Models that were referred to, by IRI. */
  readonly modelByIri = new Map<string, UsedModel & { readonly iri: Iri }>()
  /** Events whose transactions were referred to as what made something. */
  readonly madeInTransactions = new SeqSet()
  #keptBySeq: ReadonlyMap<number, EventData> | undefined

  constructor(reader: Reader, writer: StatementWriter, options: RecordOptions) {
    this.reader = reader
    this.writer = writer
    this.scope = options.scope ?? { namespace: null, keys: null }
    this.occasion = options.occasion
    this.nodeIris = new NodeIris(options.baseIri)
    this.progress = new Progress(options.onProgress)
  }

  /** Whether the former states of tasks are told, and what made them. */
  get isFull(): boolean {
    return this.occasion !== undefined
  }

  /** The IRI of a node that a statement refers to; it will be described, whether it is in scope or not. */
  refer(namespace: string, uuid: string): Iri {
    if (!this.#isInScope(namespace, uuid)) this.strangers.set(uuid, namespace)
    return this.nodeIris.of(namespace, uuid)
  }

  #isInScope(namespace: string, uuid: string): boolean {
    const { keys, namespace: only } = this.scope
    return keys !== null ? this.uuidsInScope.has(uuid) : only === null || namespace === only
  }

  /** The IRI of what is described with a node and has no id of its own; it will be described without that node as well. */
  referToPart({ namespace, uuid }: NodeName, part: StrangePart): Iri {
    if (!this.#isInScope(namespace, uuid)) this.strangeParts.set(part.iri.value, part)
    return part.iri
  }

  /** As {@link refer}, with the id of the node. */
  referTo(id: string): Iri {
    const { namespace, uuid } = nameOf(id)
    return this.refer(namespace, uuid)
  }

  /** What was kept of events whose data was erased, by their numbers. */
  async keptBySeq(): Promise<ReadonlyMap<number, EventData>> {
    this.#keptBySeq ??= await readRedactions(this.reader)
    return this.#keptBySeq
  }

  /** The activity that made what an event brought about: the one that it names, or else its transaction. */
  maker(event: Making): Iri {
    if (event.activity !== null) return this.referTo(event.activity)
    this.madeInTransactions.add(event.seq)
    return this.transaction(nameOf(event.actor), event.transaction)
  }

  /** The activity that one actor's part in a transaction is. */
  transaction(actor: NodeName, transaction: string): Iri {
    return this.nodeIris.qualified(PT.Transaction, actor, transaction)
  }

  /** The prov:Role for the word of a role. What may not stand in an IRI is percent-encoded. */
  role(word: string): Iri {
    let role = this.roleByWord.get(word)
    if (role === undefined) {
      role = Iri.term(EXPORT_PREFIXES, 'role', encodeURIComponent(word))
      this.roleByWord.set(word, role)
    }
    return role
  }

  /** The prov:Entity for a model, the same one for every agent that uses it in the same version and with the same settings. */
  model(model: UsedModel): Iri {
    const { provider, name, version, parameters } = model
    if (version === null && parameters === null) return this.#rememberModel(modelIri(provider, name), model)
    this.#rememberModel(modelIri(provider, name), { provider, name, version: null, parameters: null })
    return this.#rememberModel(modelIri(provider, name, JSON.stringify([version, parameters])), model)
  }

  #rememberModel(iri: Iri, model: UsedModel): Iri {
    const known = this.modelByIri.get(iri.value)
    if (known !== undefined) return known.iri
    this.modelByIri.set(iri.value, { ...model, iri })
    return iri
  }
}

/** Counts nodes for whoever wants to know. */
class Progress {
  readonly #report: ((progress: ExportProgress) => void) | undefined
  #done = 0
  #total = 0

  constructor(report: ((progress: ExportProgress) => void) | undefined) {
    this.#report = report
  }

  begin(total: number): void {
    this.#total = total
    this.#report?.({ done: 0, total })
  }

  add(count: number): void {
    if (count === 0) return
    this.#done += count
    this.#report?.({ done: this.#done, total: this.#total })
  }
}
