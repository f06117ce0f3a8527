import type { Activity } from '../../record/activities/activity.js'
import { words } from '../text/words.js'

/** How an activity ended, in a word or two: `failed`, or the stage in which it ended; `not ended` while it goes on. */
export function activityResult({ failure, endedAt, stage }: Activity): string {
  if (failure !== undefined) return 'failed'
  return endedAt === undefined ? 'not ended' : words(stage)
}

/** How long an activity took; `undefined` while it goes on. */
export function activityMs({ startedAt, endedAt }: Activity): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt)
}
