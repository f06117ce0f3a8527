import type { RetryPolicy } from './contract.js'

const DAY_MS = 86_400_000

/** The longest wait before another attempt. */
export const MAX_WAIT_MS = 30 * DAY_MS

/** How long to wait after the failure that is the `spent`th attempt to count: 30 days at most. */
export function waitMs({ backoffMs = 0, multiplier = 1 }: RetryPolicy, spent: number): number {
  // 100 to the power of 999 is Infinity, and 0 times that no number.
  if (backoffMs === 0) return 0
  return Math.min(MAX_WAIT_MS, Math.round(backoffMs * multiplier ** (spent - 1)))
}
