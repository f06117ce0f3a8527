import type { Lineage } from '../lineage/lineage.js'
import { counted } from '../text/counted.js'
import type { TimelineEntry } from '../timeline/timeline-entry.js'
import { bdi, html, type Markup } from './markup.js'
import { anchorOf, type NodeNames } from './node-names.js'
import { timelineLanes } from './timeline-lanes.js'

/** More entries than this are folded away, below the drawn timeline. */
const UNFOLDED = 80

/** The story: lanes by agent, and every event as a sentence, day by day in order of the log. */
export function timelineSection(lineage: Lineage, names: NodeNames): Markup {
  const { timeline } = lineage
  if (timeline.length === 0) {
    return html`<section id="timeline" class="card" aria-labelledby="timeline-heading">
<h2 id="timeline-heading">Timeline</h2>
<p class="none">No event is part of this lineage.</p>
</section>
`
  }
  return html`<section id="timeline" class="card" aria-labelledby="timeline-heading" data-filter>
<h2 id="timeline-heading">Timeline <span class="count">${counted(timeline.length, 'event')}</span></h2>
${timelineLanes(lineage, names)}
<ul class="legend" aria-label="Legend of the timeline">
<li><svg width="26" height="14" aria-hidden="true"><rect class="key-done" x="1" y="1" width="24" height="12" rx="3"></rect></svg> activity</li>
<li><svg width="26" height="14" aria-hidden="true"><rect class="key-failed" x="1" y="1" width="24" height="12" rx="3"></rect></svg> failed</li>
<li><svg width="26" height="14" aria-hidden="true"><rect class="key-open" x="1" y="1" width="24" height="12" rx="3"></rect></svg> has not ended</li>
<li><svg width="14" height="14" aria-hidden="true"><circle class="key-event" cx="7" cy="7" r="3.5"></circle></svg> event, larger for several</li>
</ul>
<details class="story"${timeline.length <= UNFOLDED && html` open`}><summary>${counted(timeline.length, 'event')} in words</summary>
${days(timeline).map(([day, entries]) => dayOf(day, entries, names))}</details>
</section>
`
}

/** Entries in order of the log, parted where the day changes: times of imported events may go back. */
function days(
  timeline: readonly TimelineEntry[],
): readonly (readonly [day: string, entries: readonly TimelineEntry[]])[] {
  const parts: [string, TimelineEntry[]][] = []
  for (const entry of timeline) {
    const day = entry.at.slice(0, 10)
    const last = parts.at(-1)
    if (last?.[0] === day) last[1].push(entry)
    else parts.push([day, [entry]])
  }
  return parts
}

function dayOf(day: string, entries: readonly TimelineEntry[], names: NodeNames): Markup {
  return html`<div class="day"><h3><time datetime="${day}">${day}</time></h3>
<ol>${entries.map((entry) => item(entry, names))}</ol></div>
`
}

function item({ at, subject, sentence, erased }: TimelineEntry, names: NodeNames): Markup {
  const index = names.indexOf(subject)
  const text = bdi(sentence)
  return html`<li${index !== undefined && html` data-node="${index}"`}><time datetime="${at}">${at.slice(11, 16)}</time> ${
    index === undefined ? html`<span>${text}</span>` : html`<a href="#${anchorOf(subject)}">${text}</a>`
  }${erased && html` <span class="badge" data-tone="erased">erased</span>`}</li>
`
}
