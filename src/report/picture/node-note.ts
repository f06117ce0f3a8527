import { activityMs, activityResult } from '../lineage/activity-result.js'
import type { LineageNode } from '../lineage/lineage.js'
import { durationOf } from '../text/duration.js'
import { AGENT_WORDS, statusWords } from '../text/words.js'

/** What a reader wants to know of a node besides its name, in a few words. */
export function noteOf(node: LineageNode): string {
  switch (node.kind) {
    case 'task':
      return node.fields.outcome ?? statusWords(node.fields.status)
    case 'artifact':
      return node.fields.kind ?? 'artifact'
    case 'comment':
      return 'comment'
    case 'agent':
      return AGENT_WORDS[node.fields.kind]
    case 'activity': {
      const ms = activityMs(node.fields)
      return ms === undefined || node.fields.failure !== undefined ? activityResult(node.fields) : durationOf(ms)
    }
  }
}
