import { validate, withOptions } from '../../input.js'
import { amongNodes, readPage } from '../paging.js'
import type { Session } from '../session.js'
import { recordReview } from './commands.js'
import type { Review, Reviews } from './review.js'
import { REVIEW_COLUMNS, REVIEWS, type ReviewRow, toReview } from './review-rows.js'
import { reviewSchemas } from './schema.js'

/** The commands and queries on reviews of one session. */
export function reviewsOf(session: Session): Reviews {
  return {
    async record(task, review) {
      const input = withOptions('reviews.record', { task }, review)
      return session.command(recordReview(session, validate('reviews.record', reviewSchemas.record, input)))
    },
    async list(options = {}) {
      const input = validate('reviews.list', reviewSchemas.list, options)
      return session.query('reviews.list', (reader) =>
        readPage<ReviewRow, Review>(
          reader,
          {
            operation: 'reviews.list',
            columns: REVIEW_COLUMNS,
            from: REVIEWS,
            countFrom: 'reviews w',
            conditions: [...amongNodes('w.task', input.task), ...amongNodes('w.reviewer', input.reviewer)],
            order: 'recorded',
            orderBy: ['w.key'],
            position: (row) => [row.key],
          },
          input,
          (rows) => rows.map(toReview),
        ),
      )
    },
  }
}
