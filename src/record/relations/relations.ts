import { validate, withOptions } from '../../input.js'
import type { Page, PageOptions } from '../../page.js'
import type { Reader } from '../../store/store.js'
import { NODE_KINDS } from '../../vocabulary.js'
import { requireNode } from '../nodes.js'
import { among, readPage } from '../paging.js'
import type { Session } from '../session.js'
import { addRelation, removeRelation } from './commands.js'
import type { RelationKind } from './registry.js'
import type { Relation, Relations } from './relation.js'
import { LISTED_RELATION_COLUMNS, LISTED_RELATIONS, type ListedRelationRow, toListedRelation } from './relation-rows.js'
import { relationSchemas } from './schema.js'

/** The commands and queries on relations of one session. */
export function relationsOf(session: Session): Relations {
  return {
    async add(source, kind, target, options) {
      const arguments_ = withOptions('relations.add', { source, kind, target }, options)
      const input = validate('relations.add', relationSchemas.add, arguments_)
      return session.command(addRelation('relations.add', input))
    },
    async remove(source, kind, target, options) {
      const arguments_ = withOptions('relations.remove', { source, kind, target }, options)
      const input = validate('relations.remove', relationSchemas.remove, arguments_)
      return session.command(removeRelation(input))
    },
    async list(id, options) {
      const input = validate('relations.list', relationSchemas.list, withOptions('relations.list', { id }, options))
      return session.query('relations.list', async (reader) => {
        const { key } = await requireNode(reader, input.id, NODE_KINDS)
        return readRelationPage(reader, key, input)
      })
    },
  }
}

interface ListInput extends PageOptions {
  readonly kind?: RelationKind | readonly RelationKind[]
  readonly direction?: 'out' | 'in' | 'both'
}

const SIDES = { out: 'r.source = ?', in: 'r.target = ?', both: '(r.source = ? OR r.target = ?)' }

function readRelationPage(reader: Reader, key: number, input: ListInput): Promise<Page<Relation>> {
  const direction = input.direction ?? 'both'
  return readPage<ListedRelationRow, Relation>(
    reader,
    {
      operation: 'relations.list',
      columns: LISTED_RELATION_COLUMNS,
      from: LISTED_RELATIONS,
      countFrom: 'relations r',
      conditions: [
        { sql: SIDES[direction], values: direction === 'both' ? [key, key] : [key] },
        ...among('r.kind', input.kind),
      ],
      order: 'added',
      // What one event added comes in order of kind and ends.
      orderBy: ['r.added', 'r.kind', 'r.source', 'r.target', 'r.activity'],
      position: (row) => [row.added, row.kind, row.source_key, row.target_key, row.activity],
    },
    input,
    (rows) => rows.map(toListedRelation),
  )
}
