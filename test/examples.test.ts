import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = readdirSync(new URL('../examples', import.meta.url)).filter((name) => name.endsWith('.ts'))

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
}

/** The code of an example without its first comment, and the output that its last comment promises. */
function partsOf(name: string): { code: string; printed: string } {
  const [code, printed] = read(`examples/${name}`).split('\n// Prints:\n') as [string, string]
  return {
    code: code.replace(/^(\/\/.*\n)+/, '').trim(),
    printed: printed
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\/\/ ?/, ''))
      .join('\n'),
  }
}

describe.each(examples)('examples/%s', (name) => {
  test('prints what its last comment says', async () => {
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--import', 'tsx', `examples/${name}`], { cwd: root })
    expect(stdout.trimEnd()).toBe(partsOf(name).printed)
  })
})

test('the code and the output of the README are those of the first example', () => {
  const { code, printed } = partsOf('quickstart.ts')
  const readme = read('README.md')
  expect(readme).toContain(`\`\`\`ts\n${code}\n\`\`\``)
  expect(readme).toContain(`\`\`\`\n${printed}\n\`\`\``)
})

test('the worker in the README is the one of the example with two of them', () => {
  const { code } = partsOf('two-agents.ts')
  const start = code.indexOf('/** Claims the first task')
  const worker = code.slice(start, code.indexOf('\n}\n', start) + 2)
  expect(worker).toContain('claims.complete')
  expect(read('README.md')).toContain(`\`\`\`ts\n${worker}\n\`\`\``)
})

test('the picture in the README is the one that the lineage example draws', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'provtrail-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/lineage-report.ts', folder], { cwd: root })
  expect(readdirSync(folder).sort()).toEqual(['lineage.html', 'lineage.md', 'lineage.svg', 'lineage.ttl'])
  const withoutIds = (svg: string) => svg.replace(/ data-id="[^"]*"/g, '')
  expect(withoutIds(readFileSync(join(folder, 'lineage.svg'), 'utf8'))).toBe(withoutIds(read('docs/lineage.svg')))
  expect(read('README.md')).toContain('](docs/lineage.svg)')
})
