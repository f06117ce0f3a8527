import type { BeadsImportResult, BeadsSkipped, BeadsUnmapped, BeadsWarning } from './result.js'

/** A number that can be written: what the report counts while the import goes on. */
type Counted<Counts> = { -readonly [Name in keyof Counts]: number }

/** What will be a {@link BeadsUnmapped}, by what makes two of them the same. */
interface UnmappedEntry extends Omit<BeadsUnmapped, 'ids' | 'count'> {
  count: number
  readonly ids: Set<string>
}

/** Gathers the result of an import while it is read, planned and written. */
export class Report {
  readonly read: Counted<BeadsImportResult['read']> = { issues: 0, dependencies: 0, labels: 0, comments: 0, events: 0 }
  readonly imported: Counted<BeadsImportResult['imported']> = {
    agents: 0,
    tasks: 0,
    labels: 0,
    relations: 0,
    comments: 0,
  }
  readonly removed: Counted<BeadsImportResult['removed']> = { labels: 0, relations: 0 }
  tombstones = 0
  /** Beads ids of tasks that were in the record before, and of those that changed. */
  readonly known = new Set<string>()
  readonly changed = new Set<string>()
  readonly #skipped: BeadsSkipped[] = []
  readonly #warnings: BeadsWarning[] = []
  readonly #unmapped = new Map<string, UnmappedEntry>()

  skip(skipped: BeadsSkipped): void {
    this.#skipped.push(skipped)
  }

  warn(kind: BeadsWarning['kind'], id: string, line: number | undefined, reason: string): void {
    this.#warnings.push(line === undefined ? { kind, id, reason } : { kind, id, line, reason })
  }

  /** `original` and `became` may hold foreign text of any length. */
  unmapped(kind: BeadsUnmapped['kind'], original: string, became: string, id: string): void {
    const value = abbreviate(original)
    const key = JSON.stringify([kind, value, abbreviate(became)])
    const entry = this.#unmapped.get(key)
    if (entry === undefined) {
      this.#unmapped.set(key, { kind, value, became: abbreviate(became), count: 1, ids: new Set([id]) })
    } else {
      entry.count++
      entry.ids.add(id)
    }
  }

  toResult(dryRun: boolean): BeadsImportResult {
    const updated = [...this.changed].filter((id) => this.known.has(id)).length
    return {
      dryRun,
      read: { ...this.read },
      imported: { ...this.imported },
      removed: { ...this.removed },
      updated,
      unchanged: this.known.size - updated,
      tombstones: this.tombstones,
      skipped: this.#skipped,
      unmapped: [...this.#unmapped].sort(byKey).map(([, entry]) => ({ ...entry, ids: [...entry.ids] })),
      warnings: this.#warnings,
    }
  }
}

/** A foreign text, short enough for a message. */
export function abbreviate(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}
