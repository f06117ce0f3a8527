/**
 * Selection: a click or Enter on whatever stands for a node shows its fields and neighbours and highlights its path to
 * the root, what it came from and what it led to. The address of the page names the node, so that it can be passed on.
 */
import type { PageGraph } from '../page-graph.js'

const graph: PageGraph = JSON.parse(document.getElementById('data')!.textContent!)
const panel = document.getElementById('details')!
const status = document.getElementById('status')!
const page = document.documentElement

/** More neighbours of one kind than this are counted, and not listed. */
const MOST_LISTED = 200

interface Step {
  readonly words: number
  readonly node: number
}

const origins: Step[][] = graph.nodes.map(() => [])
const effects: Step[][] = graph.nodes.map(() => [])
for (const [source, words, target] of graph.relations) {
  origins[source]!.push({ words, node: target })
  effects[target]!.push({ words, node: source })
}

const numberByAnchor = new Map(graph.nodes.map(({ anchor }, number) => [anchor, number]))
const numbersByShape = new Map<string, number[]>()
graph.nodes.forEach(({ shape }, number) => {
  if (shape === undefined) return
  const numbers = numbersByShape.get(shape)
  if (numbers) numbers.push(number)
  else numbersByShape.set(shape, [number])
})

/** Everything in the page that stands for nodes, and for which. */
const standIns = [...document.querySelectorAll<HTMLElement | SVGElement>('main [data-node], main .node[data-key]')].map(
  (element) => ({ element, numbers: numbersOf(element) }),
)
const arrows = [...document.querySelectorAll<SVGElement>('main [data-source][data-target]')]

function numbersOf(element: HTMLElement | SVGElement): readonly number[] {
  if (element.dataset.key !== undefined) return numbersByShape.get(element.dataset.key) ?? []
  return (element.dataset.node ?? '').split(' ').filter(Boolean).map(Number)
}

let selected: readonly number[] = []
let invoker: Element | null = null

/** All that is reached from these along one direction, themselves included; never turning round. */
function reach(from: readonly number[], steps: readonly Step[][]): Set<number> {
  const found = new Set(from)
  for (const number of found) for (const { node } of steps[number]!) found.add(node)
  return found
}

/** From the node to the root, both included. */
function pathOf(number: number): number[] {
  const path = [number]
  for (let at = graph.nodes[number]!.from; at >= 0 && !path.includes(at); at = graph.nodes[at]!.from) path.push(at)
  return path
}

function highlight(): void {
  const up = reach(selected, origins)
  const down = reach(selected, effects)
  const lit = new Set([...up, ...down])
  const pairs = new Set<string>()
  const shapeOf = (number: number) => graph.nodes[number]!.shape
  for (const number of selected) {
    const path = pathOf(number)
    path.forEach((at, index) => {
      lit.add(at)
      if (index > 0) {
        pairs.add(`${shapeOf(path[index - 1]!)} ${shapeOf(at)}`)
        pairs.add(`${shapeOf(at)} ${shapeOf(path[index - 1]!)}`)
      }
    })
  }
  for (const [source, , target] of graph.relations) {
    if ((up.has(source) && up.has(target)) || (down.has(source) && down.has(target))) {
      pairs.add(`${shapeOf(source)} ${shapeOf(target)}`)
    }
  }
  const isSelected = new Set(selected)
  page.classList.toggle('selecting', selected.length > 0)
  for (const { element, numbers } of standIns) {
    element.classList.toggle(
      'lit',
      numbers.some((number) => lit.has(number)),
    )
    const here = numbers.length > 0 && numbers.some((number) => isSelected.has(number))
    element.classList.toggle('selected', here)
    if (element.dataset.key !== undefined) element.setAttribute('aria-pressed', String(here))
  }
  for (const arrow of arrows) {
    arrow.classList.toggle('lit', pairs.has(`${arrow.dataset.source} ${arrow.dataset.target}`))
  }
  const count = lit.size
  if (selected.length > 0) {
    status.textContent = `Selected ${selected.length === 1 ? graph.nodes[selected[0]!]!.label : `${selected.length} nodes`}; ${count} of ${graph.nodes.length} nodes highlighted`
  }
}

function make(name: string, className = '', ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name)
  if (className) element.className = className
  element.append(...children)
  return element
}

function rowOf(number: number): HTMLElement | null {
  return document.getElementById(graph.nodes[number]!.anchor)
}

/** Its name as it stands in its row. */
function nameOf(number: number): HTMLElement {
  return make('bdi', '', ...[...(rowOf(number)?.querySelector('a.pick')?.childNodes ?? [])].map(copy))
}

function linkTo(number: number): HTMLElement {
  const anchor = make('a', '', nameOf(number)) as HTMLAnchorElement
  anchor.href = `#${graph.nodes[number]!.anchor}`
  anchor.dataset.kind = graph.nodes[number]!.kind
  return anchor
}

/** What the row of a node says, as a list. */
function fieldsOf(number: number): HTMLElement {
  const list = make('dl')
  const row = rowOf(number)
  for (const cell of row?.querySelectorAll<HTMLElement>('td[data-label]') ?? []) {
    if (cell.classList.contains('none')) continue
    list.append(make('dt', '', cell.dataset.label!), make('dd', '', ...[...cell.childNodes].map(copy)))
  }
  for (const part of row?.querySelectorAll<HTMLElement>('details > dl:not(.relations) > *') ?? [])
    list.append(copy(part))
  return list
}

function copy(node: Node): Node {
  return node.cloneNode(true)
}

function neighbours(heading: string, steps: readonly Step[], way: 0 | 1): Node[] {
  if (steps.length === 0) return []
  const nodesByWords = new Map<number, Set<number>>()
  for (const { words, node } of steps) {
    const nodes = nodesByWords.get(words)
    if (nodes) nodes.add(node)
    else nodesByWords.set(words, new Set([node]))
  }
  const list = make('dl', 'neighbours')
  for (const [words, nodes] of nodesByWords) {
    list.append(make('dt', '', graph.words[words]![way]), make('dd', '', listOf([...nodes])))
  }
  return [make('h3', '', heading), list]
}

function listOf(nodes: readonly number[]): HTMLElement {
  const list = make('ul', 'members', ...nodes.slice(0, MOST_LISTED).map((node) => make('li', '', linkTo(node))))
  if (nodes.length > MOST_LISTED) list.append(make('li', '', `and ${nodes.length - MOST_LISTED} more`))
  return list
}

function fillPanel(): void {
  const close = make('button', 'control close', 'Close') as HTMLButtonElement
  close.type = 'button'
  close.addEventListener('click', clear)
  const head = make('div', 'panel-head', close)
  if (selected.length > 1) {
    head.prepend(make('p', 'overline', 'drawn as one'))
    panel.replaceChildren(head, make('h2', '', `${selected.length} similar nodes`), listOf(selected))
    return
  }
  const number = selected[0]!
  const node = graph.nodes[number]!
  const kind = make('p', 'overline', node.kind)
  kind.dataset.kind = node.kind
  head.prepend(kind)
  const row = make('a', 'to-row', 'Show in the table') as HTMLAnchorElement
  row.href = `#${node.anchor}`
  row.dataset.jump = ''
  const path = pathOf(number)
  const way =
    path.length > 1
      ? [make('h3', '', 'Path to the root'), make('ol', 'path', ...path.map((at) => make('li', '', linkTo(at))))]
      : []
  panel.replaceChildren(
    head,
    make('h2', '', nameOf(number)),
    row,
    fieldsOf(number),
    ...neighbours('Came from', origins[number]!, 0),
    ...neighbours('Led to', effects[number]!, 1),
    ...way,
  )
}

function show(numbers: readonly number[]): void {
  selected = numbers
  highlight()
  panel.hidden = numbers.length === 0
  page.classList.toggle('with-panel', numbers.length > 0)
  if (numbers.length === 0) panel.replaceChildren()
  else {
    fillPanel()
    panel.scrollTop = 0
  }
  document.dispatchEvent(
    new CustomEvent('provtrail:selected', { detail: numbers.map((number) => graph.nodes[number]!.shape) }),
  )
}

function pick(numbers: readonly number[], from: Element | null): void {
  if (from && !panel.contains(from)) invoker = from
  const address = numbers.length === 1 ? `#${graph.nodes[numbers[0]!]!.anchor}` : '#'
  if (numbers.length === 1 && location.hash !== address) history.pushState(null, '', address)
  show(numbers)
}

function clear(): void {
  if (selected.length === 0) return
  const inPanel = panel.contains(document.activeElement)
  history.pushState(null, '', location.href.replace(/#.*$/s, ''))
  show([])
  status.textContent = ''
  if (inPanel && invoker instanceof HTMLElement) invoker.focus()
  else if (inPanel && invoker instanceof SVGElement) invoker.focus()
}

function fromAddress(): void {
  const number = numberByAnchor.get(decodeURIComponent(location.hash.slice(1)))
  show(number === undefined ? [] : [number])
}

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
  const at = event.target as Element
  const anchor = at.closest<HTMLAnchorElement | SVGAElement>('a[href^="#"]')
  if (anchor) {
    const number = numberByAnchor.get(anchor.getAttribute('href')!.slice(1))
    if (number === undefined) return
    event.preventDefault()
    pick([number], anchor)
    if ((anchor as HTMLElement).dataset.jump !== undefined) jumpTo(number)
    return
  }
  if (at.closest('a, button, summary, input')) return
  const standIn = at.closest<HTMLElement | SVGElement>('.node[data-key], svg [data-node], tbody > tr[data-node]')
  if (!standIn || String(getSelection()) !== '') return
  const numbers = numbersOf(standIn)
  if (numbers.length > 0) pick(numbers, standIn)
})

function jumpTo(number: number): void {
  const row = rowOf(number)
  row?.scrollIntoView({ block: 'center' })
  row?.querySelector<HTMLElement>('a.pick')?.focus({ preventScroll: true })
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') clear()
  if (event.key !== 'Enter' && event.key !== ' ') return
  const shape = (event.target as Element).closest<SVGElement>('.node[data-key]')
  if (!shape) return
  event.preventDefault()
  pick(numbersOf(shape), shape)
})

document.addEventListener('provtrail:hits', (event) => {
  const hits = (event as CustomEvent<Set<number> | null>).detail
  for (const { element, numbers } of standIns) {
    element.classList.toggle('hit', hits !== null && numbers.some((number) => hits.has(number)))
  }
})

addEventListener('hashchange', fromAddress)
addEventListener('popstate', fromAddress)
fromAddress()
