import { createHmac, timingSafeEqual } from 'node:crypto'
import { InvalidTokenError } from '../../errors.js'
import type { ActivityId } from '../../ids.js'

/**
 * The tokens of claims: `attemptId.HMAC-SHA-256(secret, attemptId)`, the code in base64url.
 *
 * A token is derived and stored nowhere, so that the claim which is asked for again by its idempotency key has the same one.
 */
export class Tokens {
  readonly #secret: Buffer

  constructor(secret: string) {
    this.#secret = Buffer.from(secret, 'hex')
  }

  of(attempt: ActivityId): string {
    return `${attempt}.${this.#codeOf(attempt).toString('base64url')}`
  }

  /** @throws {InvalidTokenError} it was not made by this file. */
  attemptOf(operation: string, token: string): ActivityId {
    // No code holds a dot; a namespace may.
    const at = token.lastIndexOf('.')
    const attempt = token.slice(0, Math.max(at, 0))
    const given = Buffer.from(token.slice(at + 1), 'base64url')
    const code = this.#codeOf(attempt)
    const isWhole = token.slice(at + 1) === given.toString('base64url')
    if (!isWhole || given.length !== code.length || !timingSafeEqual(given, code))
      throw new InvalidTokenError(operation)
    return attempt as ActivityId
  }

  #codeOf(attempt: string): Buffer {
    return createHmac('sha256', this.#secret).update(attempt).digest()
  }
}
