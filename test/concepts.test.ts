import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RELATION_KINDS, RELATIONS, type RelationDefinition } from '../src/index.js'
import { EVENT_VERSIONS } from '../src/log/event.js'

const concepts = readFileSync(new URL('../CONCEPTS.md', import.meta.url), 'utf8')

function rowOf(kind: keyof typeof RELATIONS): string {
  const definition: RelationDefinition = RELATIONS[kind]
  const from = definition.domain.join(', ')
  const to = definition.sameKind ? 'the same kind' : definition.range.join(', ')
  const cycles = [definition.waits && 'waiting', definition.acyclic].filter(Boolean).join(', ')
  return `| ${kind} | ${from} → ${to} | ${definition.property} | ${cycles} | ${definition.readiness ?? ''} |`
}

test('the relation table of CONCEPTS.md says what the registry says', () => {
  const table = /<!-- relations -->\n([\s\S]*?)\n<!-- \/relations -->/.exec(concepts)![1]!.split('\n').slice(2)
  expect(table).toEqual(RELATION_KINDS.map(rowOf))
})

test('CONCEPTS.md names every type of event', () => {
  for (const type of Object.keys(EVENT_VERSIONS)) expect(concepts).toContain(`\`${type}\``)
})
