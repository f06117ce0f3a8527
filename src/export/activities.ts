import { type Iri, Literal } from '../prov/terms.js'
import { PROV } from '../prov/vocabularies.js'
import type { ExportContext } from './export-context.js'
import { Links } from './links.js'
import { describe } from './node-description.js'
import { type NodeGroup, nothingMore } from './node-group.js'
import { idOf, type NodeName } from './node-iris.js'
import { PT } from './provtrail-terms.js'
import { linkRelations, type NodeRelations } from './relations.js'
import { IN_WINDOW } from './windows.js'

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
  agentRole: string | null,
  taskNamespace: string | null,
  taskUuid: string | null,
]

/** The types of every activity. */
export const ACTIVITY_TYPES: readonly Iri[] = [PROV.Activity]

/** How activities are exported. */
export const ACTIVITIES: NodeGroup<ActivityRow> = {
  kind: 'activity',
  sql: `SELECT n.key, n.namespace, n.uuid, c.phase, c.stage, c.notes, c.started_at, c.ended_at, c.failure,
     a.namespace, a.uuid, g.role, t.namespace, t.uuid
   FROM nodes n CROSS JOIN activities c CROSS JOIN nodes a CROSS JOIN agents g LEFT JOIN nodes t ON t.key = c.task
   WHERE ${IN_WINDOW} AND n.kind = 'activity' AND c.key = n.key AND a.key = c.agent AND g.key = c.agent
   ORDER BY n.uuid`,
  readMore: nothingMore,
  write: writeActivity,
}

function writeActivity(context: ExportContext, row: ActivityRow, relations: NodeRelations): void {
  const [, namespace, uuid, phase, stage, notes, startedAt, endedAt, failure] = row
  const { writer } = context
  const node = { namespace, uuid }
  const subject = describe(context, node, ACTIVITY_TYPES)
  writer.write(subject, PT.phase, Literal.text(phase))
  writer.write(subject, PT.stage, Literal.text(stage))
  if (notes !== '') writer.write(subject, PT.notes, Literal.text(notes))
  writer.write(subject, PROV.startedAtTime, Literal.dateTime(startedAt))
  if (endedAt !== null) writer.write(subject, PROV.endedAtTime, Literal.dateTime(endedAt))
  if (failure !== null) writer.write(subject, PT.failure, Literal.text(failure))
  const links = new Links()
  linkRelations(context, links, relations, node)
  linkAssociation(context, links, row, node)
  links.write(writer, subject)
}

/** prov:wasAssociatedWith, and the qualified association with role and plan (PROV-O §3.3, PROV-DM 5.3.3). */
function linkAssociation(context: ExportContext, links: Links, row: ActivityRow, activity: NodeName): void {
  const [, , , , , , , , , agentNamespace, agentUuid, role, taskNamespace, taskUuid] = row
  const agent = context.refer(agentNamespace, agentUuid)
  const statements: [Iri, Iri][] = [[PROV.agent, agent]]
  if (role !== null) statements.push([PROV.hadRole, context.role(role)])
  if (taskNamespace !== null && taskUuid !== null) {
    statements.push([PROV.hadPlan, context.refer(taskNamespace, taskUuid)])
  }
  links.add(PROV.wasAssociatedWith, agent)
  links.qualify(PROV.qualifiedAssociation, {
    iri: context.nodeIris.qualified(
      PROV.qualifiedAssociation,
      activity,
      idOf({ namespace: agentNamespace, uuid: agentUuid }),
    ),
    type: PROV.Association,
    statements,
  })
}
