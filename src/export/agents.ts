import { type Iri, Literal } from '../prov/terms.js'
import { FOAF, PROV, RDFS } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type AgentRow = [
  key: number,
  namespace: string,
  uuid: string,
  kind: string,
  name: string | null,
  contact: string | null,
  role: string | null,
  provider: string | null,
  model: string | null,
  version: string | null,
  parameters: string | null,
  source: string | null,
  url: string | null,
  createdAt: string,
  capabilities: string,
]

const TYPES_BY_KIND: Readonly<Record<string, readonly Iri[]>> = {
  human: [PROV.Agent, PROV.Person],
  ml: [PROV.Agent, PROV.SoftwareAgent, PT.AIAgent],
  software: [PROV.Agent, PROV.SoftwareAgent],
  organization: [PROV.Agent, PROV.Organization],
}

/** The types of an agent of this kind (PROV-O §3.1 and §3.2). */
export function agentTypes(kind: string): readonly Iri[] {
  return TYPES_BY_KIND[kind] ?? AGENT_GROUP.types
}

/** How agents are exported. */
export const AGENT_GROUP: NodeGroup<AgentRow> = {
  kind: 'agent',
  types: [PROV.Agent],
  typesOf: ([, , , kind]) => agentTypes(kind),
  sql: `SELECT n.key, n.namespace, n.uuid, a.kind, a.name, a.contact, a.role, a.provider, a.model, a.version, a.parameters,
     a.source, a.url, a.created_at, a.capabilities
   FROM ${WINDOW} CROSS JOIN agents a
   WHERE ${IN_WINDOW} AND a.key = n.key
   ORDER BY ${WINDOW_ORDER}`,
  readMore: nothingMore,
  write: writeAgent,
}

function writeAgent(context: ExportContext, subject: Iri, row: AgentRow): void {
  const [, , , , name, contact, role, provider, model, version, parameters, source, url, createdAt, capabilities] = row
  const { writer } = context
  const label = name ?? model
  if (label !== null) writer.write(subject, RDFS.label, Literal.text(label))
  if (name !== null) writer.write(subject, FOAF.name, Literal.text(name))
  if (contact !== null) writer.write(subject, PT.contact, Literal.text(contact))
  if (role !== null) writer.write(subject, PT.role, context.role(role))
  if (provider !== null && model !== null) {
    writer.write(subject, PT.usesModel, context.model({ provider, name: model, version, parameters }))
  } else if (version !== null) writer.write(subject, PT.version, Literal.text(version))
  if (source !== null) writer.write(subject, PT.source, Literal.text(source))
  if (url !== null) writer.write(subject, PT.url, Literal.text(url))
  for (const capability of JSON.parse(capabilities) as string[]) {
    writer.write(subject, PT.capability, Literal.text(capability))
  }
  writer.write(subject, PT.registeredAt, Literal.dateTime(createdAt))
}
