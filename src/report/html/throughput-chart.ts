import { OUTCOMES } from '../../vocabulary.js'
import type { WeekOfWork } from '../project/project-report.js'
import { COLUMNS } from '../project/project-words.js'
import { numberText } from '../text/counted.js'
import { html, type Markup } from './markup.js'

const PLOT = 150
const TOP = 18
const BOTTOM = 24
/** More weeks than this do not fit the page: the chart is as wide as they need, and is scrolled. */
const MOST_FITTING = 60
const WEEK_WIDTH = 16
const MOST_LABELS = 8
const NUMBERS = ['created', ...OUTCOMES, 'reopened'] as const

/** Tasks made and closed, week by week, as bars on a scale, and as a table for whoever cannot see or wants the numbers. */
export function throughputChart(weeks: readonly WeekOfWork[]): Markup {
  const highest = Math.max(1, ...weeks.map((week) => Math.max(week.created, closedIn(week))))
  const step = stepFor(highest)
  const top = Math.ceil(highest / step) * step
  const y = (value: number): number => round(TOP + PLOT * (1 - value / top))
  const slot = 100 / weeks.length
  const width = weeks.length > MOST_FITTING ? String(weeks.length * WEEK_WIDTH) : '100%'
  const every = Math.ceil(weeks.length / (weeks.length > MOST_FITTING ? weeks.length / 6 : MOST_LABELS))
  const grid: Markup[] = []
  for (let value = 0; value <= top; value += step) {
    grid.push(
      html`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"></line><text x="0" y="${y(value) - 3}">${value > 0 && numberText(value)}</text>`,
    )
  }
  const bars = weeks.map((week, index) => {
    const left = slot * index
    let stacked = 0
    const closed = OUTCOMES.map((outcome) => {
      const count = week.closed[outcome]
      stacked += count
      return count > 0 && bar(outcome, left + slot * 0.52, slot * 0.36, y(stacked), y(stacked - count))
    })
    return html`<g><title>Week of ${week.week}: ${week.created} created, ${closedIn(week)} closed</title>${
      week.created > 0 && bar('created', left + slot * 0.12, slot * 0.36, y(week.created), y(0))
    }${closed}</g>${
      index % every === 0 && html`<text x="${round(left)}%" dx="2" y="${TOP + PLOT + 16}">${week.week}</text>`
    }
`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Throughput, drawn">
<svg class="chart" role="img" aria-label="Tasks created and closed in each of ${weeks.length} weeks; the table below has the numbers" width="${width}" height="${TOP + PLOT + BOTTOM}">
${grid}
${bars}</svg>
</div>
<ul class="legend" aria-label="Legend of the throughput">
${['created', ...OUTCOMES].map(
  (kind) =>
    html`<li><svg width="14" height="14" aria-hidden="true"><rect class="key-${kind}" width="14" height="14" rx="2"></rect></svg> ${kind}</li>`,
)}
</ul>
<details><summary>The numbers</summary>
<table>
<thead><tr><th scope="col">${COLUMNS.throughput.week}</th>${NUMBERS.map((name) => html`<th scope="col" class="number">${COLUMNS.throughput[name]}</th>`)}</tr></thead>
<tbody>${weeks.map(
    (week) =>
      html`<tr><th scope="row">${week.week}</th>${NUMBERS.map(
        (name) => html`<td class="number" data-label="${COLUMNS.throughput[name]}">${numberOf(week, name)}</td>`,
      )}</tr>
`,
  )}</tbody>
</table></details>
`
}

function numberOf(week: WeekOfWork, name: (typeof NUMBERS)[number]): number {
  return name === 'created' || name === 'reopened' ? week[name] : week.closed[name]
}

function closedIn(week: WeekOfWork): number {
  return OUTCOMES.reduce((sum, outcome) => sum + week.closed[outcome], 0)
}

function bar(kind: string, x: number, width: number, from: number, to: number): Markup {
  return html`<rect class="${kind}" x="${round(x)}%" width="${round(width)}%" y="${from}" height="${round(to - from)}"></rect>`
}

/** 1, 2 or 5 times a power of ten, so that about four lines fit. */
function stepFor(highest: number): number {
  const rough = highest / 4
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough)!
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
