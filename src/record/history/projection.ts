/** A state table: its key, and the column that holds the number of the event which a row comes from. */
export interface StateTable {
  readonly name: string
  readonly key: readonly string[]
  readonly seq?: string
}

/** The tables that a replay fills, in the order in which they can be emptied. */
export const STATE_TABLES: readonly StateTable[] = [
  { name: 'relations', key: ['source', 'kind', 'target', 'activity'], seq: 'added' },
  { name: 'contracts', key: ['task', 'version'], seq: 'made' },
  { name: 'reviews', key: ['key'], seq: 'key' },
  { name: 'attempts', key: ['key'], seq: 'key' },
  { name: 'evidence', key: ['key'], seq: 'key' },
  { name: 'supersessions', key: ['earlier', 'later', 'added'], seq: 'added' },
  { name: 'knowledge', key: ['key'], seq: 'key' },
  { name: 'comments', key: ['key'], seq: 'key' },
  { name: 'artifacts', key: ['key'], seq: 'key' },
  { name: 'activities', key: ['key'], seq: 'key' },
  { name: 'external_refs', key: ['task', 'system', 'id'], seq: 'task' },
  { name: 'task_labels', key: ['task', 'label'], seq: 'task' },
  { name: 'tasks', key: ['key'], seq: 'key' },
  { name: 'agents', key: ['key'], seq: 'key' },
  { name: 'nodes', key: ['key'], seq: 'key' },
  { name: 'vocabulary', key: ['field'] },
]
