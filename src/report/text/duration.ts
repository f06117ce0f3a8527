/** The units that durations are told in, longest first. */
const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const

/**
 * How long something took, as people say it: `3 d 4 h`, `12 min`, `5 s`.
 *
 * At most two units that follow one another; what is smaller is left out. Less than a second is told in milliseconds.
 */
export function durationOf(milliseconds: number): string {
  const first = UNITS.findIndex(({ ms }) => milliseconds >= ms)
  const unit = UNITS[first]
  if (unit === undefined) return milliseconds >= 1 ? `${Math.floor(milliseconds)} ms` : '0 s'
  const count = Math.floor(milliseconds / unit.ms)
  const next = UNITS[first + 1]
  const rest = next === undefined ? 0 : Math.floor((milliseconds % unit.ms) / next.ms)
  return rest === 0 ? `${count} ${unit.name}` : `${count} ${unit.name} ${rest} ${next!.name}`
}
