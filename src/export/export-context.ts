import type { StatementWriter } from '../prov/document-writer.js'
import { Iri } from '../prov/terms.js'
import type { Reader } from '../store/store.js'
import { NodeIris } from './node-iris.js'
import { EXPORT_PREFIXES } from './prefixes.js'
import type { NodeWindow } from './windows.js'

/** What the record is exported with. */
export interface RecordOptions {
  /** Only nodes of this namespace, and stubs of what they refer to. */
  readonly namespace?: string | undefined
  readonly baseIri?: string | undefined
}

/** A model that ML agents use. */
export interface Model {
  readonly provider: string
  readonly name: string
}

/** What the parts of one export have in common: where they read and write, and what they have referred to. */
export class ExportContext {
  readonly reader: Reader
  readonly writer: StatementWriter
  /** The namespace that the export is limited to, or `null`. */
  readonly namespace: string | null
  readonly nodeIris: NodeIris
  /** All windows of nodes, in order. */
  readonly windows: NodeWindow[] = []
  /** Nodes of other namespaces that were referred to: their namespaces by their uuids. */
  readonly strangers = new Map<string, string>()
  /** Roles that were referred to, by word. */
  readonly roleByWord = new Map<string, Iri>()
  /** Models that were referred to, by IRI. */
  readonly modelByIri = new Map<string, Model & { readonly iri: Iri }>()

  constructor(reader: Reader, writer: StatementWriter, options: RecordOptions) {
    this.reader = reader
    this.writer = writer
    this.namespace = options.namespace ?? null
    this.nodeIris = new NodeIris(options.baseIri)
  }

  /** The IRI of a node that a statement refers to; it will be described, whatever its namespace. */
  refer(namespace: string, uuid: string): Iri {
    if (this.namespace !== null && namespace !== this.namespace) this.strangers.set(uuid, namespace)
    return this.nodeIris.of(namespace, uuid)
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

  /** The prov:Entity for a model, the same one for every agent that uses it. */
  model(model: Model): Iri {
    const iri = Iri.parse(
      `https://w3id.org/provtrail/model#${encodeURIComponent(model.provider)}/${encodeURIComponent(model.name)}`,
    )
    const known = this.modelByIri.get(iri.value)
    if (known !== undefined) return known.iri
    this.modelByIri.set(iri.value, { ...model, iri })
    return iri
  }
}
