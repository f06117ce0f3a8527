/** Numbers of events, a bit each: a long log has more of them than a Set could hold in little memory. */
export class SeqSet {
  #bits = new Uint8Array(1 << 10)

  add(seq: number): void {
    const byte = seq >>> 3
    if (byte >= this.#bits.length) {
      const longer = new Uint8Array(Math.max(byte + 1, 2 * this.#bits.length))
      longer.set(this.#bits)
      this.#bits = longer
    }
    this.#bits[byte]! |= 1 << (seq & 7)
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >>> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }

  /** The least that is `seq` or more. */
  from(seq: number): number | undefined {
    for (let next = seq; next >>> 3 < this.#bits.length; ) {
      if (this.#bits[next >>> 3] === 0) next = ((next >>> 3) + 1) << 3
      else if (this.has(next)) return next
      else next++
    }
    return undefined
  }
}
