import { describe, expect, test } from 'vitest'
import { AlreadyExistsError, NotFoundError, newArtifactId, RelationDomainError } from '../src/index.js'
import { all } from './support/answers.js'
import { refusal } from './support/refusals.js'
import { NAMESPACE, open } from './support/trackers.js'

describe('artifacts.add', () => {
  test('needs an IRI alone, and assumes nothing', async () => {
    const tracker = await open()
    const artifact = await tracker.artifacts.add({ iri: 'git:9f2c' })
    expect(artifact).toEqual({
      id: expect.stringMatching(/^test--/),
      namespace: NAMESPACE,
      iri: 'git:9f2c',
      createdAt: '2026-01-05T09:00:00.000Z',
    })
    expect(await tracker.artifacts.get(artifact.id)).toEqual(artifact)
    expect((await tracker.relations.list(artifact.id)).total).toBe(0)
  })

  test('takes everything that an artifact can have', async () => {
    const tracker = await open()
    const ada = await tracker.agents.registerHuman({ name: 'Ada' })
    const activity = await tracker.activities.start()
    const task = await tracker.tasks.create({ title: 'task' })
    const spec = await tracker.artifacts.add({ iri: 'file:spec.md' })
    const fields = {
      iri: 'not even an IRI <at all>',
      kind: 'commit',
      label: 'The fix',
      mediaType: 'text/plain; charset=utf-8',
      digest: 'sha256:00',
    }
    const artifact = await tracker.artifacts.add({
      ...fields,
      namespace: 'elsewhere',
      generatedBy: activity.id,
      derivedFrom: [spec.id, task.id, spec.id],
      attributedTo: ada.id,
      at: '2026-01-01T00:00:00Z',
    })
    expect(artifact).toEqual({
      id: expect.stringMatching(/^elsewhere--/),
      namespace: 'elsewhere',
      ...fields,
      createdAt: '2026-01-01T00:00:00.000Z',
    })
    expect(await tracker.artifacts.get(artifact.id)).toEqual(artifact)
    const relations = (await tracker.relations.list(artifact.id)).items.map(({ kind, target }) => [kind, target])
    expect(relations).toHaveLength(4)
    expect(relations).toEqual(
      expect.arrayContaining([
        ['generated_by', activity.id],
        ['derived_from', spec.id],
        ['derived_from', task.id],
        ['attributed_to', ada.id],
      ]),
    )
  })

  test('takes an id of the caller, once, and not its own origin', async () => {
    const tracker = await open()
    const id = newArtifactId('own')
    const itself = await refusal(tracker.artifacts.add({ iri: 'urn:a', id, derivedFrom: [id] }))
    expect(itself instanceof RelationDomainError || itself instanceof NotFoundError).toBe(true)
    expect(await tracker.artifacts.add({ iri: 'urn:a', id })).toMatchObject({ id, namespace: 'own' })
    expect(await refusal(tracker.artifacts.add({ iri: 'urn:b', id }))).toBeInstanceOf(AlreadyExistsError)
  })
})

describe('an artifact is found', () => {
  test('by its id', async () => {
    const tracker = await open()
    const task = await tracker.tasks.create({ title: 'task' })
    const missing = await refusal<NotFoundError>(tracker.artifacts.get(newArtifactId(NAMESPACE)))
    expect([missing.expected, missing.found]).toEqual([['artifact'], undefined])
    const wrong = await refusal<NotFoundError>(tracker.artifacts.get(task.id as never))
    expect([wrong.expected, wrong.found]).toEqual([['artifact'], 'task'])
  })

  test('by its IRI, letter by letter, the newest', async () => {
    const tracker = await open()
    await tracker.artifacts.add({ iri: 'file:a' })
    const newest = await tracker.artifacts.add({ iri: 'file:a', digest: 'sha256:01' })
    await tracker.artifacts.add({ iri: 'file:a', at: '2020-01-01T00:00:00Z' })
    expect(await tracker.artifacts.findByIri('file:a')).toEqual(newest)
    for (const other of ['file:A', 'file:', 'file:a ', 'file:%', '']) {
      expect(await tracker.artifacts.findByIri(other)).toBeUndefined()
    }
  })

  test('in a list, in the order in which they were added, by kind and namespace', async () => {
    const tracker = await open()
    const one = await tracker.artifacts.add({ iri: 'a', kind: 'commit' })
    const two = await tracker.artifacts.add({
      iri: 'b',
      kind: 'file',
      namespace: 'elsewhere',
      at: '2020-01-01T00:00:00Z',
    })
    const three = await tracker.artifacts.add({ iri: 'c' })
    const listed = async (options?: Parameters<typeof tracker.artifacts.list>[0]) =>
      (await tracker.artifacts.list(options)).items
    expect(await listed()).toEqual([one, two, three])
    expect(await listed({ kind: 'commit' })).toEqual([one])
    expect(await listed({ kind: ['file', 'commit'], namespace: 'elsewhere' })).toEqual([two])
    expect(await listed({ namespace: [NAMESPACE] })).toEqual([one, three])
    expect(await listed({ kind: [] })).toEqual([])
    expect(await all((page) => tracker.artifacts.list(page), 1)).toEqual([one, two, three])
  })
})
