/** What the last argument of every command may hold, those of the log aside. */
export interface CommandOptions {
  /**
   * The same key with the same command, actor and input returns the first result and writes nothing; with anything
   * else it throws `IdempotencyConflictError`. 1 to 512 characters.
   * A command that finds nothing to change writes no event, and so keeps no key: repeated, it decides anew. Erasing an
   * event does not erase its key.
   */
  readonly idempotencyKey?: string
  /** When it was so, if not now: an ISO 8601 time with a zone. The log keeps the time of writing beside it. */
  readonly at?: string
}

/** `CommandOptions` of a command of `tasks` that changes a task which is there; adding a comment changes none. */
export interface RevisionOptions extends CommandOptions {
  /** Refuse with `StaleRevisionError` unless the task is at this revision. */
  readonly expectedRevision?: number
}
