import { describe, expect, it } from 'vitest'
import { flawOfIri } from '../src/prov/iri.js'

describe('flawOfIri', () => {
  it.each([
    'https://example.org',
    'https://example.org/a/b?c=d/e?f#g/h?i',
    'http://user:pass@[2001:db8::1]:8080/',
    'http://[v1.a:b]/',
    'urn:uuid:019b8000-0000-7000-8000-000000000001',
    'mailto:a@example.org',
    'prov:Entity',
    'file:///home/%C3%A9',
    'http://例え.jp/ü/😀?\u{E000}',
    'git:9f2c',
    "x:!$&'()*+,;=:@-._~",
    'x:',
  ])('takes %s', (text) => {
    expect(flawOfIri(text)).toBeUndefined()
  })

  it.each([
    ['', /relative/],
    ['a/b', /relative/],
    ['//example.org/a', /relative/],
    ['#a', /relative/],
    ['1x:a', /relative/],
    ['http://example.org/a> <http://x', /U\+003E/],
    ['http://example.org/a b', /U\+0020/],
    ['http://example.org/"', /U\+0022/],
    ['http://example.org/{a}', /U\+007B/],
    ['http://example.org/a|b', /U\+007C/],
    ['http://example.org/^', /U\+005E/],
    ['http://example.org/`', /U\+0060/],
    ['C:\\work', /U\+005C/],
    ['http://example.org/\n', /U\+000A/],
    ['http://example.org/\0', /U\+0000/],
    ['http://example.org/\u202E', /U\+202E/],
    ['http://example.org/\ud800', /lone surrogate/],
    ['http://example.org/\udc00a', /lone surrogate/],
    ['http://example.org/\ufffe', /RFC 3987/],
    ['http://example.org/\u{E000}', /RFC 3987/],
    ['http://example.org/%4', /RFC 3987/],
    ['http://example.org/%zz', /RFC 3987/],
    ['http://example.org/a#b#c', /RFC 3987/],
    ['http://example.org/[a]', /RFC 3987/],
    ['http://[::1', /RFC 3987/],
    ['http://example.org:port/', /RFC 3987/],
    ['http://example.org/a/../b', /segment/],
    ['http://example.org/.', /segment/],
    ['file:///..', /segment/],
    ['git:../a', /segment/],
  ])('says what is wrong with %j', (text, flaw) => {
    expect(flawOfIri(text)).toMatch(flaw)
  })

  it('takes no longer for a long text than it should', () => {
    const started = performance.now()
    expect(flawOfIri(`https://example.org/${'a'.repeat(10_000)}`)).toBeUndefined()
    expect(flawOfIri(`https://${'a@'.repeat(5_000)}`)).toMatch(/RFC 3987/)
    expect(flawOfIri(`https://example.org/${'%41'.repeat(3_000)}%`)).toMatch(/RFC 3987/)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
