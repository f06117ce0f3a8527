import { ActivityEndedError, InvalidInputError } from '../../errors.js'
import type { ActivityId } from '../../ids.js'
import { validate, withOptions } from '../../input.js'
import type { Groups } from '../../tracker.js'
import { requireNode } from '../nodes.js'
import { among, amongNodes, readPage } from '../paging.js'
import type { Session } from '../session.js'
import type { Activities, Activity } from './activity.js'
import { ACTIVITIES, ACTIVITY_COLUMNS, type ActivityRow, readActivity, toActivity } from './activity-rows.js'
import { endActivity, startActivity } from './commands.js'
import { activitySchemas } from './schema.js'

/** The longest reason of a failure that `during` keeps, in UTF-16 code units. */
const MAX_FAILURE_LENGTH = 10_000

/** The commands and queries on activities of one session; `within` gives its like within an activity. */
export function activitiesOf(session: Session, within: (activity: ActivityId) => Groups): Activities {
  const schemas = activitySchemas(session.settings.vocabulary)
  const activities: Activities = {
    async start(activity = {}) {
      return session.command(startActivity(session, validate('activities.start', schemas.start, activity)))
    },
    async end(id, end) {
      const input = validate('activities.end', schemas.end, withOptions('activities.end', { id }, end))
      return session.command(endActivity(input))
    },
    async get(id) {
      const input = validate('activities.get', schemas.id, { id })
      return session.query('activities.get', async (reader) =>
        readActivity(reader, (await requireNode(reader, input.id, ['activity'])).key),
      )
    },
    async list(options = {}) {
      const input = validate('activities.list', schemas.list, options)
      return session.query('activities.list', (reader) =>
        readPage<ActivityRow, Activity>(
          reader,
          {
            operation: 'activities.list',
            columns: ACTIVITY_COLUMNS,
            from: ACTIVITIES,
            countFrom: 'activities v',
            conditions: [
              ...amongNodes('v.agent', input.agent),
              ...amongNodes('v.task', input.task),
              ...among('v.phase', input.phase),
              ...(input.open === undefined
                ? []
                : [{ sql: `v.ended_at IS ${input.open ? '' : 'NOT '}NULL`, values: [] }]),
            ],
            order: 'started',
            orderBy: ['v.started_at', 'v.key'],
            position: (row) => [row.started_at, row.key],
          },
          input,
          (rows) => rows.map(toActivity),
        ),
      )
    },
    async during(options, work) {
      if (typeof work !== 'function') {
        throw new InvalidInputError('activities.during', [{ field: 'work', message: 'expected a function' }])
      }
      const started = await activities.start(options)
      // A repeat of the command gives the activity as it was when it began.
      const activity = options?.idempotencyKey === undefined ? started : await activities.get(started.id)
      if (activity.endedAt !== undefined) throw new ActivityEndedError(activity.id, activity.endedAt)
      let result: Awaited<ReturnType<typeof work>>
      try {
        result = await work(activity, within(activity.id))
      } catch (error) {
        // What went wrong with the work is what the caller has to know, also where the record of it fails.
        await activities.end(activity.id, { failed: failureOf(error) }).catch(() => undefined)
        throw error
      }
      await activities.end(activity.id).catch((error) => {
        // The work may have ended it itself, to say what it generated.
        if (!(error instanceof ActivityEndedError)) throw error
      })
      return result
    },
  }
  return activities
}

/** What was thrown, as a reason that the record can hold. */
function failureOf(thrown: unknown): string {
  const message = messageOf(thrown).slice(0, MAX_FAILURE_LENGTH)
  const carriable = message.replace(/[\0\p{Surrogate}]/gu, '\ufffd').trim()
  return carriable === '' ? 'unknown' : carriable
}

function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message || thrown.name) : String(thrown)
  } catch {
    return 'unknown'
  }
}
