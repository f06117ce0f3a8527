import { z } from 'zod'
import { callback, namespace as namespaceSchema, validate, withOptions } from '../../input.js'
import { requireTracker, type Tracker } from '../../tracker.js'
import { inChunks } from './in-chunks.js'
import { planImport } from './plan.js'
import { readBeads } from './read.js'
import { Report } from './report.js'
import type { BeadsImportOptions, BeadsImportProgress, BeadsImportResult } from './result.js'
import { Roster } from './roster.js'
import { findBeadsFiles } from './source.js'
import { carryOut } from './write.js'

/**
 * Imports the record of a Beads project (https://github.com/steveyegge/beads) into a tracker.
 *
 * `source` is a JSONL file of issues with their dependencies, labels and comments on each line; or a folder with one file
 * a table (`issues.jsonl`, and where they are there `dependencies.jsonl`, `labels.jsonl`, `comments.jsonl`,
 * `events.jsonl`); or a project that holds one of these in `.beads`.
 *
 * Issues become tasks, with the Beads id as external reference (`findByExternalRef('beads', id)`) and with an id made
 * from it, so that two imports at once make no task twice. Actors become agents: people where the name is an address or
 * a plain name, software where it is a path such as `beads/crew/emma` or names a daemon. Every event has the time that
 * Beads has for it and is brought about by the agent that Beads names, or by a software agent `beads` where it names
 * none. Who runs the import is the actor only of registering the agents.
 *
 * Importing again writes nothing, also after work here. Importing a newer state of the source writes what changed in it
 * since the last import: what changed only here stays. Of what changed on both sides the newer stands, going by
 * `updated_at` of the issue, with a warning `both_changed`; an issue older than what was imported before changes nothing,
 * with a warning `older`. A task whose issue is missing from the newer source is left alone; one whose issue was deleted
 * is closed as cancelled.
 *
 * Beads' words without a counterpart become the nearest, with the original kept as a label such as
 * `beads:status:hooked`, and are listed in the result, as is all else that could not be carried over as it was.
 *
 * An import is many commits: when it is interrupted, the same import again completes it. With `dryRun` the same
 * differences are computed from the record as it is, cycles included, and not written: nothing is locked or rolled back,
 * so it works on a tracker that is read-only, and its result is that of the import unless somebody writes in between.
 *
 * @throws {ImportError} the source is missing, holds no issues, is of another format or, with `strict`, has a broken
 * line; nothing was written.
 * @throws {InvalidInputError} an option is unknown or of the wrong type, or `tracker` is none, or that of a transaction.
 */
export async function importBeads(
  tracker: Tracker,
  source: string,
  options: BeadsImportOptions = {},
): Promise<BeadsImportResult> {
  const valid = validate('importBeads', input, withOptions('importBeads', { source }, options))
  requireTracker(tracker, 'importBeads')
  const { namespace = tracker.namespace, dryRun = false, strict = false, onProgress = () => {} } = valid
  const report = new Report()
  const roster = new Roster(tracker, namespace, report)

  const files = await findBeadsFiles(valid.source)
  const data = await readBeads(files, report, {
    strict,
    onProgress: (done, total) => onProgress({ phase: 'read', done, total }),
  })
  const steps = await planImport(data, { tracker, namespace, roster, report, onProgress })
  await registerAgents(roster, dryRun, report, onProgress)
  await carryOut(steps, { dryRun, report, onProgress })
  return report.toResult(dryRun)
}

const input = z.strictObject({
  source: z.string().min(1),
  dryRun: z.boolean().optional(),
  strict: z.boolean().optional(),
  onProgress: callback<NonNullable<BeadsImportOptions['onProgress']>>().optional(),
  namespace: namespaceSchema.optional(),
})

async function registerAgents(
  roster: Roster,
  dryRun: boolean,
  report: Report,
  onProgress: (progress: BeadsImportProgress) => void,
): Promise<void> {
  const names = roster.newcomers()
  const register = async (name: string): Promise<void> => {
    if (!dryRun) await roster.register(name)
    report.imported.agents++
  }
  await inChunks(names, register, (done) => onProgress({ phase: 'agents', done, total: names.length }))
}
