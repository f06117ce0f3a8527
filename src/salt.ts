import { randomFillSync } from 'node:crypto'

const SALT_BYTES = 16
/** Random bytes are drawn for this many salts at once: a draw costs as much as a statement. */
const SALTS_PER_DRAW = 256

/** Makes salts of 128 random bits, as 32 hexadecimal digits. */
export function saltSource(): () => string {
  const pool = Buffer.alloc(SALT_BYTES * SALTS_PER_DRAW)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += SALT_BYTES
    return pool.toString('hex', used - SALT_BYTES, used)
  }
}
