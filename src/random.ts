import { randomFillSync } from 'node:crypto'

/** A draw from the system costs as much as a statement of SQL, so many bytes are drawn at once. */
const pool = Buffer.alloc(4_096)
let used = pool.length

/** Random bytes that nothing has used before; up to 4,096 of them. They may be read until the next call. */
export function takeRandomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}
