import type { StatementWriter } from '../prov/document-writer.js'
import { type Iri, Literal } from '../prov/terms.js'
import { DCTERMS } from '../prov/vocabularies.js'
import { PT } from './provtrail-terms.js'

/** What a task says of itself and of where it stands, in the order in which it is told. */
export const TASK_FIELDS = [
  'title',
  'description',
  'notes',
  'status',
  'outcome',
  'closeReason',
  'holdReason',
  'forced',
  'notBefore',
  'snoozedUntil',
  'dueAt',
  'priority',
  'type',
  'phase',
] as const satisfies readonly TaskField[]

/** The fields of a task that one literal tells each, as the task or one of its revisions has them. */
export interface TaskFields {
  readonly title: string
  readonly description: string
  readonly notes: string
  readonly status: string
  readonly outcome?: string | null | undefined
  readonly closeReason?: string | null | undefined
  readonly holdReason?: string | null | undefined
  readonly forced?: string | null | undefined
  readonly notBefore?: string | null | undefined
  readonly snoozedUntil?: string | null | undefined
  readonly dueAt?: string | null | undefined
  readonly priority: string
  readonly type: string
  readonly phase: string
  readonly revision: number
  readonly closedAt?: string | null | undefined
}

/** The fields that one literal tells each. */
export type TaskField = keyof TaskFields

const PROPERTIES: Readonly<Record<TaskField, Iri>> = {
  title: DCTERMS.title,
  description: DCTERMS.description,
  notes: PT.notes,
  status: PT.status,
  outcome: PT.outcome,
  closeReason: PT.closeReason,
  holdReason: PT.holdReason,
  forced: PT.forced,
  notBefore: PT.notBefore,
  snoozedUntil: PT.snoozedUntil,
  dueAt: PT.dueAt,
  priority: PT.priority,
  type: PT.type,
  phase: PT.phase,
  revision: PT.revision,
  closedAt: PT.closedAt,
}

/** Writes some fields in the order in which they are named; absent and empty ones give nothing. */
export function writeTaskFields(
  writer: StatementWriter,
  subject: Iri,
  task: TaskFields,
  fields: readonly TaskField[],
): void {
  for (const field of fields) {
    const value = task[field]
    if (value === null || value === undefined || value === '') continue
    writer.write(subject, PROPERTIES[field], literalOf(field, value))
  }
}

const TIMES: ReadonlySet<TaskField> = new Set(['closedAt', 'notBefore', 'snoozedUntil', 'dueAt'])

function literalOf(field: TaskField, value: string | number): Literal {
  if (typeof value === 'number') return Literal.integer(value)
  return TIMES.has(field) ? Literal.dateTime(value) : Literal.text(value)
}
