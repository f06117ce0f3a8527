import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import { idOf, type NodeName } from '../record/nodes.js'
import type { ExportContext } from './export-context.js'
import type { Links } from './links.js'
import { type NodeGroup, type NodeParts, nothingMore } from './node-group.js'
import { PT } from './provtrail-terms.js'
import { IN_WINDOW, WINDOW, WINDOW_ORDER } from './windows.js'

type ActivityRow = [
  key: number,
  namespace: string,
  uuid: string,
  phase: string,
  stage: string,
  notes: string,
  startedAt: string,
  endedAt: string | null,
  failure: string | null,
  agentNamespace: string,
  agentUuid: string,
  role: string | null,
  provider: string | null,
  model: string | null,
  version: string | null,
  parameters: string | null,
  taskNamespace: string | null,
  taskUuid: string | null,
]

/** How activities are exported. */
export const ACTIVITY_GROUP: NodeGroup<ActivityRow> = {
  kind: 'activity',
  types: [PROV.Activity],
  sql: `SELECT n.key, n.namespace, n.uuid, c.phase, c.stage, c.notes, c.started_at, c.ended_at, c.failure,
     a.namespace, a.uuid, g.role, g.provider, g.model, g.version, g.parameters, t.namespace, t.uuid
   FROM ${WINDOW} CROSS JOIN activities c CROSS JOIN nodes a CROSS JOIN agents g LEFT JOIN nodes t ON t.key = c.task
   WHERE ${IN_WINDOW} AND c.key = n.key AND a.key = c.agent AND g.key = c.agent
   ORDER BY ${WINDOW_ORDER}`,
  readMore: nothingMore,
  write: writeActivity,
}

function writeActivity(context: ExportContext, subject: Iri, row: ActivityRow, { links }: NodeParts<void>): void {
  const [
    ,
    namespace,
    uuid,
    phase,
    stage,
    notes,
    startedAt,
    endedAt,
    failure,
    agentNamespace,
    agentUuid,
    role,
    provider,
    name,
    version,
    parameters,
    taskNamespace,
    taskUuid,
  ] = row
  const { writer } = context
  const activity = { namespace, uuid }
  writer.write(subject, PT.phase, Literal.text(phase))
  writer.write(subject, PT.stage, Literal.text(stage))
  if (notes !== '') writer.write(subject, PT.notes, Literal.text(notes))
  writer.write(subject, PROV.startedAtTime, Literal.dateTime(startedAt))
  if (endedAt !== null) writer.write(subject, PROV.endedAtTime, Literal.dateTime(endedAt))
  if (failure !== null) writer.write(subject, PT.failure, Literal.text(failure))
  linkAssociation(context, links, {
    activity,
    agent: { namespace: agentNamespace, uuid: agentUuid },
    role,
    task: taskNamespace === null || taskUuid === null ? null : { namespace: taskNamespace, uuid: taskUuid },
  })
  if (provider !== null && name !== null) {
    linkModel(context, links, activity, context.model({ provider, name, version, parameters }))
  }
}

/** Who carries an activity out, in which role, and for which task. */
interface Association {
  readonly activity: NodeName
  readonly agent: NodeName
  readonly role: string | null
  readonly task: NodeName | null
}

/** prov:wasAssociatedWith, and the qualified association with role and plan (PROV-O §3.3, PROV-DM 5.3.3). */
function linkAssociation(context: ExportContext, links: Links, { activity, agent, role, task }: Association): void {
  const agentIri = context.refer(agent.namespace, agent.uuid)
  const statements: [Iri, Iri][] = [[PROV.agent, agentIri]]
  if (role !== null) statements.push([PROV.hadRole, context.role(role)])
  if (task !== null) statements.push([PROV.hadPlan, context.refer(task.namespace, task.uuid)])
  links.add(PROV.wasAssociatedWith, agentIri)
  links.qualify(PROV.qualifiedAssociation, {
    iri: context.nodeIris.qualified(PROV.qualifiedAssociation, activity, idOf(agent)),
    type: PROV.Association,
    statements,
  })
}

/** The model that an ML agent carries an activity out with is something that the activity uses (PROV-DM 5.1.4). */
function linkModel(context: ExportContext, links: Links, activity: NodeName, model: Iri): void {
  links.add(PROV.used, model)
  links.qualify(PROV.qualifiedUsage, {
    iri: context.nodeIris.qualified(PROV.qualifiedUsage, activity, model.value),
    type: PROV.Usage,
    statements: [
      [PROV.entity, model],
      [PROV.hadRole, context.role('model')],
    ],
  })
}
