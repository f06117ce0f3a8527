import { momentOf } from '../text/moment.js'
import { words } from '../text/words.js'
import { bdi, type Content, html, type Markup } from './markup.js'

/** A time to the minute, in UTC as the page says once; the whole time is in the attribute. */
export function time(at: string): Markup {
  return html`<time datetime="${at}">${momentOf(at)}</time>`
}

/** A small word with a colour of its own, such as a status; the colours are in the styles of the page. */
export function badge(term: string, tone: string = term): Markup {
  return html`<span class="badge" data-tone="${tone}">${words(term)}</span>`
}

/** Long text of a record, with its lines as they are; nothing where there is none. */
export function prose(text: string | undefined): Content {
  return text ? html`<div class="prose">${bdi(text)}</div>` : undefined
}
