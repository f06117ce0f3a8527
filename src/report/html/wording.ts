import { bdi, type Content, html, type Markup } from './markup.js'

/** A time to the minute, in UTC as the page says once; the whole time is in the attribute. */
export function time(at: string): Markup {
  return html`<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 16)}</time>`
}

/** A time as text, to the minute. */
export function timeText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`
}

/** A number with its thousands apart. */
export function numberText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** A word of a vocabulary as a person writes it: `in_progress` is `in progress`. What is no such word stays as it is. */
export function words(term: string): string {
  return /^[a-z0-9_]+$/i.test(term) ? term.replaceAll('_', ' ') : term
}

/** At most so many characters, with `…` for the rest. */
export function shortened(text: string, length = 120): string {
  if (text.length <= length) return text
  const characters = [...text.slice(0, 2 * length)]
  return characters.length <= length && text.length <= 2 * length
    ? text
    : `${characters.slice(0, length - 1).join('')}…`
}

/** A small word with a colour of its own, such as a status; the colours are in the styles of the page. */
export function badge(term: string, tone: string = term): Markup {
  return html`<span class="badge" data-tone="${tone}">${words(term)}</span>`
}

/** Long text of a record, with its lines as they are; nothing where there is none. */
export function prose(text: string | undefined): Content {
  return text ? html`<div class="prose">${bdi(text)}</div>` : undefined
}
