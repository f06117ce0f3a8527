import { propertyOf } from '../record/lineage/lineage-relation.js'
import type { Lineage } from './lineage/lineage.js'
import { lineageTitle } from './lineage-title.js'
import { isResponsibility } from './picture/edge-kind.js'
import { noteOf } from './picture/node-note.js'
import { truncationSentences } from './picture/picture-of.js'
import { breakText } from './picture/text-size.js'

const ENTITY = 'shape=ellipse, fillcolor="#FFFC87", color="#87842E"'
const ACTIVITY = 'shape=box, fillcolor="#9FB1FC", color="#4A5BA8"'
const AGENT = 'shape=house, fillcolor="#FED37F", color="#976A14"'
const STYLES = { task: ENTITY, artifact: ENTITY, comment: ENTITY, activity: ACTIVITY, agent: AGENT } as const

/**
 * A lineage in Graphviz's DOT language, in the colours and shapes of PROV's diagrams: every node under its id, every
 * relation, and nothing left out, as what reads it may have its own idea of what is too much.
 */
export function lineageDot(lineage: Lineage, title?: string): string {
  const heading = [lineageTitle(lineage, title), ...truncationSentences(lineage)]
  const known = new Set(lineage.nodes.map(({ id }) => id))
  const lines = [
    'digraph lineage {',
    `  graph [rankdir=BT, labelloc=t, fontname="Helvetica", label=${quoteText(heading.flatMap((text) => wrap(text, 600)))}]`,
    '  node [style=filled, fontname="Helvetica", fontsize=11]',
    '  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7]',
    ...lineage.nodes.map((node) => {
      const label = [...wrap(node.label, 180), noteOf(node)].filter((text) => text !== '')
      const root = node.id === lineage.root ? ', penwidth=2.5' : ''
      return `  ${quoteId(node.id)} [${STYLES[node.kind]}, label=${quoteText(label)}${root}]`
    }),
    ...lineage.relations
      .filter(({ source, target }) => known.has(source) && known.has(target))
      .map(({ source, kind, target }) => {
        const property = propertyOf(kind).replace(/^[a-z]+:/, '')
        const style = isResponsibility(property) ? ', style=dashed' : ''
        return `  ${quoteId(source)} -> ${quoteId(target)} [label="${property}"${style}]`
      }),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function wrap(text: string, maxWidth: number): string[] {
  return breakText(text, { fontSize: 11, maxWidth, maxLines: 8 })
}

/** A name: the only escape in it is that of the quote, and what stands before the closing quote must not undo that. */
function quoteId(id: string): string {
  return `"${id.replace(/[\\"]/g, '\\$&')}"`
}

/**
 * Lines of text as an escString (https://graphviz.org/docs/attr-types/escString/), in which backslashes would name the
 * node or the graph, and in which Graphviz also reads the character references of HTML.
 */
function quoteText(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;')).join('\\n')}"`
}
