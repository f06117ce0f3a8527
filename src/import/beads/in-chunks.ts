import { chunksOf } from '../../chunks.js'

/** How many commands or queries wait at the same time: the store lets commands that do share a commit. */
const CHUNK = 500

/**
 * Calls `work` for each item, many at the same time but in order, and waits for all of a chunk before it begins the
 * next. `onChunk` is told how many are done. The first failure is thrown once its chunk has settled.
 */
export async function inChunks<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  onChunk: (done: number) => void,
): Promise<void> {
  let done = 0
  for (const chunk of chunksOf(items, CHUNK)) {
    const settled = await Promise.allSettled(chunk.map(work))
    for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason
    done += chunk.length
    onChunk(done)
  }
}
