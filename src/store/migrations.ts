/** Statements that lead from one schema version to the next. */
export interface Migration {
  /** The version that the file has afterwards. */
  readonly version: number
  readonly sql: string
}

/** The version that `schema.sql` writes. */
export const SCHEMA_VERSION = 1

/**
 * What leads an older file to `schema.sql`, in order. Version 1 is the first, so there is nothing before it to migrate.
 *
 * To change the schema: change `schema.sql`, raise `SCHEMA_VERSION`, add the step here, and keep the former schema in
 * `test/fixtures/`, where a test opens a file of each former version and compares the result with a new file.
 */
export const MIGRATIONS: readonly Migration[] = []
