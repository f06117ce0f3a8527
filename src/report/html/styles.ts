/** The style of the pages: one text, whose digest stands in their policy. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#f4f4f1, #121318);
  --surface: light-dark(#ffffff, #1b1d24);
  --raised: light-dark(#fafaf8, #22252d);
  --ink: light-dark(#1b1c22, #e9eaf0);
  --muted: light-dark(#565b6b, #a7acbb);
  --line: light-dark(#dedfe3, #343844);
  --strong-line: light-dark(#8b90a0, #6d7384);
  --accent: light-dark(#2f3ebd, #aab8ff);
  --accent-soft: light-dark(#e9ecff, #2a3052);
  --focus: light-dark(#2f3ebd, #c3ccff);
  --entity: #fffc87;
  --activity: #9fb1fc;
  --agent: #fed37f;
  --shape-ink: #1b1c22;
  --shape-line: #6c6c58;
  --arrow: light-dark(#5f6474, #8f95a6);
  --failed: light-dark(#f6b3ab, #d9786c);
  --good-soft: light-dark(#d9f0dd, #1d3b26);
  --good: light-dark(#1c5a2d, #a5dfb2);
  --bad-soft: light-dark(#fbe0dc, #4a211d);
  --bad: light-dark(#8c2218, #f4b4ab);
  --warn-soft: light-dark(#fdebc4, #433413);
  --warn: light-dark(#6b4700, #f3d28a);
  --busy-soft: light-dark(#dfe5ff, #2a3052);
  --busy: light-dark(#2b3a9e, #bcc7ff);
  --plain-soft: light-dark(#e9eaed, #30343f);
  --radius: 10px;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font: 15px/1.5 var(--sans);
  scroll-padding-top: 4.5rem;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto;
  padding: 0 clamp(0.75rem, 2.5vw, 2rem) 3rem;
  max-width: 1480px;
  background: var(--bg);
  color: var(--ink);
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, ol, dl { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: clamp(1.35rem, 1rem + 1.6vw, 2rem); line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.1rem; line-height: 1.3; letter-spacing: -0.005em; }
h3 { font-size: 0.82rem; color: var(--muted); font-weight: 600; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
code { font: 0.86em/1.4 var(--mono); }
time { font-variant-numeric: tabular-nums; white-space: nowrap; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
#main:focus, #details:focus { outline: none; }
.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--surface); z-index: 20; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.none { color: var(--muted); }
.absent { color: var(--muted); font-size: 0.9em; }
.overline { font-size: 0.74rem; font-weight: 650; letter-spacing: 0.09em; text-transform: uppercase; color: var(--muted); }
.count { font-size: 0.82rem; font-weight: 450; color: var(--muted); font-variant-numeric: tabular-nums; letter-spacing: 0; }

.top { padding: 1.75rem 0 1rem; }
.top-row { display: flex; gap: 1rem; align-items: flex-start; justify-content: space-between; }
.headline { min-width: 0; }
.lede { max-width: 95ch; margin-top: 0.5rem; color: var(--muted); }
.lede bdi { color: var(--ink); }
.control {
  font: inherit; font-size: 0.85rem; line-height: 1; color: var(--ink); background: var(--surface);
  border: 1px solid var(--line); border-radius: 7px; padding: 0.5rem 0.7rem; cursor: pointer; white-space: nowrap; flex: none;
}
.control:hover { border-color: var(--strong-line); background: var(--raised); }
.tiles { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 1rem; }
.tiles li {
  background: var(--surface); border: 1px solid var(--line); border-left: 5px solid var(--strong-line);
  border-radius: 8px; font-size: 0.88rem; color: var(--muted);
}
.tiles li > a, .tiles li > span { display: block; padding: 0.35rem 0.85rem 0.4rem 0.7rem; color: inherit; text-decoration: none; }
.tiles li > a:hover { color: var(--accent); }
.tiles b { display: block; font-size: 1.3rem; line-height: 1.2; color: var(--ink); font-variant-numeric: tabular-nums; }
[data-kind="task"], [data-kind="artifact"], [data-kind="comment"], [data-kind="decision"], [data-kind="learning"], [data-kind="evidence"] { --kind: var(--entity); }
[data-kind="activity"] { --kind: var(--activity); }
[data-kind="agent"] { --kind: var(--agent); }
[data-kind="gap"], [data-kind="bad"] { --kind: var(--failed); }
.tiles li[data-status="in_progress"], .tiles li[data-status="in_review"] { border-left-color: var(--activity); }
.tiles li[data-status="blocked"] { border-left-color: var(--agent); }
.tiles li[data-status="closed"] { border-left-color: light-dark(#4f9d64, #5fb276); }
.tiles li[data-kind] { border-left-color: var(--kind); }

.bar-sticky {
  position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 1.2rem;
  padding: 0.55rem 0; margin-bottom: 1rem; background: var(--bg); border-bottom: 1px solid var(--line);
}
nav { min-width: 0; }
nav ul { display: flex; gap: 0.2rem 1.1rem; flex-wrap: wrap; font-size: 0.9rem; }
nav a { text-decoration: none; color: var(--muted); display: inline-block; padding: 0.25rem 0; }
nav a:hover { color: var(--accent); text-decoration: underline; }
.search { margin-left: auto; display: flex; align-items: center; gap: 0.5rem; font-size: 0.9rem; color: var(--muted); }
.search input {
  font: inherit; color: var(--ink); background: var(--surface); width: min(19rem, 52vw);
  border: 1px solid var(--strong-line); border-radius: 7px; padding: 0.35rem 0.65rem;
}
.search input::placeholder { color: var(--muted); opacity: 1; }
#status { flex-basis: 100%; font-size: 0.85rem; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#status:empty { position: absolute; }

.card {
  background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius);
  padding: 1rem clamp(0.75rem, 1.5vw, 1.25rem) 1.1rem; margin-bottom: 1rem;
}
.card > h2 { margin-bottom: 0.75rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 1rem; align-items: start; }

.picture-frame { position: relative; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
.drawing { overflow: auto; max-height: 78vh; border-radius: 8px; }
.drawing > svg { display: block; margin: 0 auto; max-width: none; }
.scripted .drawing { overflow: hidden; height: clamp(340px, 72vh, 820px); max-height: none; cursor: grab; touch-action: pan-y; }
.scripted .drawing > svg { width: 100%; height: 100%; user-select: none; }
.scripted .zoomed .drawing { touch-action: none; }
.scripted .drawing.dragging { cursor: grabbing; }
.tools { position: absolute; right: 0.6rem; top: 0.6rem; display: flex; gap: 0.3rem; }
.tools .control { min-width: 2.1rem; padding: 0.5rem; }
.drawing .node { cursor: pointer; }
.drawing .node:focus { outline: none; }
.drawing .node:focus-visible :is(ellipse, rect, path, polygon) { stroke: var(--focus); stroke-width: 3; }
.drawing .node.selected > :is(ellipse, rect, path, polygon) { stroke: light-dark(#111, #fff); stroke-width: 3; }
.drawing .edge .line { stroke: var(--arrow); }
.drawing .property { fill: var(--muted); paint-order: stroke; stroke: var(--raised); stroke-width: 3px; stroke-linejoin: round; }
.drawing .head { fill: var(--arrow); stroke: none; }
.selecting .drawing .node:not(.lit), .searching .drawing .node:not(.hit) { opacity: 0.22; }
.selecting .drawing .edge:not(.lit) { opacity: 0.12; }
.searching .drawing .edge { opacity: 0.3; }
.searching .drawing .node.hit { opacity: 1; }
.selecting .drawing .edge.lit .line { stroke: var(--accent); stroke-width: 1.8; }
.selecting .drawing .edge.lit .head { fill: var(--accent); }
.selecting .drawing .edge.lit text { fill: var(--ink); }
.drawing .node, .drawing .edge, .timeline .bar, .timeline circle { transition: opacity 120ms; }

.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin-top: 0.7rem; font-size: 0.84rem; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 0.45rem; }
.key-entity { fill: var(--entity); stroke: var(--shape-line); }
.key-activity, .key-done { fill: var(--activity); stroke: #5566b5; }
.mark-forced, .mark-failed, .mark-expired, .mark-superseded { fill: none; stroke: #b3261e; stroke-width: 2; }
.mark-expired, .mark-superseded { stroke-dasharray: 5 3; }
.mark-superseded { stroke: var(--shape-line); }
.key-agent { fill: var(--agent); stroke: #94733a; }
.key-arrow { fill: var(--arrow); stroke: var(--arrow); }
.chart .failed { fill: var(--failed); }
.key-failed { fill: var(--failed); stroke: #a4473c; }
.key-open { fill: var(--busy-soft); stroke: var(--strong-line); stroke-dasharray: 3 2; }
.key-event { fill: var(--strong-line); }
.cuts { margin-top: 0.7rem; font-size: 0.9rem; }
ul.cuts, .cuts ul { padding-left: 1.1rem; list-style: disc; }

details > summary { cursor: pointer; color: var(--muted); font-size: 0.88rem; width: fit-content; padding: 0.15rem 0; }
details > summary:hover { color: var(--accent); }
.gaps { margin-bottom: 0.4rem; }
.gaps > summary { color: var(--ink); font-weight: 550; }
.gaps ul { padding: 0.15rem 0 0.3rem 1.1rem; }
.gaps li { padding: 0.12rem 0 0.12rem 0.7rem; border-left: 3px solid var(--failed); margin-bottom: 0.25rem; }
.gaps li a { color: inherit; text-decoration-color: var(--line); }
.gaps li a:hover { color: var(--accent); }

.scroll { overflow: auto; }
.lanes { max-height: 75vh; }
.timeline { display: block; min-width: 640px; font-size: 12px; }
.timeline text { fill: var(--ink); }
.axis line { stroke: var(--line); stroke-dasharray: 2 3; }
.axis text { fill: var(--muted); font-size: 11px; font-variant-numeric: tabular-nums; }
.timeline .rule { stroke: var(--line); }
.lane-name { font-weight: 600; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; }
.lane-name[data-node] { cursor: pointer; }
.lane-note { font-weight: 400; fill: var(--muted); }
.bar rect { fill: var(--activity); stroke: light-dark(#5566b5, #5566b5); stroke-width: 1; }
.bar text { fill: var(--shape-ink); font-size: 11.5px; }
.bar.failed rect { fill: var(--failed); stroke: #a4473c; }
.bar.open rect { fill: var(--busy-soft); stroke: var(--strong-line); stroke-dasharray: 4 3; }
.bar.open text { fill: var(--ink); }
.bar:hover rect { stroke-width: 2; }
.bar:focus-visible { outline: none; }
.bar:focus-visible rect, .bar.selected rect { stroke: light-dark(#111, #fff); stroke-width: 2.5; }
.marks circle { fill: var(--strong-line); }
.marks circle[data-node] { cursor: pointer; }
.marks circle.selected { fill: var(--accent); }
.selecting .bar:not(.lit), .searching .bar:not(.hit) { opacity: 0.25; }
.selecting .marks circle:not(.lit), .searching .marks circle:not(.hit) { opacity: 0.2; }
.story { margin-top: 0.8rem; }
.day { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); padding: 0.5rem 0; border-top: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 200px; }
.day h3 { padding-top: 0.1rem; }
.day li { display: grid; grid-template-columns: 3.4rem minmax(0, 1fr) auto; padding: 0.06rem 0.3rem; border-radius: 4px; }
.day li time { color: var(--muted); }
.day li a { color: inherit; text-decoration: none; }
.day li a:hover { color: var(--accent); text-decoration: underline; }

table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.42rem 0.75rem 0.42rem 0; border-top: 1px solid var(--line); font-weight: 400; }
th:first-child { padding-left: 0.65rem; }
thead th { font-size: 0.78rem; font-weight: 600; color: var(--muted); border-top: 0; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; min-width: 5.1rem; }
td.number, th.number { text-align: right; }
tbody th { min-width: 13rem; max-width: 34rem; }
.nodes tbody tr:has(details[open]) > th { min-width: min(28rem, 40vw); }
tbody tr:hover { background: var(--raised); }
.nodes tbody th { border-left: 4px solid var(--kind); }
.nodes tbody tr.lit { background: var(--accent-soft); }
.nodes tbody tr.selected, .nodes tbody tr:target { background: var(--accent-soft); box-shadow: inset 0 0 0 2px var(--accent); }
.day li.selected, .gaps li.selected { background: var(--accent-soft); }
.scripted .nodes tbody tr { cursor: pointer; }
.pick { color: var(--ink); font-weight: 550; text-decoration: none; }
.pick:hover { color: var(--accent); text-decoration: underline; }
.iri { font-size: 0.92em; }
tbody details > summary { font-size: 0.8rem; }
dl { display: grid; grid-template-columns: minmax(5.5rem, auto) minmax(0, 1fr); gap: 0.2rem 0.9rem; font-size: 0.86rem; padding: 0.25rem 0 0.4rem; }
dt { color: var(--muted); }
dd { margin: 0; }
dl.relations { border-top: 1px dashed var(--line); }
.terms { list-style: disc; padding-left: 1.1em; }
.prose { white-space: pre-wrap; max-width: 72ch; }
.badge {
  display: inline-block; font-size: 0.8rem; line-height: 1.45; padding: 0 0.5em; border-radius: 99px; white-space: nowrap;
  background: var(--plain-soft); color: var(--ink);
}
.badge:is([data-tone="completed"], [data-tone="complete"], [data-tone="done"], [data-tone="approved"], [data-tone="met"]) { background: var(--good-soft); color: var(--good); }
.badge:is([data-tone="failed"], [data-tone="erased"], [data-tone="forced"], [data-tone="rejected"], [data-tone="not_met"], [data-tone="lease ran out"], [data-tone="overdue"]) { background: var(--bad-soft); color: var(--bad); }
.badge:is([data-tone="blocked"], [data-tone="not ended"], [data-tone="superseded"], [data-tone="changes requested"], [data-tone="given back"], [data-tone="taken away"], [data-tone="cut off"], [data-tone="cut off by force"], [data-tone="waived"]) { background: var(--warn-soft); color: var(--warn); }
.badge:is([data-tone="in_progress"], [data-tone="in_review"], [data-tone="root"], [data-tone="handed in for review"]) { background: var(--busy-soft); color: var(--busy); }
.turn::before { content: attr(data-code); unicode-bidi: isolate; font: 0.75em var(--mono); color: var(--bad); background: var(--bad-soft); border-radius: 3px; padding: 0 0.25em; margin: 0 0.1em; }
.label { display: inline-block; border: 1px solid var(--line); border-radius: 5px; padding: 0 0.4em; font-size: 0.92em; }

#details {
  position: fixed; z-index: 10; top: 0; right: 0; bottom: 0; width: min(25rem, 100vw); overflow-y: auto;
  background: var(--surface); border-left: 1px solid var(--line); box-shadow: -8px 0 30px #0002; padding: 1rem 1.15rem 2rem;
}
#details h2 { font-size: 1.15rem; margin: 0.15rem 0 0.4rem; }
#details h3 { margin: 1rem 0 0.2rem; padding-top: 0.7rem; border-top: 1px solid var(--line); color: var(--ink); font-size: 0.9rem; }
.panel-head { display: flex; align-items: center; justify-content: space-between; gap: 1rem; }
.panel-head .overline[data-kind] { background: var(--kind); color: var(--shape-ink); padding: 0.05rem 0.5rem; border-radius: 4px; }
.to-row { font-size: 0.86rem; }
.neighbours { display: block; }
.neighbours dt { margin-top: 0.35rem; }
.neighbours li, .path li, .members li { padding: 0.13rem 0; }
.neighbours a, .path a, .members a { display: block; padding: 0.1rem 0.55rem; border-left: 4px solid var(--kind); text-decoration: none; color: inherit; background: var(--raised); border-radius: 3px; }
.neighbours a:hover, .path a:hover, .members a:hover { color: var(--accent); text-decoration: underline; }
.path { font-size: 0.86rem; }
.path li + li::before { content: "↓"; display: block; color: var(--muted); line-height: 1; padding: 0 0 0.25rem 0.55rem; }
@media (min-width: 1100px) {
  .with-panel body { margin-right: 25rem; max-width: none; }
}

.chart { display: block; min-width: 620px; }
.chart text { fill: var(--muted); font-size: 11px; font-variant-numeric: tabular-nums; }
.chart .grid { stroke: var(--line); }
.chart .created, .key-created { fill: var(--activity); }
.chart .completed, .key-completed { fill: light-dark(#4f9d64, #5fb276); }
.chart .cancelled, .key-cancelled { fill: light-dark(#a9aebb, #7d8394); }
.meter { display: block; width: 100%; min-width: 5rem; height: 0.6rem; margin-top: 0.45rem; }
.meter rect { fill: var(--activity); }
.chain { counter-reset: step; }
.chain li { counter-increment: step; position: relative; padding: 0.3rem 0 0.3rem 2.3rem; }
.chain li::before {
  content: counter(step); position: absolute; left: 0; top: 0.28rem; width: 1.6rem; height: 1.6rem; border-radius: 50%;
  background: var(--entity); color: var(--shape-ink); font-size: 0.8rem; line-height: 1.6rem; text-align: center;
}
.chain li + li::after { content: ""; position: absolute; left: 0.77rem; top: -0.45rem; height: 0.7rem; border-left: 2px solid var(--strong-line); }
.reason { max-width: 70ch; }
footer { color: var(--muted); font-size: 0.84rem; padding-top: 0.5rem; }

@media (max-width: 700px) {
  :root { scroll-padding-top: 6.5rem; }
  .top { padding-top: 1rem; }
  .bar-sticky { gap: 0.3rem 0.8rem; }
  nav { width: 100%; overflow-x: auto; }
  nav ul { flex-wrap: nowrap; white-space: nowrap; }
  .search { margin-left: 0; width: 100%; }
  .search input { flex: 1; width: auto; min-width: 0; }
  .tiles li > a, .tiles li > span { padding: 0.3rem 0.7rem 0.3rem 0.55rem; }
  .scripted .drawing { height: 58vh; }
  .day { display: block; }
  .day li { padding: 0.2rem 0; }
  table, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .nodes tbody tr > th { min-width: 0 !important; }
  tbody th, td { border: 0; padding: 0.12rem 0; max-width: none; min-width: 0; }
  tbody tr { border-top: 1px solid var(--line); padding: 0.55rem 0 0.55rem 0.7rem; border-left: 4px solid var(--kind, var(--line)); }
  tbody tr + tr { margin-top: 0.5rem; }
  .nodes tbody th, th:first-child { border-left: 0; padding-left: 0; }
  td, td.number { position: relative; padding-left: 7rem; min-height: 1.7em; }
  td.number { text-align: left; }
  td::before { content: attr(data-label); position: absolute; left: 0; width: 6.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); font-size: 0.86rem; }
  td.none { display: none; }
  #details { top: auto; left: 0; width: 100%; max-height: 58vh; border-left: 0; border-top: 1px solid var(--line); border-radius: 14px 14px 0 0; box-shadow: 0 -8px 30px #0003; }
  .panel-head { position: sticky; top: -1rem; background: var(--surface); padding: 0.3rem 0; }
  .with-panel body { padding-bottom: 60vh; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --bg: #fff; font-size: 10.5pt; }
  body { max-width: none; padding: 0; margin: 0 !important; }
  .control, .tools, .bar-sticky, .skip, #details, tbody details > summary { display: none !important; }
  .top { padding-top: 0; }
  .card { border: 0; padding: 0; margin-bottom: 1.2rem; }
  .drawing, .scripted .drawing { overflow: visible; height: auto !important; max-height: none; }
  .drawing > svg, .scripted .drawing > svg { width: 100%; height: auto; max-height: 200mm; }
  .drawing .node, .drawing .edge, .bar, .marks circle { opacity: 1 !important; }
  .picture-frame { border: 0; background: none; break-inside: avoid; }
  .lanes { max-height: none; overflow: visible; }
  .timeline { min-width: 0; }
  dl { display: block; padding: 0.1rem 0; font-size: 0.95em; }
  dl.relations { border: 0; }
  dt, dd, dd > .prose { display: inline; }
  dt::after { content: ":"; }
  dd::after { content: " "; white-space: pre; }
  .nodes tbody tr > th { width: 38%; min-width: 0 !important; }
  td { overflow-wrap: break-word; min-width: 0; }
  td .iri { overflow-wrap: anywhere; }
  .badge { padding: 0; background: none !important; color: inherit !important; }
  details::details-content { content-visibility: visible; display: block; }
  .day { content-visibility: visible; }
  h2, h3 { break-after: avoid; }
  tr, .day li, .lane { break-inside: avoid; }
  thead { display: table-header-group; }
  table { font-size: 8.5pt; }
  th, td { padding-right: 0.4rem; }
  tbody th { min-width: 0; }
  a { color: inherit; }
  * { print-color-adjust: exact; }
}
`
