import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidNamespaceError } from './errors.js'
import { checkNamespace } from './ids.js'

/** The default port of each scheme that git fetches with; `undefined` where a port says nothing about https. */
const PORT_BY_SCHEME: ReadonlyMap<string, number | undefined> = new Map([
  ['https', 443],
  ['http', 80],
  ['git+https', 443],
  ['git+http', 80],
  ['ssh', undefined],
  ['git+ssh', undefined],
  ['ssh+git', undefined],
  ['git', undefined],
])

/**
 * The namespace for a folder where the caller names none: that of the git remote `origin` if the folder lies in a work
 * tree that has one (see {@link namespaceFromGitRemote}), else the folder itself (see {@link namespaceFromDirectory}).
 * So everyone who works on clones of one repository makes ids in one namespace.
 *
 * The remote is read from the repository's own configuration, also from a linked worktree and a submodule, without
 * running git. Not looked at are the configuration of the user and the system, files that `[include]` names, rewriting
 * by `[url "…"] insteadOf`, and git's environment variables. What cannot be read counts as absent.
 *
 * @throws {InvalidNamespaceError} there is no remote, and the URI of the folder is too long for a namespace.
 */
export function defaultNamespace(directory: string = process.cwd()): string {
  const remote = findOriginUrl(directory)
  return (remote === undefined ? undefined : namespaceFromGitRemote(remote)) ?? namespaceFromDirectory(directory)
}

/**
 * The `file` URI (RFC 8089) of a folder, percent-encoded. The folder need not exist; links are not followed.
 *
 * @throws {InvalidNamespaceError} the URI is too long for a namespace.
 */
export function namespaceFromDirectory(directory: string): string {
  const uri = pathToFileURL(resolve(directory)).href
  try {
    checkNamespace(uri)
  } catch (error) {
    if (!(error instanceof InvalidNamespaceError)) throw error
    throw new InvalidNamespaceError(uri, `${error.reason}; pass a shorter one of your own as \`namespace\``)
  }
  return uri
}

/**
 * The `https` URI of the repository that a git remote names, or `undefined` for what names none that others could
 * reach: a path, a `file` URL, another transport, a malformed URL.
 *
 * However a repository is fetched, it gets the same URI: `git@github.com:ada/engine.git`, `ssh://git@github.com/ada/engine`
 * and `https://ada:secret@GitHub.com/ada/engine.git/` all give `https://github.com/ada/engine`. Forms are those of git's
 * documentation (https://git-scm.com/docs/git-clone#_git_urls), normalised as RFC 3986 §6.2.2 says: host in lower case,
 * dot segments removed, illegal characters percent-encoded. User, password, query, fragment and the suffix `.git` go; so
 * do the default ports of http and https, and any port of ssh and git, which means nothing on https. Letter case of the
 * path stays, since servers differ about it.
 *
 * An `@` inside of a path segment, in the query or in the fragment gives `undefined`: what stands before it may be part of
 * a password with an unencoded `/`, `?` or `#`, and a namespace is in every id. An `@` at the beginning of a segment is
 * part of a name.
 */
export function namespaceFromGitRemote(remoteUrl: string): string | undefined {
  const place = parseUrl(remoteUrl) ?? parseScpLike(remoteUrl)
  if (place === undefined) return undefined
  const host = normalHost(place.host)
  const path = normalPath(place.path)
  if (host === undefined || path === undefined) return undefined
  const uri = `https://${host}${place.port === undefined ? '' : `:${place.port}`}/${path}`
  return isNamespace(uri) ? uri : undefined
}

function isNamespace(text: string): boolean {
  try {
    checkNamespace(text)
    return true
  } catch (error) {
    if (error instanceof InvalidNamespaceError) return false
    throw error
  }
}

/** Where a remote is; the port is one that matters on https. */
interface Place {
  readonly host: string
  readonly port?: number
  /** With the query and the fragment, if any, and without the first slash. */
  readonly path: string
}

function parseUrl(text: string): Place | undefined {
  const [, scheme, authority, path] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)\/(.*)$/s.exec(text) ?? []
  if (scheme === undefined || authority === undefined || path === undefined) return undefined
  if (!PORT_BY_SCHEME.has(scheme.toLowerCase())) return undefined
  const defaultPort = PORT_BY_SCHEME.get(scheme.toLowerCase())
  const [, host, digits] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/.exec(withoutUser(authority)) ?? []
  if (host === undefined) return undefined
  if (!digits) return { host, path }
  const port = Number(digits)
  if (port < 1 || port > 65_535) return undefined
  const meansNothing = defaultPort === undefined || port === defaultPort || port === PORT_BY_SCHEME.get('https')
  return meansNothing ? { host, path } : { host, port, path }
}

/** `user@host:path`, as git and scp write it: a colon before the first slash, in brackets where the host has colons. */
function parseScpLike(text: string): Place | undefined {
  const [, before, path] = /^((?:[^/:[\]]*@)?\[[^\]/]*\]|[^/:[\]]+):(.*)$/s.exec(text) ?? []
  if (before === undefined || path === undefined) return undefined
  // `host::address` asks for a remote helper, `https://…` that came here is malformed, and `c:` is a drive.
  if (path.startsWith(':') || path.startsWith('//') || /^[A-Za-z]$/.test(before)) return undefined
  if (PORT_BY_SCHEME.has(before.toLowerCase()) || before.toLowerCase() === 'file') return undefined
  const bracketed = /^(?:.*@)?\[(.*)\]$/.exec(before)?.[1]
  if (bracketed === undefined) return { host: withoutUser(before), path }
  // `[::1]:path` has a host in brackets, `[user@host:22]:path` a host with its port.
  const inner = withoutUser(bracketed)
  const withPort = /^([^:]+):[0-9]+$/.exec(inner)?.[1]
  return { host: withPort ?? `[${inner}]`, path }
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1)
}

/** In lower case, Unicode names in ASCII (IDNA), IPv6 at its shortest; `undefined` for what is no host. */
function normalHost(host: string): string | undefined {
  if (host === '' || /[/\\?#\s]/.test(host)) return undefined
  const normal = toUrl(`https://${host}/`)?.hostname
  if (normal === undefined || !/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(normal)) return undefined
  // The URL standard reads numbers as IPv4 addresses, but `12:30` is no repository on the machine 0.0.0.12.
  return /^[0-9.]+$/.test(normal) && normal !== host ? undefined : normal
}

function toUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function normalPath(text: string): string | undefined {
  const path = text.replace(/[?#].*$/s, '')
  if (/\p{Surrogate}/u.test(path) || text.slice(path.length).includes('@')) return undefined
  const segments: string[] = []
  for (const raw of path.split('/')) {
    const segment = normalSegment(raw)
    if (segment === '' || segment === '.') continue
    if (segment.lastIndexOf('@') > 0) return undefined
    if (segment === '..') segments.pop()
    else segments.push(segment)
  }
  const last = segments.pop()?.replace(/(?:\.git)+$/, '')
  if (last) segments.push(last)
  return segments.length === 0 ? undefined : segments.join('/')
}

/** Unreserved characters as they are, what is illegal in a segment percent-encoded (RFC 3986 §2.3, §3.3, §6.2.2). */
function normalSegment(segment: string): string {
  return segment
    .replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@%]/gu, encodeURIComponent)
    .replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
      const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
      return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase()
    })
}

/** The url that git would fetch `origin` from, for a folder inside of a work tree or a git directory. */
function findOriginUrl(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const gitDirectory = gitDirectoryAt(at)
    if (gitDirectory !== undefined) {
      const config = readText(join(commonDirectory(gitDirectory), 'config'))
      return config === undefined ? undefined : originUrl(config)
    }
    if (dirname(at) === at) return undefined
  }
}

/** The git directory of a work tree that begins at this folder, or the folder if it is a git directory itself. */
function gitDirectoryAt(directory: string): string | undefined {
  const dotGit = join(directory, '.git')
  const link = readText(dotGit)
  if (link !== undefined) return resolve(directory, /^gitdir: ([^\r\n]+)/.exec(link)?.[1] ?? dotGit)
  return [dotGit, directory].find(isGitDirectory)
}

/** Whether git itself would take the folder for a git directory, by what must be in one (gitrepository-layout). */
function isGitDirectory(directory: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(directory, name)))
}

/** A linked worktree has a git directory of its own, whose `commondir` leads to the one with the configuration. */
function commonDirectory(gitDirectory: string): string {
  return resolve(gitDirectory, readText(join(gitDirectory, 'commondir'))?.trim() ?? '.')
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * The first `url` in `[remote "origin"]`, which is the one that git fetches from; an empty one takes back those before
 * it (git-config, `remote.<name>.url`). A file with a syntax error has none: git refuses to read it as well.
 */
function originUrl(config: string): string | undefined {
  let urls: string[] = []
  let inOrigin = false
  let rest = config.replace(/^\uFEFF/, '')
  for (;;) {
    rest = rest.replace(/^(?:\s|[#;][^\n]*)+/, '')
    if (rest === '') return urls[0]
    // Names of sections and variables disregard letter case; the name in quotes does not.
    const section = /^\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\[^\n])*)")?\]/.exec(rest)
    if (section) {
      const name = section[2]?.replace(/\\(.)/g, '$1')
      const title = section[1]!.toLowerCase()
      inOrigin = name === undefined ? title === 'remote.origin' : title === 'remote' && name === 'origin'
      rest = rest.slice(section[0].length)
      continue
    }
    const variable = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=((?:"(?:[^"\\\n]|\\[\s\S])*"|\\[\s\S]|[^"\\\n#;])*))?/.exec(
      rest,
    )
    if (!variable) return undefined
    rest = rest.slice(variable[0].length)
    if (!/^(?:[#;\r\n]|$)/.test(rest)) return undefined
    const value = variable[2]
    if (!inOrigin || variable[1]!.toLowerCase() !== 'url' || value === undefined) continue
    const url = unquote(value)
    urls = url === '' ? [] : [...urls, url]
  }
}

/** A value without its quotes, escapes and outer blanks (git-config, "Values"). */
function unquote(value: string): string {
  let text = ''
  let quoted = false
  let end = 0
  for (const token of value.match(/\\\r\n|\\[\s\S]|[^\\]/gu) ?? []) {
    if (token === '"') {
      quoted = !quoted
      continue
    }
    if (token === '\\\n' || token === '\\\r\n') continue
    const plain = token.startsWith('\\') ? escaped(token.slice(1)) : token
    const blank = !quoted && /^\s$/.test(token)
    if (blank && text === '') continue
    text += plain
    if (!blank) end = text.length
  }
  return text.slice(0, end)
}

function escaped(letter: string): string {
  return { n: '\n', t: '\t', b: '\b' }[letter] ?? letter
}
