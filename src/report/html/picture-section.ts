import { MARK_LEGEND, marksAmong } from '../lineage/mark.js'
import type { Picture } from '../picture/picture.js'
import { MARKED_SHAPES } from '../picture/prov-look.js'
import { counted } from '../text/counted.js'
import { bdi, html, type Markup } from './markup.js'

/** The picture with its legend, the buttons to move in it, and what it leaves out, in words. */
export function pictureSection(picture: Picture, drawing: Markup): Markup {
  return html`<section id="picture" class="card" aria-labelledby="picture-heading">
<h2 id="picture-heading">Picture <span class="count">${counted(picture.nodes.length, 'shape')}, ${counted(picture.edges.length, 'arrow')}</span></h2>
<div class="picture-frame">
<div class="tools" role="group" aria-label="Zoom" hidden>
<button type="button" class="control" data-zoom="in" aria-label="Zoom in">+</button>
<button type="button" class="control" data-zoom="out" aria-label="Zoom out">−</button>
<button type="button" class="control" data-zoom="fit">Fit</button>
</div>
<div class="drawing" tabindex="0" role="region" aria-label="The picture; its tables follow below">
${drawing}
</div>
</div>
<ul class="legend" aria-label="Legend of the picture">
<li><svg width="30" height="18" aria-hidden="true"><ellipse class="key-entity" cx="15" cy="9" rx="14" ry="8"></ellipse></svg> entity: task, artifact, comment, decision, learning, evidence</li>
<li><svg width="30" height="18" aria-hidden="true"><rect class="key-activity" x="1" y="1" width="28" height="16"></rect></svg> activity</li>
<li><svg width="30" height="18" aria-hidden="true"><path class="key-agent" d="M2 17V7L15 1L28 7V17Z"></path></svg> agent</li>
<li><svg width="30" height="18" aria-hidden="true"><path class="key-arrow" d="M1 9H22M22 5L29 9L22 13Z"></path></svg> from the later to the earlier</li>
${marksAmong(picture.nodes).map(
  (mark) =>
    html`<li><svg width="30" height="18" aria-hidden="true">${
      MARKED_SHAPES[mark] === 'entity'
        ? html`<ellipse class="mark-${mark}" cx="15" cy="9" rx="13" ry="7"></ellipse>`
        : html`<rect class="mark-${mark}" x="2" y="2" width="26" height="14"></rect>`
    }</svg> ${MARK_LEGEND[mark]}</li>
`,
)}</ul>
${picture.cuts.length > 0 && html`<ul class="cuts">${picture.cuts.map((cut) => html`<li>${bdi(cut)}</li>`)}</ul>`}
</section>
`
}
