import { Worker } from 'node:worker_threads'
import { LayoutError, MissingDependencyError } from '../../errors.js'
import type { RenderProgress } from '../report-format.js'
import { type Figure, figureOf } from './figure.js'
import { toDot, toLayout } from './graphviz.js'
import type { Layout } from './layout.js'
import type { LayoutAnswer, LayoutQuestion } from './layout-message.js'
import type { Picture } from './picture.js'

/** What `layOut` takes besides the picture. */
export interface LayOutOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RenderProgress) => void
}

/**
 * Where the shapes and arrows of a picture lie, by Graphviz's `dot` in a thread of its own, which ends with the layout.
 *
 * @throws {MissingDependencyError} `@viz-js/viz` is not installed.
 * @throws {LayoutError} Graphviz failed.
 */
export async function layOut(picture: Picture, { signal, onProgress }: LayOutOptions = {}): Promise<Layout> {
  signal?.throwIfAborted()
  onProgress?.({ phase: 'layout', done: 0, total: 1 })
  const figureByKey = new Map<string, Figure>(picture.nodes.map((node) => [node.key, figureOf(node)]))
  const answer = await ask({ dot: toDot(picture, figureByKey) }, signal)
  if (answer.kind === 'missing') {
    throw new MissingDependencyError('@viz-js/viz', 'the formats html and svg', answer.reason)
  }
  if (answer.kind === 'failure') throw new LayoutError(answer.reason)
  const layout = toLayout(answer.json, figureByKey)
  onProgress?.({ phase: 'layout', done: 1, total: 1 })
  return layout
}

async function ask(question: LayoutQuestion, signal: AbortSignal | undefined): Promise<LayoutAnswer> {
  // Loaders that the process was started with, such as a compiler's, would take longer to start than most layouts.
  const worker = new Worker(new URL('./layout-worker.js', import.meta.url), { workerData: question, execArgv: [] })
  const { promise, resolve, reject } = withResolvers<LayoutAnswer>()
  const abort = () => reject(signal!.reason)
  signal?.addEventListener('abort', abort, { once: true })
  worker.once('message', resolve)
  worker.once('error', (error) => reject(new LayoutError(String(error), error)))
  worker.once('exit', (code) => reject(new LayoutError(`its thread ended with code ${code}`)))
  try {
    return await promise
  } finally {
    signal?.removeEventListener('abort', abort)
    void worker.terminate()
  }
}

function withResolvers<Value>(): {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (reason: unknown) => void
} {
  let resolve!: (value: Value) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
