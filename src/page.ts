/** One part of a list in a stated total order. `nextCursor` is there as long as more follows: nothing is cut silently. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** How many items the whole list has. */
  readonly total: number
  readonly nextCursor?: string
}

/** Which part of a list. */
export interface PageOptions {
  /** 1 to 1,000 items; 50 unless told. */
  readonly limit?: number
  /** The `nextCursor` of the page before, from the same query. */
  readonly cursor?: string
}
