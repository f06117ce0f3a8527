import { validate, withOptions } from '../../input.js'
import type { Page } from '../../page.js'
import { requireNode } from '../nodes.js'
import { among, amongNodes, type Condition, readPage } from '../paging.js'
import type { Session } from '../session.js'
import { recordKnowledge, supersedeKnowledge } from './commands.js'
import type { Decisions, KnowledgeGroup, KnowledgeListOptions, Learnings } from './knowledge.js'
import {
  type IdOf,
  type ItemOf,
  KNOWLEDGE_COLUMNS,
  KNOWLEDGE_JOINS,
  type KnowledgeKind,
  type KnowledgeRow,
  readKnowledge,
  toKnowledge,
} from './knowledge-rows.js'
import { decisionSchemas, type KnowledgeSchemas, learningSchemas } from './schema.js'
import { notSuperseded } from './supersessions.js'

/** The commands and queries on decisions of one session. */
export function decisionsOf(session: Session): Decisions {
  return groupOf(session, 'decision', decisionSchemas)
}

/** The commands and queries on learnings of one session. */
export function learningsOf(session: Session): Learnings {
  return groupOf(session, 'learning', learningSchemas)
}

function groupOf<Kind extends KnowledgeKind>(
  session: Session,
  kind: Kind,
  schemas: KnowledgeSchemas<IdOf<Kind>>,
): KnowledgeGroup<IdOf<Kind>, ItemOf<Kind>> {
  const group = `${kind}s` as const
  return {
    async record(item) {
      return session.command(recordKnowledge(session, kind, validate(`${group}.record`, schemas.record, item)))
    },
    async supersede(id, item) {
      const named = withOptions(`${group}.supersede`, { earlier: id }, item)
      const { earlier, ...successor } = validate(`${group}.supersede`, schemas.supersede, named)
      return session.command(supersedeKnowledge(session, kind, earlier, successor))
    },
    async get(id) {
      return getKnowledge(session, kind, validate(`${group}.get`, schemas.id, { id }).id)
    },
    async list(options = {}) {
      return listKnowledge(session, kind, validate(`${group}.list`, schemas.list, options))
    },
  }
}

function getKnowledge<Kind extends KnowledgeKind>(session: Session, kind: Kind, id: IdOf<Kind>): Promise<ItemOf<Kind>> {
  return session.query(`${kind}s.get`, async (reader) =>
    readKnowledge<Kind>(reader, (await requireNode(reader, id, [kind])).key),
  )
}

function listKnowledge<Kind extends KnowledgeKind>(
  session: Session,
  kind: Kind,
  input: KnowledgeListOptions,
): Promise<Page<ItemOf<Kind>>> {
  const { knownAt } = input
  const operation = `${kind}s.list`
  return session.query(operation, (reader) =>
    readPage<KnowledgeRow, ItemOf<Kind>>(
      reader,
      {
        operation,
        columns: KNOWLEDGE_COLUMNS,
        from: `knowledge k ${KNOWLEDGE_JOINS}`,
        countFrom: 'knowledge k',
        conditions: [
          // The sign keeps the planner on the index of the task, where one is named.
          { sql: input.attachedTo === undefined ? 'k.kind = ?' : '+k.kind = ?', values: [kind] },
          ...amongNodes('k.attached_to', input.attachedTo),
          ...among('k.namespace', input.namespace),
          ...timeConditions(input),
        ],
        order: 'validFrom',
        orderBy: ['k.valid_from', 'k.key'],
        position: (row) => [row.valid_from, row.key],
      },
      input,
      async (rows) => (await toKnowledge(reader, rows, knownAt)) as ItemOf<Kind>[],
    ),
  )
}

function timeConditions({ validAt, knownAt, includeSuperseded }: KnowledgeListOptions): Condition[] {
  const conditions: Condition[] = []
  if (knownAt !== undefined) conditions.push({ sql: 'k.recorded_at <= ?', values: [knownAt] })
  if (validAt !== undefined) {
    conditions.push({ sql: 'k.valid_from <= ?', values: [validAt] }, notSuperseded(knownAt, validAt))
  } else if (includeSuperseded !== true) conditions.push(notSuperseded(knownAt))
  return conditions
}
