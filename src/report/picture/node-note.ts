import { activityMs, activityResult, resultBy, turnedDownBy } from '../lineage/activity-result.js'
import type { LineageNode } from '../lineage/lineage.js'
import { MARK_WORDS } from '../lineage/mark.js'
import { durationOf } from '../text/duration.js'
import { AGENT_WORDS, statusWords, words } from '../text/words.js'

/** What a reader wants to know of a node besides its name, in a few words. */
export function noteOf(node: LineageNode): string {
  switch (node.kind) {
    case 'task': {
      const standing = node.fields.outcome ?? statusWords(node.fields.status)
      return node.fields.forced === undefined ? standing : `${standing} ${MARK_WORDS.forced}`
    }
    case 'artifact':
      return node.fields.kind ?? 'artifact'
    case 'comment':
      return 'comment'
    case 'agent':
      return AGENT_WORDS[node.fields.kind]
    case 'activity':
      return noteOfActivity(node)
    case 'decision':
    case 'learning':
      return node.fields.supersededBy === undefined ? node.kind : `${node.kind}, ${MARK_WORDS.superseded}`
    case 'evidence':
      return `evidence: ${words(node.fields.kind)}`
  }
}

function noteOfActivity(node: Extract<LineageNode, { kind: 'activity' }>): string {
  const { fields, run, review } = node
  const ms = activityMs(fields)
  const result = activityResult(node)
  if (turnedDownBy(node) !== undefined) return `${result}${resultBy(node)}`
  if (run?.stopReason !== undefined) return `${result}: ${words(run.stopReason)}`
  if (run !== undefined || review !== undefined) return result
  return ms === undefined || fields.failure !== undefined ? result : durationOf(ms)
}
