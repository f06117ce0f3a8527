const RESPONSIBILITY = new Set(['wasAttributedTo', 'wasAssociatedWith', 'actedOnBehalfOf'])
const WORK = new Set(['used', 'wasGeneratedBy', 'wasInformedBy', 'wasDerivedFrom', 'wasRevisionOf'])

/** Whether a property says who bears responsibility (PROV-DM, component 3). */
export function isResponsibility(property: string): boolean {
  return RESPONSIBILITY.has(property)
}

/** How an arrow is drawn: who bears responsibility, what came from what, or how work is planned. */
export function edgeKindOf(property: string): 'responsibility' | 'work' | 'plan' {
  if (RESPONSIBILITY.has(property)) return 'responsibility'
  return WORK.has(property) ? 'work' : 'plan'
}
