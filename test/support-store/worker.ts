import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Jobs } from '../workers/tracker-worker.js'
import { compiledWorker } from './compiled.js'

type JobName = keyof Jobs
type Answer = { readonly call: number } & (
  | { readonly value: unknown }
  | { readonly code: string; readonly text: string }
)

/** What a worker's call was refused with. */
class WorkerRefusal extends Error {
  readonly code: string
  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

/** Another process that holds a tracker and does as it is told. */
export class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>()
  #calls = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.call)
      if (waiting === undefined) return
      this.#waiting.delete(answer.call)
      if ('code' in answer) waiting.reject(new WorkerRefusal(answer.code, answer.text))
      else waiting.resolve(answer.value as never)
    })
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the worker is gone'))
    })
  }

  /** Starts a process; `options` may give it another user. */
  static async start(options: { readonly uid?: number; readonly gid?: number } = {}): Promise<Worker> {
    const child = fork(compiledWorker('tracker-worker'), [], { ...options, execArgv: [] })
    await once(child, 'message')
    return new Worker(child)
  }

  static startMany(count: number): Promise<Worker[]> {
    return Promise.all(Array.from({ length: count }, () => Worker.start()))
  }

  call<Name extends JobName>(name: Name, ...args: Parameters<Jobs[Name]>): Promise<Awaited<ReturnType<Jobs[Name]>>> {
    const call = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
      this.#child.send({ call, name, args })
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.disconnect()
    await gone
  }

  /** Ends the process as a power cut would end it: nothing is tidied up. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}
