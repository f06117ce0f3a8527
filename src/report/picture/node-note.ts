import { durationOf } from '../duration.js'
import type { LineageNode } from '../lineage/lineage.js'

const AGENT_WORDS = { human: 'person', ml: 'model', software: 'program', organization: 'organization' } as const

/** What a reader wants to know of a node besides its name, in a few words. */
export function noteOf(node: LineageNode): string {
  switch (node.kind) {
    case 'task':
      return words(node.fields.outcome ?? node.fields.status)
    case 'artifact':
      return node.fields.kind ?? 'artifact'
    case 'comment':
      return 'comment'
    case 'agent':
      return AGENT_WORDS[node.fields.kind]
    case 'activity':
      if (node.fields.failure !== undefined) return 'failed'
      if (node.fields.endedAt === undefined) return 'not ended'
      return durationOf(Date.parse(node.fields.endedAt) - Date.parse(node.fields.startedAt))
  }
}

function words(term: string): string {
  return term.replaceAll('_', ' ')
}
