import { ImportError } from '../../errors.js'
import { Fields } from './fields.js'
import { type Line, readJsonLines } from './lines.js'
import type { Moment } from './moment.js'
import type { BeadsComment, BeadsData, BeadsDependency, BeadsEvent, BeadsIssue, BeadsLabel, Place } from './records.js'
import { abbreviate, type Report } from './report.js'
import type { BeadsFiles, Table } from './source.js'

/** Lines between two reports of progress. */
const PROGRESS_EVERY = 1_000

/** What reading needs to know. */
export interface ReadOptions {
  readonly strict: boolean
  readonly onProgress: (done: number, total: number) => void
}

/**
 * Reads all files of a source into memory. What is broken goes into the report and the rest goes on.
 *
 * @throws {ImportError} a file cannot be read, no line of the issues is a JSON object, or (with `strict`) one is broken.
 */
export async function readBeads(files: BeadsFiles, report: Report, options: ReadOptions): Promise<BeadsData> {
  const reading = new Reading(report, options.strict)
  let before = 0
  const readFile = async (path: string, take: (line: Line, place: Place) => void): Promise<number> => {
    let count = 0
    let bytes = 0
    for await (const line of readJsonLines(path)) {
      take(line, { file: path, line: line.line })
      bytes = line.bytes
      if (++count % PROGRESS_EVERY === 0) options.onProgress(Math.min(before + bytes, files.bytes), files.bytes)
    }
    before += bytes
    return count
  }
  let first: Line | undefined
  const oneArray = () => new ImportError(files.issues, 'it is one JSON array; write one object a line')
  const lines = await readFile(files.issues, (line, place) => {
    if (first === undefined && 'array' in line && line.array === 'begun') throw oneArray()
    first ??= line
    reading.line(line, place, 'issues')
  })
  if (lines > 0 && reading.objects === 0 && 'array' in first!) throw oneArray()
  if (lines > 0 && reading.objects === 0) {
    throw new ImportError(files.issues, 'none of its lines is a JSON object, as those of a JSONL file of Beads are')
  }
  for (const [table, path] of files.tables) await readFile(path, (line, place) => reading.line(line, place, table))
  for (const file of files.unread) {
    report.skip({ kind: 'file', file, reason: 'not one of the tables that are imported' })
  }
  options.onProgress(files.bytes, files.bytes)
  return reading
}

/** The data as far as it has been read. */
class Reading implements BeadsData {
  readonly issueById = new Map<string, BeadsIssue>()
  readonly dependencies: BeadsDependency[] = []
  readonly labels: BeadsLabel[] = []
  readonly comments: BeadsComment[] = []
  readonly events: BeadsEvent[] = []
  objects = 0
  readonly #report: Report
  readonly #strict: boolean

  constructor(report: Report, strict: boolean) {
    this.#report = report
    this.#strict = strict
  }

  line(line: Line, place: Place, table: Table | 'issues'): void {
    if ('broken' in line) {
      this.#broken('line', undefined, place, line.broken)
      return
    }
    this.objects++
    const fields = new Fields(line.value)
    const id = fields.text(table === 'issues' ? 'id' : 'issue_id')
    if (line.notUtf8) {
      this.#report.warn('repaired_text', id, place.line, 'the line held bytes that are no UTF-8, which became U+FFFD')
    }
    if (table === 'issues') this.#issue(id, fields, place)
    else if (id === '') this.#broken('line', undefined, place, 'it has no issue_id')
    else this.#entry(table, id, fields, place)
  }

  #issue(id: string, fields: Fields, place: Place): void {
    const type = fields.text('_type')
    if (type !== '' && type !== 'issue') {
      this.#report.skip({ kind: 'line', ...place, reason: `it holds a ${type}, not an issue` })
      return
    }
    const flaw = flawOfIssue(id, fields)
    if (typeof flaw === 'string') {
      this.#broken('line', id === '' ? undefined : id, place, flaw)
      return
    }
    const first = this.issueById.get(id)
    if (first !== undefined) {
      this.#broken('issue', id, place, `its id occurs on line ${first.line} already`)
      return
    }
    this.#report.read.issues++
    const [createdAt, updatedAt] = [
      this.#time(id, fields, 'created_at', place),
      this.#time(id, fields, 'updated_at', place),
    ]
    this.issueById.set(id, { ...place, id, title: flaw.title, createdAt, updatedAt, fields })
    const dependenciesBefore = this.dependencies.length
    for (const table of ['dependencies', 'labels', 'comments'] as const) {
      for (const entry of fields.list(table)) this.#nested(table, id, entry, place)
    }
    // Lists that Beads prints name the parent once more, beside the dependency that makes it one.
    const parent = fields.text('parent')
    const isNew = this.dependencies.slice(dependenciesBefore).every((d) => d.dependsOn !== parent)
    if (parent !== '' && isNew) this.#dependency(id, new Fields({ depends_on_id: parent, type: 'parent-child' }), place)
  }

  #nested(table: Table, id: string, entry: unknown, place: Place): void {
    if (table === 'labels' && typeof entry === 'string') {
      this.#label(id, entry, place)
    } else if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      this.#report.read[table]++
      this.#broken(
        KIND_BY_TABLE[table],
        id,
        place,
        `one of its ${table} is ${Array.isArray(entry) ? 'a list' : typeof entry}`,
      )
    } else {
      const fields = new Fields(entry)
      const said = fields.text('issue_id')
      if (said !== '' && said !== id) {
        this.#report.warn(
          'other',
          id,
          place.line,
          `one of its ${table} says issue_id "${abbreviate(said)}"; it is taken for its own`,
        )
      }
      this.#entry(table, id, fields, place)
    }
  }

  #entry(table: Table, id: string, fields: Fields, place: Place): void {
    if (table === 'dependencies') this.#dependency(id, fields, place)
    else if (table === 'labels') this.#label(id, fields.text('label'), place)
    else if (table === 'comments') this.#comment(id, fields, place)
    else this.#event(id, fields, place)
    for (const [name] of fields.rest()) this.#report.unmapped('field', `${table}.${name}`, 'not kept', id)
  }

  #dependency(issue: string, fields: Fields, place: Place): void {
    this.#report.read.dependencies++
    const dependsOn = fields.text('depends_on_id')
    if (dependsOn === '') {
      this.#broken('dependency', issue, place, 'it does not say what it depends on')
      return
    }
    this.dependencies.push({
      ...place,
      issue,
      dependsOn,
      type: fields.text('type'),
      createdAt: this.#time(issue, fields, 'created_at', place, 'a dependency'),
      createdBy: fields.text('created_by'),
    })
  }

  #label(issue: string, label: string, place: Place): void {
    this.#report.read.labels++
    if (label.trim() === '') this.#broken('label', issue, place, 'the label is blank or no text')
    else this.labels.push({ ...place, issue, label })
  }

  #comment(issue: string, fields: Fields, place: Place): void {
    this.#report.read.comments++
    const text = fields.text('text')
    if (text.trim() === '') {
      this.#broken('comment', issue, place, 'the comment is blank or no text')
      return
    }
    if (fields.key('id') !== '') this.#report.unmapped('field', 'comments.id', 'not kept: a row number of Beads', issue)
    const createdAt = this.#time(issue, fields, 'created_at', place, 'a comment')
    this.comments.push({ ...place, issue, author: fields.text('author'), text, createdAt })
  }

  #event(issue: string, fields: Fields, place: Place): void {
    const report = this.#report
    report.read.events++
    if (fields.drop('old_value')) report.unmapped('field', 'events.old_value', 'not kept: what it was before', issue)
    const id = fields.key('id')
    if (id !== '') report.unmapped('field', 'events.id', 'not kept: a row number of Beads', issue)
    const createdAt = this.#time(issue, fields, 'created_at', place, 'an event')
    this.events.push({
      ...place,
      id,
      issue,
      type: fields.text('event_type'),
      actor: fields.text('actor'),
      newValue: fields.text('new_value'),
      comment: fields.text('comment'),
      createdAt,
    })
  }

  #time(id: string, fields: Fields, name: string, place: Place, of?: string): Moment | undefined {
    const reading = fields.time(name)
    const field = of === undefined ? name : `${name} of ${of}`
    if (reading.kind === 'time') {
      if (reading.assumedUtc)
        this.#report.warn('other', id, place.line, `${field} has no time zone; it is taken for UTC`)
      return reading.moment
    }
    const reason = reading.kind === 'missing' ? 'is missing' : `cannot be read: ${reading.reason}`
    this.#report.warn(
      'missing_time',
      id,
      place.line,
      `${field} ${reason}; ${(of === undefined ? FALLBACKS.get(name) : undefined) ?? FALLBACK}`,
    )
    return undefined
  }

  #broken(
    kind: 'line' | 'issue' | 'dependency' | 'label' | 'comment',
    id: string | undefined,
    place: Place,
    reason: string,
  ): void {
    if (this.#strict) throw new ImportError(place.file, reason, place.line)
    this.#report.skip({ kind, ...(id === undefined ? {} : { id }), ...place, reason })
  }
}

const KIND_BY_TABLE = { dependencies: 'dependency', labels: 'label', comments: 'comment', events: 'line' } as const

/** What stands for a time that is missing. */
const FALLBACK = 'the time at which its issue was created stands for it'
const FALLBACKS: ReadonlyMap<string, string> = new Map([
  ['created_at', 'that of its last update stands for it, or else that of its closing, or of the import'],
  ['updated_at', 'the time of creation stands for it'],
])

/** Ids are kept as references to Beads, so they must be something that can be written down anywhere. */
const UNUSABLE_ID = /[\p{Cc}\p{Surrogate}]/u
const MAX_ID_LENGTH = 200

function flawOfIssue(id: string, fields: Fields): string | { readonly title: string } {
  if (id.trim() === '') return 'it has no id, or one that is no text'
  if (UNUSABLE_ID.test(id) || id !== id.trim())
    return 'its id holds control characters, lone surrogates or outer white space'
  if (id.length > MAX_ID_LENGTH) return `its id has ${id.length} characters, more than ${MAX_ID_LENGTH}`
  if (!fields.has('title')) return 'it has no title'
  const title = fields.text('title')
  // A title of another type is still there.
  return fields.has('title') ? 'its title is no text' : { title }
}
