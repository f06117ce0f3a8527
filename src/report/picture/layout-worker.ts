import { parentPort, workerData } from 'node:worker_threads'
import type { LayoutAnswer, LayoutQuestion } from './layout-message.js'

/** Runs Graphviz, which takes its time and cannot be interrupted but by ending the thread. */
async function answer({ dot }: LayoutQuestion): Promise<LayoutAnswer> {
  let viz: typeof import('@viz-js/viz')
  try {
    viz = await import('@viz-js/viz')
  } catch (error) {
    return { kind: 'missing', reason: String(error) }
  }
  const graphviz = await viz.instance()
  const result = graphviz.render(dot, { format: 'json0', engine: 'dot' })
  if (result.status === 'success') return { kind: 'layout', json: result.output }
  return { kind: 'failure', reason: result.errors.map(({ message }) => message.trim()).join('; ') }
}

parentPort!.postMessage(await answer(workerData as LayoutQuestion))
