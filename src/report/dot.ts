import type { Lineage, LineageNode } from './lineage/lineage.js'
import { markOf } from './lineage/mark.js'
import { truncationSentences } from './lineage/truncation-sentences.js'
import { lineageTitle } from './lineage-title.js'
import { isResponsibility } from './picture/edge-kind.js'
import { noteOf } from './picture/node-note.js'
import { propertyName } from './picture/property-name.js'
import { MARK_LINES, PROV_COLOURS, type ProvShape, SHAPE_BY_KIND } from './picture/prov-look.js'
import { breakText } from './picture/text-size.js'

/** The names that Graphviz has for the shapes. */
const SHAPE_NAMES: Readonly<Record<ProvShape, string>> = { entity: 'ellipse', activity: 'box', agent: 'house' }

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
      return `  ${quoteId(node.id)} [${styleOf(node)}, label=${quoteText(label)}${root}]`
    }),
    ...lineage.relations
      .filter(({ source, target }) => known.has(source) && known.has(target))
      .map(({ source, kind, target }) => {
        const property = propertyName(kind)
        const style = isResponsibility(property) ? ', style=dashed' : ''
        return `  ${quoteId(source)} -> ${quoteId(target)} [label="${property}"${style}]`
      }),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

function styleOf(node: LineageNode): string {
  const shape = SHAPE_BY_KIND[node.kind]
  const { fill, stroke } = PROV_COLOURS[shape]
  const mark = markOf(node)
  const line = mark && MARK_LINES[mark]
  const broken = line?.isBroken ? ', style="filled,dashed"' : ''
  return `shape=${SHAPE_NAMES[shape]}, fillcolor="${fill}", color="${line?.stroke ?? stroke}"${broken}`
}

function wrap(text: string, maxWidth: number): string[] {
  return breakText(text, { fontSize: 11, maxWidth, maxLines: 8 })
}

/**
 * A name, in which only the quote is escaped, and every backslash stands for itself. Before a quote there must be an even
 * number of them, or the last would be read as its escape: there, and only there, the name has one more than the id.
 */
function quoteId(id: string): string {
  return `"${id.replace(/(\\*)"/g, (_, before: string) => `${before}${before.length % 2 === 0 ? '' : '\\'}\\"`)}"`
}

/**
 * Lines of text as an escString (https://graphviz.org/docs/attr-types/escString/), in which backslashes would name the
 * node or the graph, and in which Graphviz also reads the character references of HTML.
 */
function quoteText(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;')).join('\\n')}"`
}
