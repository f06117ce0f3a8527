/** What the importer is at: `done` and `total` count bytes while it reads, and things to compare or write after that. */
export interface BeadsImportProgress {
  readonly phase: BeadsImportPhase
  readonly done: number
  readonly total: number
}

/** The phases of an import, in their order. */
export type BeadsImportPhase =
  | 'read'
  | 'compare'
  | 'agents'
  | 'tasks'
  | 'changes'
  | 'labels'
  | 'relations'
  | 'comments'
  | 'status'

/** What `importBeads` takes besides the tracker and the source. */
export interface BeadsImportOptions {
  /** Say what would be written, and write nothing. */
  readonly dryRun?: boolean
  /** Throw `ImportError` at the first broken line, before anything is written, instead of listing it. */
  readonly strict?: boolean
  /** Called now and then; what it throws ends the import. */
  readonly onProgress?: (progress: BeadsImportProgress) => void
  /**
   * Where the tasks, agents and comments go; the file's namespace unless told. Two Beads projects in one file whose ids
   * overlap need one each: within a namespace the same Beads id is the same task.
   */
  readonly namespace?: string
}

/** Something in the source that did not become part of the record. */
export interface BeadsSkipped {
  /** A whole file or line that cannot be read, or one thing on it. */
  readonly kind: 'file' | 'line' | 'issue' | 'dependency' | 'label' | 'comment' | 'event'
  /** The Beads id of the issue, where the line says one. */
  readonly id?: string
  /** Where it stands: the file, and the line in it, from 1. */
  readonly file: string
  readonly line?: number
  readonly reason: string
}

/** Something that Provtrail has no counterpart for: what it became, how often, and in which issues. */
export interface BeadsUnmapped {
  readonly kind: 'status' | 'type' | 'priority' | 'dependency' | 'field' | 'event'
  /** As Beads has it: the status, the type, the name of the field. */
  readonly value: string
  /** What stands for it in the record, in words, such as `in_progress, label beads:status:hooked`. */
  readonly became: string
  readonly count: number
  /** Beads ids, each once, in the order of the source. */
  readonly ids: readonly string[]
}

/** Something that was imported, and that someone should look at. */
export interface BeadsWarning {
  /**
   * What it is about: times that contradict each other or are missing, texts that were repaired, what was added here and
   * stays (`kept`), what was changed here and in Beads (`both_changed`), an issue of which a newer state was imported
   * before (`older`), all the rest.
   */
  readonly kind:
    | 'contradicting_times'
    | 'missing_time'
    | 'repaired_text'
    | 'duplicate'
    | 'kept'
    | 'both_changed'
    | 'older'
    | 'other'
  /** The Beads id of the issue, or the name of an actor. */
  readonly id: string
  readonly line?: number
  readonly reason: string
}

/**
 * What an import did, or with `dryRun` would do.
 *
 * Nothing of the source is missing from it. An issue is imported, updated, unchanged, skipped or a tombstone. A
 * dependency is a relation (imported now or earlier), skipped, or warned of as a duplicate. What could not be carried
 * over as it was is under `unmapped`, what was repaired under `warnings`.
 */
export interface BeadsImportResult {
  readonly dryRun: boolean
  /** What the source holds, tombstones and what was skipped included, broken lines left out. */
  readonly read: {
    readonly issues: number
    readonly dependencies: number
    readonly labels: number
    readonly comments: number
    readonly events: number
  }
  /** What was written for the first time. `labels` are those of Beads, without the `beads:…` ones that the import adds. */
  readonly imported: {
    readonly agents: number
    readonly tasks: number
    readonly labels: number
    readonly relations: number
    readonly comments: number
  }
  /** What an earlier import wrote and the source no longer holds. */
  readonly removed: { readonly labels: number; readonly relations: number }
  /** Tasks that were here before and changed in fields, labels, relations, comments or status. */
  readonly updated: number
  /** Tasks that were here before and stayed as they were. */
  readonly unchanged: number
  /** Issues that were deleted in Beads. One that was imported before its deletion is closed as cancelled. */
  readonly tombstones: number
  readonly skipped: readonly BeadsSkipped[]
  readonly unmapped: readonly BeadsUnmapped[]
  readonly warnings: readonly BeadsWarning[]
}
