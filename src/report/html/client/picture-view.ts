/**
 * Moves in the picture: buttons, the wheel with Ctrl, dragging, pinching, `+`, `-` and `0`; arrow keys go from a node
 * to its neighbour that lies in that direction.
 */
const frame = document.querySelector<HTMLElement>('.picture-frame')
const area = frame?.querySelector<HTMLElement>('.drawing')
const svg = area?.querySelector<SVGSVGElement>('svg')
/** The least scale at which labels can be read, and that at which a larger picture begins. */
const READABLE = 0.6
const BEGIN_AT = 0.8
const LEAST_BEGIN = READABLE
/** So many shapes beside the root are seen at the beginning, if they are not too far away. */
const NEAREST = 6
/** A small picture is not blown up beyond this, unless it is asked for. */
const LARGEST_WHOLE = 1.1

interface View {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function start(frame: HTMLElement, area: HTMLElement, svg: SVGSVGElement): void {
  const box = svg.viewBox.baseVal
  const whole: View = { x: box.x, y: box.y, width: box.width, height: box.height }
  let view = whole
  /** The scale when it was last looked at; the area may have changed since. */
  let seenAt = 1
  const tools = frame.querySelector<HTMLElement>('.tools')!
  tools.hidden = false
  area.removeAttribute('tabindex')
  area.removeAttribute('role')
  area.removeAttribute('aria-label')
  svg.setAttribute('role', 'group')
  svg.setAttribute('aria-label', 'Picture of the lineage. Arrow keys move between neighbouring nodes, Enter selects.')

  const shapes = [...svg.querySelectorAll<SVGGElement>('.node[data-key]')]
  const shapeByKey = new Map(shapes.map((shape) => [shape.dataset.key!, shape]))
  const neighbours = new Map<string, Set<string>>(shapes.map((shape) => [shape.dataset.key!, new Set()]))
  for (const arrow of svg.querySelectorAll<SVGElement>('[data-source][data-target]')) {
    const { source, target } = arrow.dataset
    neighbours.get(source!)?.add(target!)
    neighbours.get(target!)?.add(source!)
  }
  for (const shape of shapes) {
    shape.setAttribute('role', 'button')
    shape.setAttribute('tabindex', '-1')
    shape.setAttribute('aria-pressed', 'false')
  }
  let current = shapes.find((shape) => shape.classList.contains('root')) ?? shapes[0]
  current?.setAttribute('tabindex', '0')

  /** Pixels on the screen for each unit of the picture. */
  function scale(): number {
    return area.clientWidth / view.width
  }

  /** The scale at which all of the picture is seen; a small one is not blown up. */
  function scaleOfWhole(): number {
    return Math.min(area.clientWidth / whole.width, area.clientHeight / whole.height, LARGEST_WHOLE)
  }

  /** Views have the shape of the area that they are seen in, so that shares of the one are shares of the other. */
  function viewAt(middle: { x: number; y: number }, at: number): View {
    const [width, height] = [area.clientWidth / at, area.clientHeight / at]
    return { x: middle.x - width / 2, y: middle.y - height / 2, width, height }
  }

  function look(next: View): void {
    view = next
    seenAt = scale()
    svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.width} ${view.height}`)
    frame.classList.toggle('zoomed', scale() > scaleOfWhole() * 1.01)
  }

  function lookAtWhole(): void {
    look(viewAt({ x: whole.x + whole.width / 2, y: whole.y + whole.height / 2 }, scaleOfWhole()))
  }

  /** Zooms so that the point at these shares of the area stays where it is. */
  function zoom(factor: number, shareX = 0.5, shareY = 0.5): void {
    const next = Math.min(Math.max(scale() * factor, scaleOfWhole()), 4)
    if (next === scaleOfWhole()) {
      lookAtWhole()
      return
    }
    const [width, height] = [area.clientWidth / next, area.clientHeight / next]
    look({ x: view.x + (view.width - width) * shareX, y: view.y + (view.height - height) * shareY, width, height })
  }

  function move(byX: number, byY: number): void {
    look({ ...view, x: view.x - byX / scale(), y: view.y - byY / scale() })
  }

  function centreOf(shape: SVGGElement): { x: number; y: number } {
    const { x, y, width, height } = shape.getBBox()
    const matrix = shape.getCTM()
    const base = svg.getCTM()
    const point = new DOMPoint(x + width / 2, y + height / 2)
    if (!matrix || !base) return point
    return point.matrixTransform(base.inverse().multiply(matrix))
  }

  /** Brings the shape to the middle, or as near to it as goes without showing what lies outside of the picture. */
  function centreOn(shape: SVGGElement, at = scale()): void {
    const next = viewAt(centreOf(shape), at)
    look({
      ...next,
      x: within(next.x, next.width, whole.x, whole.width),
      y: within(next.y, next.height, whole.y, whole.height),
    })
  }

  function within(start: number, length: number, wholeStart: number, wholeLength: number): number {
    if (length >= wholeLength) return wholeStart + (wholeLength - length) / 2
    return Math.min(Math.max(start, wholeStart), wholeStart + wholeLength - length)
  }

  /** The scale at which the shape and those nearest to it are seen together. */
  function scaleAround(shape: SVGGElement): number {
    const here = centreOf(shape)
    const distances = shapes.map((other) => {
      const there = centreOf(other)
      return { x: Math.abs(there.x - here.x), y: Math.abs(there.y - here.y) }
    })
    const scales = distances.map(({ x, y }) =>
      Math.min(area.clientWidth / (2 * x + 180), area.clientHeight / (2 * y + 80)),
    )
    return scales.sort((a, b) => b - a)[Math.min(NEAREST, scales.length - 1)]!
  }

  /** Begins with the whole picture, or with the part around the root where the whole would be too small to read. */
  function begin(): void {
    area.style.height = ''
    const least = scaleOfWhole()
    const isReadable = least >= READABLE
    const at = isReadable || !current ? least : Math.max(Math.min(scaleAround(current), BEGIN_AT), LEAST_BEGIN)
    area.style.height = `${Math.min(Math.max(whole.height * at + 24, 260), area.clientHeight)}px`
    if (isReadable || !current) lookAtWhole()
    else centreOn(current, at)
  }

  tools.addEventListener('click', (event) => {
    const kind = (event.target as Element).closest<HTMLElement>('[data-zoom]')?.dataset.zoom
    if (kind === 'in') zoom(1.4)
    if (kind === 'out') zoom(1 / 1.4)
    if (kind === 'fit') lookAtWhole()
  })

  area.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      const bounds = area.getBoundingClientRect()
      zoom(
        Math.exp(-event.deltaY / 300),
        (event.clientX - bounds.left) / bounds.width,
        (event.clientY - bounds.top) / bounds.height,
      )
    },
    { passive: false },
  )

  const pointers = new Map<number, { x: number; y: number }>()
  let travelled = 0
  const spread = (): number => {
    const [a, b] = [...pointers.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }
  area.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (pointers.size === 1) travelled = 0
  })
  area.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId)
    if (!before) return
    // At the whole picture a finger scrolls the page; zoomed in, it moves the picture.
    if (event.pointerType === 'touch' && pointers.size === 1 && !frame.classList.contains('zoomed')) return
    const apart = spread()
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (pointers.size > 1) return apart > 0 ? zoom(spread() / apart) : undefined
    travelled += Math.abs(event.clientX - before.x) + Math.abs(event.clientY - before.y)
    if (travelled < 4) return
    area.classList.add('dragging')
    if (!area.hasPointerCapture(event.pointerId)) area.setPointerCapture(event.pointerId)
    move(event.clientX - before.x, event.clientY - before.y)
  })
  for (const kind of ['pointerup', 'pointercancel'] as const) {
    area.addEventListener(kind, (event) => {
      pointers.delete(event.pointerId)
      area.classList.remove('dragging')
    })
  }
  // The end of a drag is no click.
  area.addEventListener(
    'click',
    (event) => {
      if (travelled < 4) return
      travelled = 0
      event.preventDefault()
      event.stopPropagation()
    },
    true,
  )

  const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  }
  svg.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === '+' || event.key === '=') return zoom(1.4)
    if (event.key === '-') return zoom(1 / 1.4)
    if (event.key === '0') return lookAtWhole()
    const direction = DIRECTIONS[event.key]
    const shape = (event.target as Element).closest<SVGGElement>('.node[data-key]')
    if (!direction || !shape) return
    event.preventDefault()
    const next = neighbourIn(direction, shape)
    if (next) focusOn(next)
  })

  /** Of the neighbours on that side, the nearest; what lies aslant counts as farther. */
  function neighbourIn([dx, dy]: readonly [number, number], from: SVGGElement): SVGGElement | undefined {
    const here = centreOf(from)
    let best: SVGGElement | undefined
    let least = Number.POSITIVE_INFINITY
    for (const key of neighbours.get(from.dataset.key!) ?? []) {
      const shape = shapeByKey.get(key)
      if (!shape || shape === from) continue
      const there = centreOf(shape)
      const along = (there.x - here.x) * dx + (there.y - here.y) * dy
      if (along <= 0) continue
      const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx)
      const distance = along + 2 * aside
      if (distance < least) [best, least] = [shape, distance]
    }
    return best
  }

  function focusOn(shape: SVGGElement): void {
    current?.setAttribute('tabindex', '-1')
    current = shape
    shape.setAttribute('tabindex', '0')
    shape.focus({ preventScroll: true })
    reveal(shape)
  }

  /** Moves the picture where the shape lies outside of what is seen. */
  function reveal(shape: SVGGElement): void {
    const seen = area.getBoundingClientRect()
    const at = shape.getBoundingClientRect()
    if (at.left < seen.left || at.right > seen.right || at.top < seen.top || at.bottom > seen.bottom) centreOn(shape)
  }

  svg.addEventListener('focusin', (event) => {
    const shape = (event.target as Element).closest<SVGGElement>('.node[data-key]')
    if (shape && shape !== current) {
      current?.setAttribute('tabindex', '-1')
      shape.setAttribute('tabindex', '0')
      current = shape
    }
  })
  document.addEventListener('provtrail:selected', (event) => {
    const [key] = (event as CustomEvent<readonly (string | undefined)[]>).detail
    const shape = key === undefined ? undefined : shapeByKey.get(key)
    if (!shape) return
    if (scale() < LEAST_BEGIN) centreOn(shape, BEGIN_AT)
    else reveal(shape)
  })

  let isPrinting = false
  addEventListener('beforeprint', () => {
    isPrinting = true
    svg.setAttribute('viewBox', `${whole.x} ${whole.y} ${whole.width} ${whole.height}`)
  })
  addEventListener('afterprint', () => {
    isPrinting = false
    look(view)
  })
  let width = area.clientWidth
  new ResizeObserver(() => {
    // Where the page is not shown, the area has no width, and nothing fits.
    if (isPrinting || area.clientWidth === width || area.clientWidth === 0) return
    width = area.clientWidth
    // The panel has come or gone: what was in the middle stays there, at its size, unless all of it was seen.
    const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 }
    if (frame.classList.contains('zoomed')) look(viewAt(middle, seenAt))
    else lookAtWhole()
  }).observe(area)
  begin()
}

if (frame && area && svg) start(frame, area, svg)

export {}
