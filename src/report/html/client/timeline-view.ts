/** Makes each timeline one stop of the Tab key: arrow keys go along a lane and to the lanes above and below. */
for (const timeline of document.querySelectorAll<SVGSVGElement>('svg.timeline')) {
  const lanes = [...timeline.querySelectorAll('.lane')]
    .map((lane) => [...lane.querySelectorAll<SVGAElement>('a.bar')])
    .filter((bars) => bars.length > 0)
  const bars = lanes.flat()
  const goTo = (bar: SVGAElement | undefined): void => {
    if (!bar) return
    for (const other of bars) if (other.getAttribute('tabindex') === '0') other.setAttribute('tabindex', '-1')
    bar.setAttribute('tabindex', '0')
    bar.focus()
  }
  bars.forEach((bar, index) => {
    bar.setAttribute('tabindex', index === 0 ? '0' : '-1')
  })
  timeline.addEventListener('keydown', (event) => {
    const bar = (event.target as Element).closest<SVGAElement>('a.bar')
    const lane = lanes.findIndex((candidate) => bar && candidate.includes(bar))
    if (!bar || lane < 0) return
    const position = lanes[lane]!.indexOf(bar)
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key]
    if (!step) return
    event.preventDefault()
    const [down, along] = step as [number, number]
    if (down === 0) goTo(lanes[lane]![position + along])
    else goTo(nearest(lanes[lane + down] ?? [], bar))
  })
}

function nearest(bars: readonly SVGAElement[], to: SVGAElement): SVGAElement | undefined {
  const startOf = (bar: SVGAElement) => bar.getBoundingClientRect().left
  const wanted = startOf(to)
  return [...bars].sort((a, b) => Math.abs(startOf(a) - wanted) - Math.abs(startOf(b) - wanted))[0]
}

export {}
