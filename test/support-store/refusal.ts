import { expect } from 'vitest'
import { ProvtrailError } from '../../src/index.js'

/** The refusal that a promise rejects with; fails where it resolves, or rejects with anything that is not ours. */
export async function refusalOf(promise: Promise<unknown>): Promise<ProvtrailError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) throw new Error(`expected a refusal, got ${JSON.stringify(outcome.value)}`)
  const { error } = outcome
  if (!(error instanceof ProvtrailError)) throw new Error('expected an error of ours', { cause: error })
  expect(error.name).toBe(error.constructor.name)
  expect(error.message).toMatch(/^[^\n]{10,1000}$/)
  return error
}
