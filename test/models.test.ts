import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidInputError } from '../src/errors.js'
import type { Model } from '../src/models/model.js'
import { nearestModels } from '../src/models/nearest-models.js'
import {
  anyModel,
  createModelRegistry,
  defaultModelRegistry,
  extendModelRegistry,
  type ModelRegistry,
} from '../src/models/registry.js'

const words = fc.constantFrom('a', 'b', 'a/b', 'b/c', 'c', '","', '__proto__')
const models: fc.Arbitrary<Model> = fc.record({ provider: words, name: words, label: fc.constantFrom('x', 'y', 'z') })

/** What a registry must do, said the slow way: the last entry of this provider and name. */
function last(entries: readonly Model[], provider: string, name: string): Model | undefined {
  return entries.findLast((entry) => entry.provider === provider && entry.name === name)
}

describe('the default registry', () => {
  test('knows the models that the documentation names', () => {
    expect(defaultModelRegistry.lookup('anthropic', 'claude-opus-4-6')).toEqual({
      provider: 'anthropic',
      name: 'claude-opus-4-6',
      label: 'Opus 4.6',
      contextTokens: 1_000_000,
    })
    expect(defaultModelRegistry.lookup('google', 'gemini-2.0-flash')?.label).toBe('Gemini 2.0 Flash')
  })

  test('knows at least 150 models, and several of each large maker', () => {
    expect(defaultModelRegistry.models().length).toBeGreaterThanOrEqual(150)
    for (const provider of ['anthropic', 'google', 'openai', 'mistral', 'meta', 'xai', 'deepseek', 'alibaba']) {
      expect(defaultModelRegistry.byProvider(provider).length).toBeGreaterThanOrEqual(5)
    }
  })

  test('is sorted and holds no model twice, no host, no name with blanks', () => {
    const keys = defaultModelRegistry.models().map((model) => `${model.provider}/${model.name}`)
    expect(keys).toEqual([...new Set(keys)].sort())
    for (const { provider, name } of defaultModelRegistry.models()) {
      expect(provider).toMatch(/^[a-z0-9]+$/)
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]*$/)
    }
    expect(defaultModelRegistry.byProvider('openrouter')).toEqual([])
  })

  test('finds every model that it lists, and lists each under its provider', () => {
    const all = defaultModelRegistry.models()
    for (const model of all) expect(defaultModelRegistry.lookup(model.provider, model.name)).toBe(model)
    const providers = [...new Set(all.map((model) => model.provider))]
    expect(providers.flatMap((provider) => defaultModelRegistry.byProvider(provider))).toEqual(all)
  })

  test('compares letter by letter', () => {
    expect(defaultModelRegistry.lookup('Anthropic', 'claude-opus-4-6')).toBeUndefined()
    expect(defaultModelRegistry.lookup('openai', 'claude-opus-4-6')).toBeUndefined()
    expect(defaultModelRegistry.lookup('anthropic', '')).toBeUndefined()
  })
})

describe('a registry of given models', () => {
  test('finds the last of equal entries, for any entries', () => {
    fc.assert(
      fc.property(fc.array(models), words, words, (entries, provider, name) => {
        expect(createModelRegistry(entries).lookup(provider, name)).toEqual(last(entries, provider, name))
      }),
    )
  })

  test('extended by others is the registry of both lists, and leaves the first as it was', () => {
    fc.assert(
      fc.property(fc.array(models), fc.array(models), (first, second) => {
        const base = createModelRegistry(first)
        const before = base.models()
        const extended = extendModelRegistry(base, second)
        expect(extended.models()).toEqual(createModelRegistry([...first, ...second]).models())
        for (const { provider, name } of extended.models()) {
          expect(extended.lookup(provider, name)).toEqual(last([...first, ...second], provider, name))
        }
        expect(base.models()).toBe(before)
        expect(base.models()).toEqual(createModelRegistry(first).models())
      }),
    )
  })

  test('keeps the order given; a replacement stands where the replaced one stood', () => {
    const base = createModelRegistry([
      { provider: 'z', name: '1' },
      { provider: 'a', name: '2' },
    ])
    const extended = extendModelRegistry(base, [
      { provider: 'b', name: '3' },
      { provider: 'z', name: '1', label: 'One' },
    ])
    expect(extended.models()).toEqual([
      { provider: 'z', name: '1', label: 'One' },
      { provider: 'a', name: '2' },
      { provider: 'b', name: '3' },
    ])
    expect(extended.byProvider('z')).toEqual([{ provider: 'z', name: '1', label: 'One' }])
  })

  test('does not change when the caller changes an entry or a result', () => {
    const entry = { provider: 'acme', name: 'one' }
    const entries = [entry]
    const registry = createModelRegistry(entries)
    entry.name = 'two'
    entries.push({ provider: 'acme', name: 'three' })
    expect(registry.models()).toEqual([{ provider: 'acme', name: 'one' }])
    expect(() => (registry.models() as Model[]).push(entry)).toThrow(TypeError)
    expect(() => Object.assign(registry.lookup('acme', 'one')!, { name: 'x' })).toThrow(TypeError)
  })

  test.each([
    [[{ provider: '', name: 'x' }], ['entries[0].provider']],
    [[{ provider: 'acme', name: '' }], ['entries[0].name']],
    [[{ provider: ' acme', name: 'x\n' }], ['entries[0].provider', 'entries[0].name']],
    [
      [{ provider: 'acme', name: 'x' }, { name: 7 }],
      ['entries[1].provider', 'entries[1].name'],
    ],
    [[{ provider: 'acme', name: 'x', label: '' }], ['entries[0].label']],
    [[{ provider: 'acme', name: 'x', contextTokens: 0 }], ['entries[0].contextTokens']],
    [[{ provider: 'acme', name: 'x', contextTokens: 1.5 }], ['entries[0].contextTokens']],
    [[{ provider: 'acme', name: 'x', contextTokens: '8000' }], ['entries[0].contextTokens']],
    [
      [null, 'model'],
      ['entries[0]', 'entries[1]'],
    ],
    [new Array(1), ['entries[0]']],
    ['models', ['entries']],
  ])('refuses %j and names every flaw', (entries, fields) => {
    for (const [operation, run] of [
      ['createModelRegistry', () => createModelRegistry(entries as Model[])],
      ['extendModelRegistry', () => extendModelRegistry(anyModel, entries as Model[])],
    ] as const) {
      let error: unknown
      try {
        run()
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(InvalidInputError)
      expect(error).toMatchObject({ operation, issues: fields.map((field) => ({ field })) })
    }
  })
})

describe('anyModel', () => {
  test('knows every provider and name that is not empty, and lists none', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (provider, name) => {
        const known = provider !== '' && name !== ''
        expect(anyModel.lookup(provider, name)).toEqual(known ? { provider, name } : undefined)
      }),
    )
    expect(anyModel.lookup('', 'x')).toBeUndefined()
    expect(anyModel.lookup('x', '')).toBeUndefined()
    expect([...anyModel.models(), ...anyModel.byProvider('openai')]).toEqual([])
  })

  test('extended still knows every model, and the given ones by their labels', () => {
    const registry = extendModelRegistry(anyModel, [{ provider: 'acme', name: 'one', label: 'One' }])
    expect(registry.lookup('acme', 'one')).toEqual({ provider: 'acme', name: 'one', label: 'One' })
    expect(registry.lookup('acme', 'two')).toEqual({ provider: 'acme', name: 'two' })
    expect(registry.models()).toHaveLength(1)
  })
})

describe('the nearest models', () => {
  test.each([
    ['anthropic', 'claude-opus-4.6', 'anthropic/claude-opus-4-6'],
    ['Anthropic', 'Claude-Opus-4-6', 'anthropic/claude-opus-4-6'],
    ['bedrock', 'claude-opus-4-6', 'anthropic/claude-opus-4-6'],
    ['anthropic', 'gpt-5', 'openai/gpt-5'],
    ['moonshot', 'kimi-k3', 'moonshotai/kimi-k3'],
    ['google', 'gemini-2.0-flsh', 'google/gemini-2.0-flash'],
    ['minimax', 'minimax-m2.5', 'minimax/MiniMax-M2.5'],
  ])('to %s %s begin with %s', (provider, name, nearest) => {
    expect(nearestModels(defaultModelRegistry, provider, name)[0]).toBe(nearest)
  })

  test('to a part of a name hold that part, the newest first', () => {
    const registry = createModelRegistry(
      ['claude-opus-4-6', 'claude-opus-4-8', 'claude-sonnet-5', 'o1', 'opal'].map((name) => ({ provider: 'x', name })),
    )
    expect(nearestModels(registry, 'x', 'opus', 2)).toEqual(['x/claude-opus-4-8', 'x/claude-opus-4-6'])
  })

  test('prefer the name asked for from another maker to another name from a similar maker', () => {
    const registry = createModelRegistry([
      { provider: 'openai', name: 'gpt-5' },
      { provider: 'azure-ai-foundrx', name: 'o1' },
    ])
    expect(nearestModels(registry, 'azure-ai-foundry', 'gpt-5', 1)).toEqual(['openai/gpt-5'])
  })

  test('put a listed model first, are as many as asked for, and are all listed', () => {
    const listed = new Set(defaultModelRegistry.models().map((model) => `${model.provider}/${model.name}`))
    fc.assert(
      fc.property(fc.constantFrom(...defaultModelRegistry.models()), fc.nat(5), ({ provider, name }, limit) => {
        const nearest = nearestModels(defaultModelRegistry, provider, name, limit)
        expect(nearest).toHaveLength(limit)
        expect(nearest.every((text) => listed.has(text))).toBe(true)
        if (limit > 0) expect(nearest[0]).toBe(`${provider}/${name}`)
      }),
      { numRuns: 50 },
    )
  })

  test('order by the number of letters that differ', () => {
    const registry: ModelRegistry = createModelRegistry(
      ['kitten', 'sitten', 'sittin', 'sitting', 'sittings'].map((name) => ({ provider: 'x', name })),
    )
    expect(nearestModels(registry, 'x', 'kitten', 5)).toEqual([
      'x/kitten',
      'x/sitten',
      'x/sittin',
      'x/sitting',
      'x/sittings',
    ])
  })

  test('are none where none are listed', () => {
    expect(nearestModels(anyModel, 'openai', 'gpt-5')).toEqual([])
  })

  test('come quickly for a name of a million letters', () => {
    const start = performance.now()
    expect(nearestModels(defaultModelRegistry, 'x'.repeat(1_000_000), 'y'.repeat(1_000_000))).toHaveLength(3)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
