/** A model that an ML agent can be: what a record needs to name it, and what helps a reader to recognise it. */
export interface Model {
  /** Who makes the model, in lower case without blanks: `anthropic`, `google`, `meta`. Not who hosts it. */
  readonly provider: string
  /** The name that the provider's interface takes, such as `claude-opus-4-6`. */
  readonly name: string
  /** What people call it, such as `Opus 4.6`. */
  readonly label?: string
  /** Size of the context window, as the provider states it. */
  readonly contextTokens?: number
}
