/** What the thread that lays pictures out is asked. */
export interface LayoutQuestion {
  readonly dot: string
}

/** What it answers: Graphviz's JSON, or why there is none. */
export type LayoutAnswer =
  | { readonly kind: 'layout'; readonly json: string }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'failure'; readonly reason: string }
