import { canonicalJson } from '../../json.js'
import type { EventData } from '../../log/event.js'
import type { CompletionPolicy, Contract, Criterion } from '../../record/contracts/contract.js'
import { eraseContract } from '../../record/contracts/events.js'
import { policyOf } from '../../record/contracts/policy.js'
import { REDACTED } from '../../record/redacted.js'
import { durationOf } from '../text/duration.js'
import { words } from '../text/words.js'
import { quoted, someOf } from '../timeline/wording.js'

/**
 * What a revision changed of a contract, in a few words for each thing, such as `policy from review to a quorum of 2`. Of
 * contracts whose texts were erased, what they were does not tell: then only what else changed is told.
 */
export function contractChanges(before: Contract, after: Contract): string[] {
  const isErased = [before, after].some((contract) => JSON.stringify(contract).includes(JSON.stringify(REDACTED)))
  const [from, to] = isErased ? [withoutTexts(before), withoutTexts(after)] : [before, after]
  return [
    ...criteriaChanges(before, after, changedIds(from, to)),
    ...schemaChange(from.outputSchema, to.outputSchema),
    ...evidenceChanges(before.requiredEvidence ?? [], after.requiredEvidence ?? []),
    ...changeOf('policy', policyWords(policyOf(before)), policyWords(policyOf(after))),
    ...changeOf('attempts', attemptsWords(before), attemptsWords(after)),
    ...changeOf('wait', waitWords(before), waitWords(after)),
  ]
}

function withoutTexts(contract: Contract): Contract {
  return eraseContract(contract as unknown as EventData) as unknown as Contract
}

/** The criteria that both contracts have, and that are not the same in them. */
function changedIds(before: Contract, after: Contract): ReadonlySet<string> {
  const old = new Map(before.criteria.map((criterion) => [criterion.id, canonicalJson(criterion)]))
  return new Set(
    after.criteria
      .filter((criterion) => old.has(criterion.id) && old.get(criterion.id) !== canonicalJson(criterion))
      .map(({ id }) => id),
  )
}

function criteriaChanges(before: Contract, after: Contract, changed: ReadonlySet<string>): string[] {
  const isIn = ({ criteria }: Contract, { id }: Criterion) => criteria.some((criterion) => criterion.id === id)
  return [
    ...criteriaWords(
      after.criteria.filter((criterion) => !isIn(before, criterion)),
      'added',
    ),
    ...criteriaWords(
      before.criteria.filter((criterion) => !isIn(after, criterion)),
      'removed',
    ),
    ...criteriaWords(
      after.criteria.filter(({ id }) => changed.has(id)),
      'changed',
    ),
  ]
}

function criteriaWords(criteria: readonly Criterion[], became: string): string[] {
  if (criteria.length === 0) return []
  const noun = criteria.length === 1 ? 'criterion' : 'criteria'
  return [`${noun} ${someOf(criteria.map(({ text }) => quoted(text)))} ${became}`]
}

function schemaChange(before: Contract['outputSchema'], after: Contract['outputSchema']): string[] {
  if (before === undefined) return after === undefined ? [] : ['output schema added']
  if (after === undefined) return ['output schema removed']
  return canonicalJson(before) === canonicalJson(after) ? [] : ['output schema changed']
}

function evidenceChanges(before: readonly string[], after: readonly string[]): string[] {
  const kinds = (some: readonly string[], others: readonly string[]) =>
    some.filter((kind) => !others.includes(kind)).map((kind) => quoted(words(kind)))
  const [added, removed] = [kinds(after, before), kinds(before, after)]
  return [
    ...(added.length === 0 ? [] : [`evidence ${someOf(added)} required`]),
    ...(removed.length === 0 ? [] : [`evidence ${someOf(removed)} no longer required`]),
  ]
}

function changeOf(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what} from ${before} to ${after}`]
}

function policyWords(policy: CompletionPolicy): string {
  return typeof policy === 'object' ? `a quorum of ${policy.quorum}` : policy
}

function attemptsWords({ retry }: Contract): string {
  return retry === undefined ? 'no retry' : `at most ${retry.maxAttempts}`
}

function waitWords({ retry }: Contract): string {
  const { backoffMs = 0, multiplier = 1 } = retry ?? {}
  if (backoffMs === 0) return 'none'
  return `${durationOf(backoffMs)}${multiplier === 1 ? '' : `, times ${multiplier}`}`
}
