import { validate } from '../../input.js'
import type { Session } from '../session.js'
import type { Runs } from './claim.js'
import { listRuns } from './lists.js'
import { claimSchemas } from './schema.js'

/** The queries on the runs of one session. */
export function runsOf(session: Session): Runs {
  const schemas = claimSchemas(session.settings.vocabulary)
  return {
    async list(options = {}) {
      const input = validate('runs.list', schemas.runs, options)
      return session.query('runs.list', (reader) => listRuns(reader, input))
    },
  }
}
