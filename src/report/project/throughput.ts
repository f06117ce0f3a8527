import type { Outcome } from '../../vocabulary.js'
import type { WeekOfWork } from './project-report.js'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
/** The longest stretch without work, in weeks, that is told week by week. */
const MAX_IDLE_WEEKS = 52

interface Week {
  created: number
  readonly closed: Record<Outcome, number>
  reopened: number
}

/** Counts what became of tasks, week by week. */
export class Throughput {
  readonly #weeks = new Map<number, Week>()

  created(at: string): void {
    this.#week(at).created++
  }

  closed(at: string, outcome: Outcome): void {
    this.#week(at).closed[outcome]++
  }

  reopened(at: string): void {
    this.#week(at).reopened++
  }

  /** The weeks in order, also those in which nothing happened, unless that lasted for more than a year. */
  weeks(): WeekOfWork[] {
    const weeks: WeekOfWork[] = []
    let next: number | undefined
    for (const monday of [...this.#weeks.keys()].sort((one, other) => one - other)) {
      if (next !== undefined && monday - next <= MAX_IDLE_WEEKS * WEEK_MS) {
        for (; next < monday; next += WEEK_MS) weeks.push({ week: dateOf(next), ...idleWeek() })
      }
      weeks.push({ week: dateOf(monday), ...this.#weeks.get(monday)! })
      next = monday + WEEK_MS
    }
    return weeks
  }

  #week(at: string): Week {
    const monday = mondayOf(at)
    let week = this.#weeks.get(monday)
    if (week === undefined) {
      week = idleWeek()
      this.#weeks.set(monday, week)
    }
    return week
  }
}

function idleWeek(): Week {
  return { created: 0, closed: { completed: 0, failed: 0, cancelled: 0 }, reopened: 0 }
}

/** The midnight, in UTC, with which the week of a time begins. */
function mondayOf(at: string): number {
  const date = new Date(`${at.slice(0, 10)}T00:00:00.000Z`)
  return date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY_MS
}

function dateOf(midnight: number): string {
  return new Date(midnight).toISOString().replace(/T.*/, '')
}
