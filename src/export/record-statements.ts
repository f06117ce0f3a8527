import type { StatementWriter } from '../prov/document-writer.js'
import type { Reader } from '../store/store.js'
import { ACTIVITIES } from './activities.js'
import { AGENTS } from './agents.js'
import { ARTIFACTS, writeArtifactIris } from './artifacts.js'
import { COMMENTS } from './comments.js'
import { ExportContext, type RecordOptions } from './export-context.js'
import { writeModels } from './models.js'
import { writeGroup } from './node-group.js'
import { writeRoles } from './roles.js'
import { writeStrangers } from './strangers.js'
import { TASKS } from './tasks.js'
import { nodeWindows } from './windows.js'

/** The order of the document: kinds of node one after another, each by uuid, then what they all refer to. */
const PARTS: readonly ((context: ExportContext) => AsyncGenerator<void> | Generator<void>)[] = [
  (context) => writeGroup(context, AGENTS),
  (context) => writeGroup(context, ACTIVITIES),
  (context) => writeGroup(context, ARTIFACTS),
  (context) => writeGroup(context, TASKS),
  (context) => writeGroup(context, COMMENTS),
  writeStrangers,
  writeModels,
  writeRoles,
  writeArtifactIris,
]

/**
 * Writes the current state of a record as statements: whatever the format, they are made here.
 *
 * The same record gives the same statements in the same order, however it came about. Everything that is referred to is
 * described. It pauses whenever the writer is full, and after every longer reading, so that whoever drives it can carry
 * the text off and let others have a turn.
 *
 * @throws {UnwritableTermError} the record holds what RDF cannot carry, which no command lets in.
 */
export async function* recordStatements(
  reader: Reader,
  writer: StatementWriter,
  options: RecordOptions,
): AsyncGenerator<void> {
  const context = new ExportContext(reader, writer, options)
  for await (const window of nodeWindows(reader)) {
    context.windows.push(window)
    yield
  }
  for (const part of PARTS) yield* part(context)
}
