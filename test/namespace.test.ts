import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidNamespaceError } from '../src/errors.js'
import { checkNamespace } from '../src/ids.js'
import { defaultNamespace, namespaceFromDirectory, namespaceFromGitRemote } from '../src/namespace.js'

const ENGINE = 'https://github.com/ada/engine'

describe('the namespace of a git remote', () => {
  test.each([
    'git@github.com:ada/engine.git',
    'github.com:ada/engine',
    'git@github.com:/ada/engine.git',
    '[git@github.com:22]:ada/engine.git',
    'ssh://git@github.com/ada/engine.git',
    'ssh://git@github.com:22/ada/engine',
    'ssh://git@github.com:2222/ada/engine.git/',
    'git+ssh://git@github.com/ada/engine.git',
    'git://github.com/ada/engine.git',
    'git://github.com:9418/ada/engine.git',
    'http://github.com/ada/engine.git',
    'http://github.com:80/ada/engine',
    'http://github.com:443/ada/engine',
    'https://github.com/ada/engine.git.git',
    'https://github.com/ada/engine',
    'https://github.com:443/ada/engine.git',
    'https://github.com:/ada/engine',
    'git+https://github.com/ada/engine.git',
    'HTTPS://GitHub.COM/ada/engine.git//',
    'https://github.com//ada/./x/../engine',
    'https://github.com/ada/engine.git?depth=1',
    'https://github.com/ada/engine.git#main',
    'https://github.com/%61da/engine',
    'https://ada:secret@github.com/ada/engine',
    'https://ada:se@cr@et@github.com/ada/engine',
    'https://token@github.com:443/ada/engine',
    'https://ada:secret\\@github.com/ada/engine',
  ])('is one and the same for %s', (url) => {
    expect(namespaceFromGitRemote(url)).toBe(ENGINE)
  })

  test.each([
    ['https://example.org:8443/a/b.git', 'https://example.org:8443/a/b'],
    ['http://example.org:8080/a/b', 'https://example.org:8080/a/b'],
    ['ssh://git@[2001:DB8:0:0::1]:22/a/b.git', 'https://[2001:db8::1]/a/b'],
    ['https://[::1]:8443/a', 'https://[::1]:8443/a'],
    ['git@[::1]:a/b', 'https://[::1]/a/b'],
    ['https://192.0.2.7/a', 'https://192.0.2.7/a'],
    ['https://münchen.example/a', 'https://xn--mnchen-3ya.example/a'],
    ['https://example.org/a b/é', 'https://example.org/a%20b/%C3%A9'],
    ['https://example.org/%7eada/%2fx/100%', 'https://example.org/~ada/%2Fx/100%25'],
    ['https://example.org/a|b^[c]"<d>\\e', 'https://example.org/a%7Cb%5E%5Bc%5D%22%3Cd%3E%5Ce'],
    ['host:~ada/tool.git', 'https://host/~ada/tool'],
    ['https://example.org/Ada/Engine.GIT', 'https://example.org/Ada/Engine.GIT'],
    ['https://example.org/a/.git', 'https://example.org/a'],
    ['https://tangled.example/@ada.example/core', 'https://tangled.example/@ada.example/core'],
    ['git@tangled.example:@ada.example/core', 'https://tangled.example/@ada.example/core'],
  ])('of %s is %s', (url, namespace) => {
    expect(namespaceFromGitRemote(url)).toBe(namespace)
  })

  test.each([
    '',
    ' ',
    'engine',
    '/srv/git/engine.git',
    './engine:1',
    '../engine.git',
    '~/engine',
    'file:///srv/git/engine.git',
    'file:engine',
    'C:\\work\\engine',
    'C:/work/engine',
    'c:engine',
    '\\\\server\\share\\engine',
    'ftp://example.org/engine',
    'ext::ssh -p 22 %S example.org',
    'https:example.org/engine',
    'https://example.org',
    'https://example.org/',
    'https://example.org/.git',
    'https://example.org/../..',
    'https:///engine',
    'https://exa mple.org/engine',
    'https://a"b/engine',
    'https://[::zz]/engine',
    'https://example.org:0/engine',
    'https://example.org:65536/engine',
    'ssh://example.org:port/engine',
    '12:30',
    'mailto:ada@example.org',
    `https://example.org/${'x'.repeat(500)}`,
    'https://example.org/\ud800',
  ])('does not exist for %j', (url) => {
    expect(namespaceFromGitRemote(url)).toBeUndefined()
  })

  test('never holds the password, whatever it is made of', () => {
    const secret = fc
      .string({ unit: fc.constantFrom('@', ':', '/', '?', '#', '%', '\\', '[', ']', ' ', 's', '7'), maxLength: 12 })
      .map((text) => `s3cr3t${text}w0rd`)
    const forms = fc.constantFrom(
      (password: string) => `https://ada:${password}@github.com/ada/engine.git`,
      (password: string) => `ssh://git:${password}@github.com/ada/engine.git`,
      (password: string) => `ada:${password}@github.com:ada/engine.git`,
    )
    fc.assert(
      fc.property(secret, forms, (password, form) => {
        const namespace = namespaceFromGitRemote(form(password)) ?? ''
        expect(namespace).not.toContain('s3cr3t')
        expect(namespace).not.toContain('w0rd')
      }),
      { numRuns: 2_000 },
    )
  })

  test('passes as a namespace and names itself, for any host and path', () => {
    const path = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
    let some = 0
    fc.assert(
      fc.property(
        fc.constantFrom('https://h.example:8443/', 'git@h.example:', 'ssh://[::1]:22/'),
        path,
        (head, tail) => {
          const namespace = namespaceFromGitRemote(head + tail)
          if (namespace === undefined) return
          some++
          expect(namespace).toMatch(/^https:\/\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/[\]]+$/)
          expect(() => checkNamespace(namespace)).not.toThrow()
          expect(namespaceFromGitRemote(namespace)).toBe(namespace)
        },
      ),
      { numRuns: 1_000 },
    )
    expect(some).toBeGreaterThan(500)
  })
})

describe('the namespace of a folder', () => {
  test('is its file URI, percent-encoded, from which the folder can be found again', () => {
    const folder = join(tmpdir(), 'a b#c?d%e é\\f\n|')
    const uri = namespaceFromDirectory(folder)
    expect(uri).toMatch(/^file:\/\/\/[!-~]+$/)
    expect(uri).not.toMatch(/[#?|\\]/)
    expect(fileURLToPath(uri)).toBe(folder)
    expect(namespaceFromDirectory(`${folder}/`)).toBe(uri)
  })

  test('is refused where it is too long, with the way out', () => {
    const folder = join('/', 'x'.repeat(600))
    expect(() => namespaceFromDirectory(folder)).toThrow(InvalidNamespaceError)
    expect(() => defaultNamespace(folder)).toThrow(
      /608 UTF-16 code units.*pass a shorter one of your own as `namespace`/,
    )
  })
})

describe('the default namespace', () => {
  let root: string

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'provtrail-namespace-')))
  })

  afterAll(() => {
    rmSync(root, { recursive: true, force: true })
  })

  /** git without the configuration of whoever runs the tests. */
  function git(directory: string, ...args: string[]): string {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    return execFileSync('git', ['-C', directory, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  function repository(name: string): string {
    const directory = join(root, name)
    mkdirSync(directory)
    git(directory, 'init', '--quiet')
    return directory
  }

  function commit(directory: string): void {
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    git(directory, ...who, 'commit', '--quiet', '--allow-empty', '--message', 'Begin')
  }

  /** A repository whose configuration ends in this text. */
  function configured(name: string, text: string): string {
    const directory = repository(name)
    writeFileSync(join(directory, '.git', 'config'), text)
    return directory
  }

  test('is the remote origin, in every folder of the work tree and in the git directory', () => {
    const directory = repository('plain')
    git(directory, 'remote', 'add', 'upstream', 'https://example.org/other')
    git(directory, 'remote', 'add', 'origin', 'git@github.com:ada/engine.git')
    mkdirSync(join(directory, 'src', 'deep'), { recursive: true })
    for (const folder of ['', 'src/deep', 'not/there', '.git', '.git/refs']) {
      expect(defaultNamespace(join(directory, folder))).toBe(ENGINE)
    }
  })

  test('is the folder where there is no repository, no origin, or one that nobody else could reach', () => {
    const bare = join(root, 'no-repository')
    mkdirSync(bare)
    const withoutOrigin = repository('no-origin')
    git(withoutOrigin, 'remote', 'add', 'upstream', 'https://example.org/other')
    const local = repository('local origin')
    git(local, 'remote', 'add', 'origin', withoutOrigin)
    for (const directory of [bare, withoutOrigin, local]) {
      expect(defaultNamespace(directory)).toBe(pathToFileURL(directory).href)
    }
  })

  test('is that of the folder in which the process runs, where none is given', () => {
    expect(defaultNamespace()).toBe(defaultNamespace(process.cwd()))
  })

  test('is the same in a linked worktree', () => {
    const directory = repository('main-tree')
    git(directory, 'remote', 'add', 'origin', 'git@github.com:ada/engine.git')
    commit(directory)
    git(directory, 'worktree', 'add', '--quiet', '../linked-tree')
    expect(defaultNamespace(join(root, 'linked-tree'))).toBe(ENGINE)
  })

  test('is its own remote in a submodule', () => {
    const part = repository('part')
    commit(part)
    const whole = repository('whole')
    git(whole, 'remote', 'add', 'origin', 'git@github.com:ada/engine.git')
    git(whole, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', part, 'part')
    git(join(whole, 'part'), 'remote', 'set-url', 'origin', 'https://example.org/ada/part.git')
    expect(defaultNamespace(join(whole, 'part'))).toBe('https://example.org/ada/part')
    expect(defaultNamespace(whole)).toBe(ENGINE)
  })

  test('is the folder where a .git file leads nowhere, not the repository around it', () => {
    const outer = repository('outer')
    git(outer, 'remote', 'add', 'origin', 'git@github.com:ada/engine.git')
    for (const [name, text] of [
      ['gone', 'gitdir: ../../gone\n'],
      ['odd', 'nonsense'],
    ] as const) {
      mkdirSync(join(outer, name))
      writeFileSync(join(outer, name, '.git'), text)
      expect(defaultNamespace(join(outer, name))).toBe(pathToFileURL(join(outer, name)).href)
    }
  })

  test('passes over a .git folder that is no git directory, as git does', () => {
    const outer = repository('around')
    git(outer, 'remote', 'add', 'origin', 'git@github.com:ada/engine.git')
    mkdirSync(join(outer, 'inner', '.git'), { recursive: true })
    expect(defaultNamespace(join(outer, 'inner'))).toBe(ENGINE)
    expect(git(join(outer, 'inner'), 'remote', 'get-url', 'origin')).toContain('ada/engine')
  })

  const layouts: [name: string, text: string][] = [
    ['comments', '# one\n; two\n[remote "origin"] # three\n  url = git@github.com:ada/engine.git ; four\n'],
    ['quotes', '[remote "origin"]\n  url = "git@github.com:ada/"engine".git" # x\n'],
    ['escapes', '[remote "\\origin"]\n  url = git@github.com:ada/\\\nengine.git\n'],
    ['one-line', '[remote "origin"] url = git@github.com:ada/engine.git'],
    ['case', '[REMOTE "origin"]\n  URL=git@github.com:ada/engine.git\n'],
    ['dotted', '[remote.Origin]\nurl = git@github.com:ada/engine.git\n'],
    ['windows', '\ufeff[core]\r\n\tbare = false\r\n[remote "origin"]\r\n\turl = git@github.com:ada/engine.git\r\n'],
    ['no-value', '[remote "origin"]\n  prune\n  url = git@github.com:ada/engine.git\n  mirror\n'],
    ['two', '[remote "origin"]\n  url = git@github.com:ada/engine.git\n  url = https://example.org/mirror\n'],
    ['split', '[remote "origin"]\nfetch = x\n[core]\nurl = x\n[remote "origin"]\nurl = git@github.com:ada/engine.git'],
    [
      'others',
      '[remote "Origin"]\nurl = h:a\n[remote "ori gin"]\nurl = h:b\n[remote "origin"]\nurl = github.com:ada/engine',
    ],
  ]
  test.each(layouts)('is read from a configuration with %s, as git reads it', (name, text) => {
    const directory = configured(name, text)
    expect(defaultNamespace(directory)).toBe(ENGINE)
    const first = git(directory, 'config', '--get-all', 'remote.origin.url').split('\n')[0]!
    expect(namespaceFromGitRemote(first)).toBe(ENGINE)
  })

  test('starts anew after an empty url', () => {
    const text = '[remote "origin"]\nurl = https://example.org/old\nurl =\nurl = git@github.com:ada/engine.git\n'
    expect(defaultNamespace(configured('emptied', text))).toBe(ENGINE)
  })

  test.each([
    ['unclosed-section', '[remote "origin"\nurl = git@github.com:ada/engine.git\n'],
    ['unclosed-quote', '[remote "origin"]\nurl = "git@github.com:ada/engine.git\n'],
    ['bad-name', '[remote "origin"]\nurl = git@github.com:ada/engine.git\n7 = x\n'],
  ])('is the folder where git cannot read the configuration: %s', (name, text) => {
    const directory = configured(name, text)
    expect(defaultNamespace(directory)).toBe(pathToFileURL(directory).href)
    expect(() => git(directory, 'config', '--get', 'remote.origin.url')).toThrow()
  })

  test('is read as git has written it, for any url', () => {
    const directory = repository('any-url')
    const unit = fc.constantFrom('a', 'é', ' ', '"', '\\', '#', ';', '\t', '\n', '=', '[', ']', "'", '%', '.')
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 12 }), (tail) => {
        const url = `git@example.org:x/${tail}`
        git(directory, 'config', 'remote.origin.url', url)
        expect(defaultNamespace(directory)).toBe(namespaceFromGitRemote(url) ?? pathToFileURL(directory).href)
      }),
      { numRuns: 100 },
    )
  })
})
