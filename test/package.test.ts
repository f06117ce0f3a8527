import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newFolder } from './support-store/folder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string
  version: string
  files: string[]
  exports: Record<string, string | Record<string, string>>
  dependencies: Record<string, string>
}

/** What a stranger's project would run. */
const PROGRAM = `
import { openTracker, exportProv, ProvtrailError } from 'provtrail'

const path = process.argv[2]
const tracker = await openTracker({ path, namespace: 'https://example.org/shop' })
const ada = await tracker.agents.registerHuman({ name: 'Ada', contact: 'ada@example.org' })
const bot = await tracker.agents.registerMl({ role: 'worker', provider: 'anthropic', model: 'claude-opus-4-6' })
const t = tracker.as(ada.id)
const login = await t.tasks.create({ title: 'Implement login', type: 'feature', priority: 'high' })
const table = await t.tasks.create({ title: 'Add the user table' })
await t.relations.add(login.id, 'blocked_by', table.id)
const refusal = await t.relations.add(table.id, 'blocked_by', login.id).catch((error) => error)
const ready = (await tracker.tasks.ready()).items.map((task) => task.title)
const verification = await tracker.log.verify({ state: true })
await tracker.close()
const again = await openTracker({ path, readOnly: true })
let turtle = ''
for await (const chunk of exportProv(again, { format: 'turtle' })) turtle += chunk
await again.close()
console.log(JSON.stringify({
  ready,
  verification,
  code: refusal instanceof ProvtrailError && refusal.code,
  model: bot.model.name,
  turtle: turtle.includes('prov:Person'),
}))
`

const TYPED_PROGRAM = `
import { openTracker, type Task, type TaskId, type Tracker } from 'provtrail'

const tracker: Tracker = await openTracker({ path: ':memory:' })
const task: Task = await tracker.tasks.create({ title: 'one' })
const id: TaskId = task.id
// @ts-expect-error there is no such priority
await tracker.tasks.create({ title: 'two', priority: 'urgent' })
// @ts-expect-error the id of a task is not that of an agent
tracker.as(id)
await tracker.close()
`

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_ENV: '' } })
}

describe('the package', () => {
  const folder = newFolder()
  const source = join(folder, 'source')
  const project = join(folder, 'project')
  let packed: { filename: string; files: { path: string }[] }
  let installing: SpawnSyncReturns<string>

  /** Without a registry nothing can be installed; that is nobody's fault. */
  function unreachable(): boolean {
    return (
      installing.status !== 0 &&
      /ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(installing.stderr)
    )
  }

  beforeAll(() => {
    // A copy, for building empties `dist`, which other tests may be using.
    mkdirSync(source)
    const needed = [
      'package.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'tsconfig.client.json',
      'src',
      'README.md',
      'LICENSE',
      ...manifest.files,
    ]
    for (const name of needed) {
      if (name !== 'dist' && existsSync(join(ROOT, name)))
        cpSync(join(ROOT, name), join(source, name), { recursive: true })
    }
    symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
    const building = run('npm', ['run', 'build'], source)
    expect(building.status, building.stdout + building.stderr).toBe(0)
    const packing = run('npm', ['pack', '--json', '--ignore-scripts'], source)
    expect(packing.status, packing.stderr).toBe(0)
    packed = JSON.parse(packing.stdout)[0]

    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
    const tarball = join(source, packed.filename)
    installing = run(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0', tarball],
      project,
    )
    if (installing.status !== 0) return
    // The database's native part is fetched or compiled by its install script: the one that is here already will do.
    const require = createRequire(import.meta.url)
    const database = dirname(require.resolve('better-sqlite3/package.json'))
    cpSync(join(database, 'build', 'Release'), join(project, 'node_modules', 'better-sqlite3', 'build', 'Release'), {
      recursive: true,
      filter: (path) => !/\.(a|o|d)$|obj/.test(path),
    })
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('holds what it needs, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    for (const path of ['schema.sql', 'provtrail.ttl', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
      expect(paths).toContain(path)
    }
    const expected =
      /^(dist\/.*\.(js|d\.ts)|schema\.sql|provtrail\.ttl|package\.json|[A-Z]+\.md|LICENSE|docs\/decisions\/.*\.md|examples\/.*)$/
    expect(paths.filter((path) => !expected.test(path))).toEqual([])
    expect(packed.filename).toBe(`${manifest.name}-${manifest.version}.tgz`)
  })

  test('has the file that each of its entries names', () => {
    const paths = packed.files.map(({ path }) => `./${path}`)
    const targets = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )
    expect(targets.length).toBeGreaterThan(3)
    expect(targets.filter((target) => !paths.includes(target))).toEqual([])
  })

  test('imports nothing but its dependencies, and all of them', () => {
    const imported = new Set<string>()
    for (const { path } of packed.files.filter(({ path }) => path.endsWith('.js'))) {
      const text = readFileSync(join(source, path), 'utf8')
      for (const [, name] of text.matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^.'"][^'"]*)['"]/gm)) {
        if (!name!.startsWith('node:'))
          imported.add(
            name!
              .split('/')
              .slice(0, name!.startsWith('@') ? 2 : 1)
              .join('/'),
          )
      }
    }
    expect([...imported].sort()).toEqual(Object.keys(manifest.dependencies).sort())
  })

  test('runs in an empty project', (context) => {
    if (unreachable()) return context.skip('the registry cannot be reached')
    expect(installing.status, installing.stderr).toBe(0)
    writeFileSync(join(project, 'program.js'), PROGRAM)
    const running = run(process.execPath, ['program.js', join(project, 'deep', 'work.db')], project)
    expect(running.stderr).toBe('')
    expect(JSON.parse(running.stdout)).toEqual({
      ready: ['Add the user table'],
      verification: { ok: true, checked: 6 },
      code: 'CYCLE_DETECTED',
      model: 'claude-opus-4-6',
      turtle: true,
    })
    expect(readdirSync(join(project, 'deep'))).toContain('work.db')
  })

  test('lets its schema and its vocabulary be read by name', (context) => {
    if (unreachable()) return context.skip('the registry cannot be reached')
    const program = `
      import { createRequire } from 'node:module'
      import { readFileSync } from 'node:fs'
      const require = createRequire(import.meta.url)
      for (const name of ['schema.sql', 'provtrail.ttl']) {
        console.log(readFileSync(require.resolve('provtrail/' + name), 'utf8').length)
      }
      console.log(await import('provtrail/dist/index.js').catch((error) => error.code))`
    writeFileSync(join(project, 'resolve.js'), program)
    const running = run(process.execPath, ['resolve.js'], project)
    expect(running.stdout.split('\n')).toEqual([
      String(readFileSync(join(ROOT, 'schema.sql'), 'utf8').length),
      String(readFileSync(join(ROOT, 'provtrail.ttl'), 'utf8').length),
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      '',
    ])
  })

  test('has types that resolve in a strict project', (context) => {
    if (unreachable()) return context.skip('the registry cannot be reached')
    writeFileSync(join(project, 'program.ts'), TYPED_PROGRAM)
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          lib: ['es2022', 'esnext.disposable'],
          module: 'nodenext',
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          // Provtrail's types name AbortSignal, which those of Node (or of a browser) declare.
          types: ['node'],
          typeRoots: [join(ROOT, 'node_modules', '@types')],
        },
        files: ['program.ts'],
      }),
    )
    const checking = run(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', '.'], project)
    expect(checking.stdout + checking.stderr).toBe('')
    expect(checking.status).toBe(0)
  })
})
