import type { Reader } from '../../store/store.js'
import { readGapsOf } from '../lineage/gaps.js'
import type { Gap } from '../lineage/lineage.js'
import type { Period } from './period.js'

/** How many gaps a report shows. */
const GAPS_SHOWN = 100

/** What the record does not know about the nodes of the report, and how many such gaps there are. */
export async function readProjectGaps(
  reader: Reader,
  { namespace }: Period,
): Promise<{ readonly gaps: readonly Gap[]; readonly gapsTotal: number }> {
  const { gaps, total } = await readGapsOf(reader, namespace ?? null, GAPS_SHOWN)
  return { gaps, gapsTotal: total }
}
