import { hash } from 'node:crypto'

const NAME_SPACE_BYTES = 16

/**
 * Makes uuids of names within a name space (version 5, RFC 9562 §5.5), as `v5` of the package `uuid` does, at a quarter of
 * the time: an export in full makes one for every sixth statement.
 */
export class NamedUuids {
  /** The name space, and behind it the name that is hashed. */
  #bytes: Buffer

  constructor(nameSpace: string) {
    this.#bytes = Buffer.alloc(1_024)
    this.#bytes.write(nameSpace.replaceAll('-', ''), 'hex')
  }

  of(name: string): string {
    const most = NAME_SPACE_BYTES + 3 * name.length
    if (most > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * most)
    const length = this.#bytes.write(name, NAME_SPACE_BYTES)
    const digest = hash('sha1', this.#bytes.subarray(0, NAME_SPACE_BYTES + length), 'hex')
    const variant = ((Number.parseInt(digest[16]!, 16) & 3) | 8).toString(16)
    return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
  }
}
