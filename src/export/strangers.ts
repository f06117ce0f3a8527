import { compareText } from '../compare-text.js'
import { type Iri, Literal } from '../prov/terms.js'
import { RDF, RDFS } from '../prov/vocabularies.js'
import type { NodeKind } from '../vocabulary.js'
import { ACTIVITY_GROUP } from './activities.js'
import { AGENT_GROUP, agentTypes } from './agents.js'
import { ARTIFACT_GROUP } from './artifacts.js'
import { COMMENT_GROUP } from './comments.js'
import { EVIDENCE_GROUP } from './evidence.js'
import type { ExportContext } from './export-context.js'
import { DECISION_GROUP, LEARNING_GROUP } from './knowledge.js'
import { describe } from './node-description.js'
import { TASK_GROUP } from './tasks.js'

type StrangerRow = [kind: NodeKind, agentKind: string | null, label: string | null]

const TYPES_BY_KIND: Readonly<Record<NodeKind, readonly Iri[]>> = {
  task: TASK_GROUP.types,
  agent: AGENT_GROUP.types,
  activity: ACTIVITY_GROUP.types,
  artifact: ARTIFACT_GROUP.types,
  comment: COMMENT_GROUP.types,
  decision: DECISION_GROUP.types,
  learning: LEARNING_GROUP.types,
  evidence: EVIDENCE_GROUP.types,
}

/** Writes type, id and label of the nodes out of scope that were referred to, so that the document is closed. */
export async function* writeStrangers(context: ExportContext): AsyncGenerator<void> {
  for (const [uuid, namespace] of [...context.strangers].sort((a, b) => compareText(a[0], b[0]))) {
    const [row] = await context.reader.rows<StrangerRow>(
      `SELECT n.kind, g.kind, coalesce(t.title, g.name, g.model, f.label, f.iri, a.phase, d.title, e.kind)
       FROM nodes n LEFT JOIN tasks t ON t.key = n.key LEFT JOIN agents g ON g.key = n.key
         LEFT JOIN artifacts f ON f.key = n.key LEFT JOIN activities a ON a.key = n.key
         LEFT JOIN knowledge d ON d.key = n.key LEFT JOIN evidence e ON e.key = n.key
       WHERE n.uuid = ?`,
      uuid,
    )
    if (row === undefined) continue
    const [kind, agentKind, label] = row
    const subject = describe(
      context,
      { namespace, uuid },
      agentKind === null ? TYPES_BY_KIND[kind] : agentTypes(agentKind),
    )
    context.writer.write(subject, RDFS.label, Literal.text(label ?? kind))
    yield
  }
  for (const part of [...context.strangeParts.values()].sort((a, b) => compareText(a.iri.value, b.iri.value))) {
    for (const type of part.types) context.writer.write(part.iri, RDF.type, type)
    context.writer.write(part.iri, RDFS.label, Literal.text(part.label))
    if (context.writer.full) yield
  }
}
