import type { Reader } from '../../store/store.js'
import type { Period } from './period.js'
import type { NamedTask } from './project-report.js'

/** The longest chain of tasks that must be done one after another, first to last. */
export async function readCriticalPath(_reader: Reader, _period: Period): Promise<readonly NamedTask[]> {
  return []
}
