import type { ModelRegistry } from './registry.js'

/** More than a few letters apart, two providers are simply different ones. */
const OTHER_PROVIDER = 4

/** Longer than any name of a model. What comes after it makes nothing more alike, and would only cost time. */
const LONGEST = 200

/**
 * The models of a registry whose names are most like the given ones, as `provider/name`, best first: what to offer
 * somebody who named an unknown model. As many as `limit`, fewer if the registry lists fewer.
 *
 * Likeness is the edit distance (Levenshtein 1966) of the names without regard to letter case. A name that is part of
 * another one, such as `opus`, is one letter away from it. The provider counts less than the name: `bedrock/gpt-5` is
 * most like `openai/gpt-5`. Of equally good ones those that sort last come first: of two versions, the newer.
 */
export function nearestModels(registry: ModelRegistry, provider: string, name: string, limit = 3): string[] {
  const wantedProvider = provider.slice(0, LONGEST).toLowerCase()
  const wantedName = name.slice(0, LONGEST).toLowerCase()
  return registry
    .models()
    .map((model) => {
      const providerDistance = editDistance(model.provider.toLowerCase(), wantedProvider)
      const distance = nameDistance(model.name.toLowerCase(), wantedName) + Math.min(providerDistance, OTHER_PROVIDER)
      return { text: `${model.provider}/${model.name}`, distance }
    })
    .sort((a, b) => a.distance - b.distance || (a.text < b.text ? 1 : -1))
    .slice(0, Math.max(0, limit))
    .map(({ text }) => text)
}

function nameDistance(name: string, wanted: string): number {
  if (name === wanted) return 0
  return wanted !== '' && name.includes(wanted) ? 1 : editDistance(name, wanted)
}

/** How many letters must be added, removed or changed to make one text of the other. */
function editDistance(a: string, b: string): number {
  // One row of the table of Wagner and Fischer at a time: `row[j]` is the distance of what was read of `a` from the
  // first `j` letters of `b`.
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const changed = row[j]! + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(changed, row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
