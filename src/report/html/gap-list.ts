import type { NodeId } from '../../ids.js'
import type { Gap } from '../lineage/lineage.js'
import { bdi, html, type Markup } from './markup.js'
import { anchorOf } from './node-names.js'

const GAP_WORDS: Readonly<Record<Gap['kind'], string>> = {
  activity_without_end: 'Activities without an end',
  task_without_attribution: 'Tasks without a known author',
  artifact_without_origin: 'Artifacts that nothing is known to have made',
  model_without_version: 'Models without a version',
  closed_without_activity: 'Closed tasks that no activity is known to have worked on',
  lease_ran_out: 'Attempts whose lease ran out',
  forced: 'Tasks whose status was changed by force',
  superseded: 'Activities that used what had been superseded',
  superseded_since: 'Activities that used what is superseded now, but was not then',
  erased: 'Erased data',
}

/** More gaps of one kind than this are folded away. */
const UNFOLDED = 12

/** Gaps by kind, each as its sentence; a link where `indexOf` says which row of the page it is about. */
export function gapList(gaps: readonly Gap[], indexOf: (id: NodeId) => number | undefined): readonly Markup[] {
  const byKind = new Map<Gap['kind'], Gap[]>()
  for (const gap of gaps) {
    const same = byKind.get(gap.kind)
    if (same) same.push(gap)
    else byKind.set(gap.kind, [gap])
  }
  return [...byKind].map(
    ([
      kind,
      same,
    ]) => html`<details class="gaps"${same.length <= UNFOLDED && html` open`}><summary>${GAP_WORDS[kind]} <span class="count">${same.length}</span></summary>
<ul>${same.map((gap) => {
      const index = indexOf(gap.node)
      return index === undefined
        ? html`<li>${bdi(gap.sentence)}</li>`
        : html`<li data-node="${index}"><a href="#${anchorOf(gap.node)}">${bdi(gap.sentence)}</a></li>`
    })}</ul></details>
`,
  )
}
