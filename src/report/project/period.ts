/** What part of a record a report is about. */
export interface Period {
  readonly namespace?: string
  /** In UTC with milliseconds. */
  readonly since?: string
}
