import type { Reader } from '../store/store.js'

/** How many entries of an index one window spans. */
const WINDOW_SIZE = 1_000

/** A stretch of an index: everything after `after`, up to and including `to`. */
export interface Window {
  readonly after: string
  readonly to: string
}

/** A stretch of the uuids of all nodes. */
export interface NodeWindow extends Window {
  /** The kinds of node that occur in it. */
  readonly kinds: ReadonlySet<string>
}

/** The condition that picks the nodes `n` of a window; bind it with {@link windowValues}. */
export const IN_WINDOW = 'n.uuid > ? AND n.uuid <= ? AND n.namespace = coalesce(?, n.namespace)'

/** What {@link IN_WINDOW} binds: the namespace limits the nodes, `null` does not. */
export function windowValues({ after, to }: Window, namespace: string | null): [string, string, string | null] {
  return [after, to, namespace]
}

/**
 * Cuts the uuids of all nodes into windows of a thousand.
 *
 * Every kind of node is read along them, so that what one query reads is bounded, also where the nodes of a kind lie
 * thinly among many others.
 */
export async function* nodeWindows(reader: Reader): AsyncGenerator<NodeWindow> {
  for (let after = ''; ; ) {
    const kinds = await reader.rows<[kind: string, last: string]>(
      `SELECT n.kind, max(n.uuid) FROM (SELECT kind, uuid FROM nodes WHERE uuid > ? ORDER BY uuid LIMIT ?) n GROUP BY n.kind`,
      after,
      WINDOW_SIZE,
    )
    if (kinds.length === 0) return
    const to = kinds.reduce((last, [, uuid]) => (uuid > last ? uuid : last), '')
    yield { after, to, kinds: new Set(kinds.map(([kind]) => kind)) }
    after = to
  }
}

/** Cuts the IRIs of all artifacts into windows of a thousand artifacts, or as many more as share the last IRI. */
export async function* artifactIriWindows(reader: Reader): AsyncGenerator<Window> {
  const last = (await reader.rows<[string | null]>('SELECT max(iri) FROM artifacts'))[0]?.[0]
  if (last === null || last === undefined) return
  for (let after = ''; after !== last; ) {
    const [next] = await reader.rows<[string]>(
      'SELECT iri FROM artifacts WHERE iri > ? ORDER BY iri LIMIT 1 OFFSET ?',
      after,
      WINDOW_SIZE - 1,
    )
    const to: string = next?.[0] ?? last
    yield { after, to }
    after = to
  }
}
