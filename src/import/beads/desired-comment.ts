import { type CommentId, deterministicId } from '../../ids.js'
import type { DesiredTask } from './desired-task.js'
import { isBefore, type Moment } from './moment.js'
import type { BeadsComment, BeadsData } from './records.js'
import { abbreviate, type Report } from './report.js'
import { BEADS_ITSELF, type Roster } from './roster.js'
import { repairText } from './text.js'

/** A comment as the source wants it. */
export interface DesiredComment {
  readonly id: CommentId
  readonly task: DesiredTask
  readonly author: string
  readonly body: string
  readonly at: Moment | undefined
  readonly comment: BeadsComment
}

/**
 * What comments become. A comment is the same one when its issue, author, time and text are: the numbers that Beads
 * gives to comments differ between the copies of one project.
 */
export function planComments(
  data: BeadsData,
  taskByIssue: ReadonlyMap<string, DesiredTask>,
  namespace: string,
  roster: Roster,
  report: Report,
): DesiredComment[] {
  const occurrencesByKey = new Map<string, number>()
  const desiredById = new Map<CommentId, DesiredComment>()
  for (const comment of data.comments) {
    const { issue, file, line, text, createdAt } = comment
    const task = taskByIssue.get(issue)
    if (task === undefined) {
      const reason = data.issueById.has(issue)
        ? 'its issue is not imported'
        : `the source has no issue ${abbreviate(issue)}`
      report.skip({ kind: 'comment', id: issue, file, line, reason })
      continue
    }
    const key = [issue, comment.author, `${createdAt?.nanoseconds ?? ''}`, text]
    // Twice in one file are two comments; once on the issue's line and once in the table is one.
    const occurrenceKey = JSON.stringify([file, ...key])
    const occurrence = occurrencesByKey.get(occurrenceKey) ?? 0
    occurrencesByKey.set(occurrenceKey, occurrence + 1)
    const id = deterministicId<CommentId>(namespace, 'beads', 'comment', ...key, String(occurrence))
    if (desiredById.has(id)) {
      report.warn(
        'duplicate',
        issue,
        line,
        'a comment stands on the line of its issue and in the table of comments; it is one',
      )
      continue
    }
    const { text: body, repair } = repairText(text)
    if (repair !== undefined) report.warn('repaired_text', issue, line, `a comment ${repair}`)
    if (isBefore(createdAt, task.issue.createdAt)) {
      const since = task.issue.createdAt!.iso
      report.warn(
        'contradicting_times',
        issue,
        line,
        `a comment was written at ${createdAt!.iso}, before the issue was created at ${since}`,
      )
    }
    const at = createdAt ?? task.created.at
    desiredById.set(id, { id, task, author: roster.note(comment.author || BEADS_ITSELF, at), body, at, comment })
  }
  return [...desiredById.values()]
}
