import { defaultWord } from '../../record/per-vocabulary.js'
import type { RelationKind } from '../../record/relations/registry.js'
import { type Gate, PRIORITIES, type Priority, type TaskType, type Vocabulary } from '../../vocabulary.js'

/** What a status of Beads becomes. */
export interface StatusMapping {
  readonly status: 'open' | 'in_progress' | 'in_review' | 'blocked' | 'closed'
  /** Provtrail has no word for it: the original is kept as a label. */
  readonly isNearest: boolean
}

/**
 * What the statuses of Beads become.
 *
 * `hooked` is work that an agent has taken; `deferred` and `pinned` are never ready in Beads, which a hold says here. A
 * status that a project has made up itself is taken for open.
 */
const STATUS_BY_WORD: ReadonlyMap<string, StatusMapping> = new Map([
  ['', { status: 'open', isNearest: false }],
  ['open', { status: 'open', isNearest: false }],
  ['in_progress', { status: 'in_progress', isNearest: false }],
  ['in_review', { status: 'in_review', isNearest: false }],
  ['blocked', { status: 'blocked', isNearest: false }],
  ['closed', { status: 'closed', isNearest: false }],
  ['hooked', { status: 'in_progress', isNearest: true }],
  ['deferred', { status: 'blocked', isNearest: true }],
  ['pinned', { status: 'blocked', isNearest: true }],
])

/** What a status becomes; a word that Beads does not have itself becomes `open`. */
export function mapStatus(word: string): StatusMapping {
  return STATUS_BY_WORD.get(word) ?? { status: 'open', isNearest: true }
}

/** The status of an issue that was deleted. */
export const TOMBSTONE = 'tombstone'

/** The nearest types, where it is not `task`. */
const TYPE_BY_WORD: ReadonlyMap<string, TaskType> = new Map([
  ['molecule', 'epic'],
  ['milestone', 'epic'],
  ['convoy', 'epic'],
  ['story', 'feature'],
  ['enhancement', 'feature'],
  ['feat', 'feature'],
])

/** What a type becomes: the same word where the file's vocabulary has it, or else the nearest. */
export function mapType(
  word: string,
  vocabulary: Vocabulary,
): { readonly type: TaskType; readonly isNearest: boolean } {
  const wanted = word === '' ? 'task' : word
  if (vocabulary.taskTypes.includes(wanted)) return { type: wanted, isNearest: false }
  const nearest = TYPE_BY_WORD.get(wanted) ?? 'task'
  return { type: defaultWord(vocabulary.taskTypes, nearest), isNearest: true }
}

/** What 0 to 4 become: critical to backlog. Any other number, or none, becomes `medium`, as 2 is what Beads assumes. */
export function mapPriority(number: number | undefined): { readonly priority: Priority; readonly isNearest: boolean } {
  const priority = number === undefined ? undefined : PRIORITIES[number]
  return priority === undefined ? { priority: 'medium', isNearest: true } : { priority, isNearest: false }
}

/** What a dependency becomes. */
export interface DependencyMapping {
  readonly kind: RelationKind
  readonly gate?: Gate
  /** The relation leads from what is depended on to the issue. */
  readonly isReversed?: true
  /** Provtrail has no such kind. */
  readonly isNearest?: true
}

const DEPENDENCY_BY_TYPE: ReadonlyMap<string, DependencyMapping> = new Map<string, DependencyMapping>([
  // Before Beads had types, a dependency was one that blocks.
  ['', { kind: 'blocked_by' }],
  ['blocks', { kind: 'blocked_by' }],
  ['conditional-blocks', { kind: 'blocked_by', gate: 'failed' }],
  ['waits-for', { kind: 'blocked_by', isNearest: true }],
  ['parent-child', { kind: 'parent' }],
  ['discovered-from', { kind: 'discovered_from' }],
  // `bd supersede OLD --with NEW` writes that OLD depends on NEW: the word is read from the other end.
  ['supersedes', { kind: 'supersedes', isReversed: true }],
  ['duplicates', { kind: 'duplicate_of' }],
  ['related', { kind: 'related' }],
  ['relates-to', { kind: 'related' }],
  ['relates_to', { kind: 'related' }],
])

/** What a type of dependency becomes; one that is not known here becomes `related`. */
export function mapDependency(type: string): DependencyMapping {
  return DEPENDENCY_BY_TYPE.get(type) ?? { kind: 'related', isNearest: true }
}

/** The systems that prefixes of an external reference stand for. */
const SYSTEM_BY_PREFIX: ReadonlyMap<string, string> = new Map([
  ['gh', 'github'],
  ['github', 'github'],
  ['gl', 'gitlab'],
  ['gitlab', 'gitlab'],
  ['jira', 'jira'],
  ['linear', 'linear'],
])

/**
 * An external reference by its form: `gh-123` is issue 123 on GitHub, `jira-ABC-1` is ABC-1 in Jira, an address is
 * kept as one under the system `url`, and anything else under `external`.
 */
export function mapExternalRef(text: string): { readonly system: string; readonly id: string; readonly url?: string } {
  if (/^https?:\/\/\S+$/i.test(text)) return { system: 'url', id: text, url: text }
  const parts = /^([a-z]+)[-:#](.+)$/i.exec(text)
  const system = parts === null ? undefined : SYSTEM_BY_PREFIX.get(parts[1]!.toLowerCase())
  return system === undefined ? { system: 'external', id: text } : { system, id: parts![2]! }
}
