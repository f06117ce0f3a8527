import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { newFolder } from './folder.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let compiled: string | undefined

afterAll(() => {
  if (compiled !== undefined) rmSync(compiled, { recursive: true })
})

/**
 * A program of `test/workers`, compiled with the library as it is now.
 *
 * Dozens of processes start in these tests: compiling once costs less than each of them translating the whole library.
 */
export function compiledWorker(name: string): string {
  if (compiled === undefined) compile()
  return join(compiled!, 'out', 'test', 'workers', `${name}.js`)
}

function compile(): void {
  const folder = newFolder()
  compiled = folder
  // Workers that run as somebody else must be able to read it.
  chmodSync(folder, 0o755)
  const out = join(folder, 'out')
  mkdirSync(out)
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      rootDir: ROOT,
      outDir: out,
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    },
    include: [join(ROOT, 'test', 'workers')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', folder])
  writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module' }))
  copyFileSync(join(ROOT, 'schema.sql'), join(out, 'schema.sql'))
  symlinkSync(join(ROOT, 'node_modules'), join(out, 'node_modules'))
}
