import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { compiledWorker } from './compiled.js'

/** Another process that reads or writes a log: see `test/workers/log-worker.ts`. */
export class LogProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  #said = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#exit = once(child, 'close')
    child.stdout!.on('data', (chunk: Buffer) => {
      this.#said += chunk
    })
  }

  /** Starts a process, which waits for `go`. */
  static async start(mode: string, path: string, ...numbers: readonly number[]): Promise<LogProcess> {
    const child = fork(compiledWorker('log-worker'), [mode, path, ...numbers.map(String)], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const process = new LogProcess(child)
    await once(child, 'message')
    return process
  }

  go(): void {
    this.#child.send('go')
  }

  /** The lines that it has said, when it has ended by itself. */
  async ended(): Promise<string[]> {
    const [code] = await this.#exit
    if (code !== 0) throw new Error(`the process ended with ${code}`)
    return this.lines()
  }

  /** Ends it without a warning; resolves to the whole lines that it had said by then. */
  async kill(): Promise<string[]> {
    this.#child.kill('SIGKILL')
    await this.#exit
    return this.lines()
  }

  /** The whole lines that it has said so far. */
  lines(): string[] {
    return this.#said.split('\n').slice(0, -1)
  }
}
