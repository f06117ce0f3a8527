import { validate, withOptions } from '../../input.js'
import type { Session } from '../session.js'
import type { Claims, NextOptions, Submission } from './claim.js'
import { claimNext, claimTask, heartbeat, release, renew, resetClaim } from './commands.js'
import { complete } from './complete.js'
import { listClaims } from './lists.js'
import { claimSchemas } from './schema.js'

/** The commands and queries on claims of one session. */
export function claimsOf(session: Session): Claims {
  const schemas = claimSchemas(session.settings.vocabulary)
  return {
    async next(options = {}) {
      const input = validate('claims.next', schemas.next, options) as NextOptions
      return session.command(claimNext(session, input))
    },
    async claim(task, options) {
      const input = validate('claims.claim', schemas.claim, withOptions('claims.claim', { task }, options))
      return session.command(claimTask(session, input))
    },
    async heartbeat(token, options) {
      const input = validate('claims.heartbeat', schemas.heartbeat, withOptions('claims.heartbeat', { token }, options))
      return session.command(heartbeat(session, input))
    },
    async renew(token, options) {
      const input = validate('claims.renew', schemas.renew, withOptions('claims.renew', { token }, options))
      return session.command(renew(session, input))
    },
    async release(token, options) {
      const input = validate('claims.release', schemas.release, withOptions('claims.release', { token }, options))
      return session.command(release(session, input))
    },
    async complete(token, submission) {
      const input = validate('claims.complete', schemas.complete, { token, submission })
      const { idempotencyKey, ...rest } = input.submission
      const given = { token, submission: rest as Submission, ...(idempotencyKey !== undefined && { idempotencyKey }) }
      return session.command(complete(session, given))
    },
    async reset(task, options) {
      const input = validate('claims.reset', schemas.reset, withOptions('claims.reset', { task }, options))
      return session.command(resetClaim(input))
    },
    async list(options = {}) {
      const input = validate('claims.list', schemas.list, options)
      return session.query('claims.list', (reader) => listClaims(reader, input, session.leaseNow()))
    },
  }
}
