import type { CompletionPolicy, Contract, Criterion, RetryPolicy } from '../../record/contracts/contract.js'
import { counted } from '../text/counted.js'
import { durationOf } from '../text/duration.js'
import { listed } from '../text/listed.js'
import { words } from '../text/words.js'

/** What a contract asks for: one sentence for each thing, the criteria first. */
export function contractSentences(contract: Contract): string[] {
  const { criteria, outputSchema, requiredEvidence = [], completionPolicy = 'self', retry } = contract
  return [
    ...criteria.map(criterionSentence),
    ...(outputSchema === undefined ? [] : ['The output must be as a JSON Schema says.']),
    ...(requiredEvidence.length === 0 ? [] : [`Needs evidence: ${listed(requiredEvidence.map(words))}.`]),
    ...policySentences(completionPolicy),
    ...(retry === undefined ? [] : [retrySentence(retry)]),
  ]
}

function criterionSentence({ text, verification, required }: Criterion): string {
  const how = verification === undefined ? '' : ` (shown by ${verification === 'manual' ? 'hand' : verification})`
  return `${required ? 'Must' : 'May'}: ${text}${how}`
}

function policySentences(policy: CompletionPolicy): string[] {
  if (policy === 'self') return []
  if (policy === 'review') return ['Somebody else must approve.']
  if (policy === 'human') return ['A human must approve who did not work on it.']
  return [`${counted(policy.quorum, 'other')} must approve.`]
}

function retrySentence({ maxAttempts, backoffMs = 0, multiplier = 1 }: RetryPolicy): string {
  const growth = multiplier === 1 ? '' : `, ${multiplier} times as long after each further one`
  const wait = backoffMs === 0 ? '' : `, with a wait of ${durationOf(backoffMs)} after a failure${growth}`
  return `At most ${counted(maxAttempts, 'attempt')}${wait}.`
}
