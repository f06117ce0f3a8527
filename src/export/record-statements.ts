import { compareText } from '../compare-text.js'
import type { StatementWriter } from '../prov/document-writer.js'
import type { Prefixes } from '../prov/prefixes.js'
import type { Reader } from '../store/store.js'
import { ACTIVITY_GROUP } from './activities.js'
import { AGENT_GROUP } from './agents.js'
import { ARTIFACT_GROUP } from './artifacts.js'
import { graphOf, writeGraphs } from './bundles.js'
import { COMMENT_GROUP } from './comments.js'
import { writeContracts } from './contracts.js'
import { writeDocumentProvenance } from './document-provenance.js'
import { EVIDENCE_GROUP } from './evidence.js'
import { ExportContext, type RecordOptions } from './export-context.js'
import { DECISION_GROUP, LEARNING_GROUP } from './knowledge.js'
import { writeModels } from './models.js'
import { writeGroup } from './node-group.js'
import { writeRevisions } from './revisions.js'
import { writeRoles } from './roles.js'
import { writeStrangers } from './strangers.js'
import { writeSubmissions } from './submissions.js'
import { TASK_GROUP } from './tasks.js'
import { writeTransactions } from './transactions.js'
import { listNodes, listNodesOf, WindowCutter, type Windows } from './windows.js'

/**
 * Writes a record as statements: whatever the format, they are made here.
 *
 * Kinds of node come one after another, each by uuid, then what they all refer to; in a format with named graphs, those
 * of each namespace in a graph of their own. In summary, the same record gives the same statements in the same order,
 * however it came about; in full, the same log does, at the same time. Everything that is referred to is described. It
 * pauses whenever the writer is full, and after every longer reading, so that whoever drives it can carry the text off
 * and let others have a turn.
 *
 * @throws {UnwritableTermError} the record holds what RDF cannot carry, which no command lets in.
 * @throws the reason of the signal, once it is aborted.
 */
export async function* recordStatements(
  reader: Reader,
  writer: StatementWriter,
  options: RecordOptions,
): AsyncGenerator<void> {
  options.signal?.throwIfAborted()
  for await (const _ of statements(new ExportContext(reader, writer, options))) {
    options.signal?.throwIfAborted()
    yield
  }
}

async function* statements(context: ExportContext): AsyncGenerator<void> {
  const { writer } = context
  const cutters = new Map<string, WindowCutter>()
  yield* cutWindows(context, cutters)
  const graphs = [...cutters.keys()].sort(compareText)
  for (const name of graphs) {
    if (writer.hasGraphs) writer.enterGraph(graphOf(context, name))
    yield* writeNodes(context, cutters.get(name)!.cut())
  }
  writer.enterGraph(undefined)
  yield* writeTransactions(context)
  yield* writeStrangers(context)
  if (writer.hasGraphs) writer.declare(prefixesOf(context))
  yield* writeModels(context)
  yield* writeRoles(context)
  if (writer.hasGraphs) yield* writeGraphs(context, graphs)
  yield* writeDocumentProvenance(context)
}

/** A prefix for each namespace, which readers that know names only by a prefix need to tell one graph's in another. */
function prefixesOf({ nodeIris }: ExportContext): Prefixes {
  return Object.fromEntries(nodeIris.stems().map((stem, i) => [`ns${i + 1}`, stem]))
}

/** Sorts all nodes of the scope: by namespace, where each has a graph, and else all together. */
async function* cutWindows(context: ExportContext, cutters: Map<string, WindowCutter>): AsyncGenerator<void> {
  const { reader, scope, writer, uuidsInScope } = context
  const { keys, namespace: only } = scope
  let total = 0
  for await (const nodes of keys === null ? listNodes(reader, only) : listNodesOf(reader, keys)) {
    total += nodes.length
    for (const [uuid, kind, namespace, key] of nodes) {
      const graph = writer.hasGraphs ? namespace : ''
      const cutter = cutters.get(graph) ?? new WindowCutter()
      cutter.add(kind, key)
      cutters.set(graph, cutter)
      if (keys !== null) uuidsInScope.add(uuid)
    }
    yield
  }
  context.progress.begin(total)
}

async function* writeNodes(context: ExportContext, windows: Windows): AsyncGenerator<void> {
  yield* writeGroup(context, AGENT_GROUP, windows.get('agent') ?? [])
  yield* writeGroup(context, ACTIVITY_GROUP, windows.get('activity') ?? [])
  yield* writeSubmissions(context, windows.get('activity') ?? [])
  yield* writeGroup(context, ARTIFACT_GROUP, windows.get('artifact') ?? [])
  yield* writeGroup(context, TASK_GROUP, windows.get('task') ?? [])
  yield* writeRevisions(context, windows.get('task') ?? [])
  yield* writeContracts(context, windows.get('task') ?? [])
  yield* writeGroup(context, COMMENT_GROUP, windows.get('comment') ?? [])
  yield* writeGroup(context, DECISION_GROUP, windows.get('decision') ?? [])
  yield* writeGroup(context, LEARNING_GROUP, windows.get('learning') ?? [])
  yield* writeGroup(context, EVIDENCE_GROUP, windows.get('evidence') ?? [])
}
