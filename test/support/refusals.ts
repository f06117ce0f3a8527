import { expect } from 'vitest'
import { ProvtrailError } from '../../src/index.js'

/** What SQLite, zod and JavaScript say when nobody translates them. */
const RAW = /SQLITE_|UNIQUE constraint|ZodError|Invalid input|invalid_type|Cannot read prop|is not a function|\n\s+at /

/**
 * Runs what must be refused and gives back the error: one of the library's own, with a stable code, in its own words.
 *
 * A method that throws before it returns a promise does not count as refusing.
 */
export async function refusal<Refusal extends ProvtrailError = ProvtrailError>(
  promise: Promise<unknown>,
): Promise<Refusal> {
  const error = await promise.then(
    () => expect.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  expectRefusal(error)
  return error as Refusal
}

/** That an error is one of the library's own, in its own words. */
export function expectRefusal(error: unknown): asserts error is ProvtrailError {
  if (!(error instanceof ProvtrailError)) throw error
  expect(error.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
  expect(error.name).toBe(error.constructor.name)
  expect(error.message).not.toMatch(RAW)
  expect(error.message.length).toBeLessThan(20_000)
}
