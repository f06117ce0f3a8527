import { openTracker, type Tracker } from 'provtrail'

/** The namespace of every file that is measured. */
export const NAMESPACE = 'https://example.org/bench'

/** Opens, or makes, a file as the bars ask for it. */
export function openBenchTracker(path: string): Promise<Tracker> {
  return openTracker({ path, namespace: NAMESPACE, durability: 'normal' })
}
