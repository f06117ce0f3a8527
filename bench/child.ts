import { type ChildProcess, fork } from 'node:child_process'

/** A process of ours that runs one script of this folder and answers in messages. */
export class Child {
  readonly #process: ChildProcess
  readonly #messages: unknown[] = []
  #failure: Error | undefined
  #wake: () => void = () => {}

  /** It is ended after `limitMs`, whatever it does; `flags` are Node's own. */
  constructor(script: string, args: readonly string[], limitMs: number, flags: readonly string[] = []) {
    this.#process = fork(new URL(script, import.meta.url), args, {
      timeout: limitMs,
      killSignal: 'SIGKILL',
      execArgv: [...process.execArgv, ...flags],
    })
    this.#process.on('message', (message) => {
      this.#messages.push(message)
      this.#wake()
    })
    this.#process.on('error', (error) => this.#fail(error))
    this.#process.on('exit', (code, signal) => this.#fail(new Error(`${script} ended with ${signal ?? code}`)))
  }

  send(message: object): void {
    this.#process.send(message)
  }

  /** The next message. */
  async receive<Message>(): Promise<Message> {
    while (this.#messages.length === 0) {
      if (this.#failure !== undefined) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#messages.shift() as Message
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }
}
