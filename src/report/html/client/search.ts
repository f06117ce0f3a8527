/**
 * Search: hides the rows and entries that do not hold every word, counts the others, and tells the rest of the page
 * by the event `provtrail:hits` which nodes are among them (`null` when nothing is searched for).
 */
const box = document.getElementById('search-box')!
const input = document.getElementById('search') as HTMLInputElement
const status = document.getElementById('status')!

interface Item {
  readonly element: HTMLElement
  readonly nodes: readonly number[]
  readonly isRow: boolean
}

interface Section {
  readonly element: HTMLElement
  readonly count: HTMLElement | null
  /** What the count says while nothing is searched for. */
  readonly said: string
  readonly items: readonly Item[]
}

let sections: readonly Section[] | undefined
const textByElement = new WeakMap<HTMLElement, string>()

function sectionsOfPage(): readonly Section[] {
  sections ??= [...document.querySelectorAll<HTMLElement>('section[data-filter]')].map((element) => {
    const count = element.querySelector<HTMLElement>('h2 > .count')
    const found = element.querySelectorAll<HTMLElement>('tbody > tr, .story li, .gaps li, li[data-item]')
    return {
      element,
      count,
      said: count?.textContent ?? '',
      items: [...found].map((item) => ({
        element: item,
        nodes: (item.dataset.node ?? '').split(' ').filter(Boolean).map(Number),
        isRow: item.localName === 'tr',
      })),
    }
  })
  return sections
}

function normal(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function textOf(element: HTMLElement): string {
  let text = textByElement.get(element)
  if (text === undefined) {
    text = normal(element.textContent ?? '')
    textByElement.set(element, text)
  }
  return text
}

function search(): void {
  const wanted = normal(input.value).split(/\s+/).filter(Boolean)
  const nodes = new Set<number>()
  let rows = 0
  let allRows = 0
  let entries = 0
  let allEntries = 0
  for (const { element: section, count, said, items } of sectionsOfPage()) {
    let hits = 0
    for (const { element, nodes: numbers, isRow } of items) {
      const text = textOf(element)
      const hit = wanted.every((word) => text.includes(word))
      if (element.hidden === hit) element.hidden = !hit
      if (isRow) allRows++
      else allEntries++
      if (!hit) continue
      hits++
      if (isRow) rows++
      else entries++
      if (isRow) for (const number of numbers) nodes.add(number)
    }
    for (const day of section.querySelectorAll<HTMLElement>('.day')) {
      day.hidden = day.querySelector('li:not([hidden])') === null
    }
    section.classList.toggle('no-hits', hits === 0)
    if (count) count.textContent = wanted.length === 0 ? said : `${hits} of ${said}`
    const story = section.querySelector<HTMLDetailsElement>('details.story')
    if (story && wanted.length > 0 && hits > 0) story.open = true
  }
  document.documentElement.classList.toggle('searching', wanted.length > 0)
  document.dispatchEvent(new CustomEvent('provtrail:hits', { detail: wanted.length === 0 ? null : nodes }))
  status.textContent =
    wanted.length === 0
      ? ''
      : `${rows} of ${allRows} rows and ${entries} of ${allEntries} entries contain “${input.value.trim()}”`
}

box.hidden = false
let timer = 0
input.addEventListener('input', () => {
  clearTimeout(timer)
  timer = setTimeout(search, 120)
})
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || input.value === '') return
  event.preventDefault()
  event.stopPropagation()
  input.value = ''
  search()
})
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  const at = event.target as HTMLElement
  if (at.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(at.tagName)) return
  event.preventDefault()
  input.focus()
  input.select()
})

export {}
