/** A coordinate as exact as a picture needs it. */
export function toTenth(value: number): number {
  return Math.round(value * 10) / 10
}
