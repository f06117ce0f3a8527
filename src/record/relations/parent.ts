import type { Reader } from '../../store/store.js'

/** The parent of a task, by key. */
export async function findParent(reader: Reader, child: number): Promise<number | undefined> {
  const row = await reader.get<{ target: number }>(
    "SELECT target FROM relations WHERE source = ? AND kind = 'parent'",
    child,
  )
  return row?.target
}
