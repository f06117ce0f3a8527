import { createHash } from 'node:crypto'
import { type ClientScript, clientScript } from './client-script.js'
import { bdi, type Content, html, join, jsonInScript, type Markup, trusted } from './markup.js'
import { STYLES } from './styles.js'

/** What a page is made of. */
export interface PageParts {
  readonly title: string
  /** Stands above the title: what kind of report this is. */
  readonly overline: string
  /** Stands below the title. */
  readonly summary: Content
  /** Sections to go to: their ids and names. */
  readonly sections: readonly (readonly [id: string, name: string])[]
  readonly main: Content
  readonly footer: Content
  /** What the search box is for. */
  readonly searchLabel: string
  /** What the scripts read. */
  readonly data?: unknown
  readonly scripts: readonly ClientScript[]
}

/**
 * A whole document that needs nothing else.
 *
 * Its Content-Security-Policy allows the style and the scripts that stand in it, by their digests, and nothing more:
 * no request, no form, no inline handler, no style attribute, and no script that makes markup of text.
 */
export function page(parts: PageParts): string {
  const theme = clientScript('theme')
  const scripts = parts.scripts.map(clientScript)
  const policy = [
    "default-src 'none'",
    `script-src ${[theme, ...scripts].map(sourceOf).join(' ')}`,
    `style-src ${sourceOf(STYLES)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="provtrail">
<title>${parts.title}</title>
<style>${trusted(STYLES)}</style>
<script>${trusted(theme)}</script>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top">
<div class="top-row">
<div class="headline">
<p class="overline">${parts.overline}</p>
<h1>${bdi(parts.title)}</h1>
</div>
<button type="button" id="theme" class="control" hidden>Theme: system</button>
</div>
${parts.summary}
</header>
<div class="bar-sticky">
<nav aria-label="Sections"><ul>${parts.sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<div class="search" id="search-box" hidden>
<label for="search">Search</label>
<input type="search" id="search" placeholder="${parts.searchLabel}" autocomplete="off" spellcheck="false" aria-describedby="status">
</div>
<p id="status" role="status" aria-live="polite"></p>
</div>
<main id="main" tabindex="-1">
${parts.main}
</main>
${parts.scripts.includes('selection') && html`<aside id="details" aria-label="Selected" tabindex="-1" hidden></aside>\n`}<footer>${parts.footer}</footer>
${parts.data !== undefined && html`<script type="application/json" id="data">${jsonInScript(parts.data)}</script>\n`}${join(scripts.map(moduleScript), '\n')}
</body>
</html>
`.toString()
}

function moduleScript(text: string): Markup {
  return html`<script type="module">${trusted(text)}</script>`
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
