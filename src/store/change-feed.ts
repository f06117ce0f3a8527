import type { Watch } from './store.js'

/** How soon a commit of another process shows: looking costs some microseconds. */
const LOOK_MS = 20

interface Waiting extends Watch {
  wake(): void
}

/**
 * Wakes those who wait for commits: at once for those that `wake` tells of, and by looking at `version` from time to
 * time for those of others. It looks only while somebody waits.
 */
export class ChangeFeed {
  readonly #version: (() => number | undefined) | undefined
  readonly #watches = new Set<Waiting>()
  /** How often something was committed, as far as is known. */
  #changes = 0
  #lastVersion: number | undefined
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** Without `version`, only `wake` tells of commits. */
  constructor(version?: () => number | undefined) {
    this.#version = version
  }

  /** Something was committed. */
  wake(): void {
    this.#changes++
    for (const watch of this.#watches) watch.wake()
  }

  watch(): Watch {
    this.#look()
    let seen = this.#changes
    let resolve: ((changed: boolean) => void) | undefined
    let open = !this.#closed
    const settle = (changed: boolean): void => {
      if (resolve === undefined) return
      const settled = resolve
      resolve = undefined
      this.#count(-1)
      seen = this.#changes
      settled(changed)
    }
    const watch: Waiting = {
      next: async () => {
        if (open) this.#look()
        if (!open) return false
        if (seen !== this.#changes) {
          seen = this.#changes
          return true
        }
        return new Promise<boolean>((waiting) => {
          resolve = waiting
          this.#count(1)
        })
      },
      wake: () => settle(true),
      get closed() {
        return !open
      },
      close: () => {
        open = false
        this.#watches.delete(watch)
        settle(false)
      },
    }
    if (open) this.#watches.add(watch)
    return watch
  }

  /** Ends every watch. */
  close(): void {
    this.#closed = true
    for (const watch of [...this.#watches]) watch.close()
  }

  #count(by: 1 | -1): void {
    this.#waiting += by
    if (this.#waiting > 0 && this.#version !== undefined) this.#timer ??= setInterval(() => this.#look(), LOOK_MS)
    else if (this.#waiting === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #look(): void {
    if (this.#closed || this.#version === undefined) return
    try {
      const version = this.#version()
      if (version === undefined || version === this.#lastVersion) return
      this.#lastVersion = version
    } catch {
      // Whoever is woken reads, and learns what is wrong.
    }
    this.wake()
  }
}
