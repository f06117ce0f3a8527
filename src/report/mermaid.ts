import { unturned } from '../text/unturned.js'
import type { Lineage } from './lineage/lineage.js'
import { edgeKindOf } from './picture/edge-kind.js'
import { isDeep } from './picture/is-deep.js'
import type { Picture, PictureNode } from './picture/picture.js'
import { pictureOf } from './picture/picture-of.js'
import { INK, MARK_LINES, PROV_COLOURS } from './picture/prov-look.js'
import { shorten } from './text/shorten.js'

/** Mermaid refuses more than 500 arrows and 50,000 characters unless the page that shows it says otherwise. */
const MAX_NODES = 100
const MAX_LENGTH = 48_000
const MAX_LABEL = 80
const MAX_COMMENT = 200

const BRACKETS = { entity: ['([', '])'], activity: ['[', ']'], agent: ['[/', '\\]'] } as const
const ARROWS = { work: '-->', plan: '-->', responsibility: '-.->' } as const

/** A lineage as a Mermaid flowchart, grouped and cut so that Mermaid takes it. */
export function lineageMermaid(lineage: Lineage, title?: string): string {
  for (let maxNodes = MAX_NODES; ; maxNodes = Math.floor(maxNodes / 2)) {
    const text = pictureMermaid(pictureOf(lineage, { ...(title === undefined ? {} : { title }), maxNodes }))
    if (text.length <= MAX_LENGTH || maxNodes <= 1) return text
  }
}

/** A picture as a Mermaid flowchart, with what was cut as a shape of its own. */
export function pictureMermaid(picture: Picture): string {
  const keysByClass = new Map<string, string[]>()
  for (const node of picture.nodes) {
    for (const name of [node.shape, ...(node.mark ? [node.mark] : []), ...(node.isRoot ? ['root'] : [])]) {
      const keys = keysByClass.get(name)
      if (keys) keys.push(node.key)
      else keysByClass.set(name, [node.key])
    }
  }
  const cuts = picture.cuts.map((cut) => encode(shorten(cut, MAX_COMMENT))).join('<br>')
  const lines = [
    `%% ${encode(shorten(picture.title, MAX_COMMENT))}`,
    `flowchart ${isDeep(picture) ? 'BT' : 'RL'}`,
    ...picture.nodes.map(nodeLine),
    ...picture.edges.map(({ source, target, label }) => `  ${source} ${ARROWS[edgeKindOf(label)]}|${label}| ${target}`),
    ...(cuts === '' ? [] : [`  cuts["${cuts}"]`]),
    ...Object.entries(PROV_COLOURS).map(
      ([shape, { fill, stroke }]) => `  classDef ${shape} fill:${fill},stroke:${stroke},color:${INK}`,
    ),
    ...Object.entries(MARK_LINES).flatMap(([mark, { stroke, isBroken }]) =>
      keysByClass.has(mark)
        ? [`  classDef ${mark} stroke:${stroke},stroke-width:2px${isBroken ? ',stroke-dasharray:5 3' : ''}`]
        : [],
    ),
    '  classDef root stroke-width:3px,font-weight:bold',
    ...(cuts === '' ? [] : ['  classDef cut fill:none,stroke:none', '  class cuts cut']),
    ...[...keysByClass].map(([name, keys]) => `  class ${keys.join(',')} ${name}`),
  ]
  return `${lines.join('\n')}\n`
}

function nodeLine({ key, shape, label, note }: PictureNode): string {
  const [open, close] = BRACKETS[shape]
  const lines = [shorten(label, MAX_LABEL), shorten(note, MAX_LABEL)].filter((text) => text !== '').map(encode)
  return `  ${key}${open}"${lines.join('<br>') || ' '}"${close}`
}

/** What means nothing between quotes, unless it begins a text and makes it an item of a list. */
const HARMLESS_INSIDE = /[-.()]/
const MAYBE_LIST = /^[\s\d]*$/

/**
 * The text in Mermaid's own character references, so that nothing in it is syntax, HTML, Markdown or a directive. Colons
 * are among them because Mermaid drops the semicolon that ends what looks like `style x:#35;`, wherever it stands.
 *
 * Some pairs mean something even so, since Mermaid looks for them after it has resolved the references: `\n` is a line,
 * `$$` begins mathematics, `ﬂ°` and `¶ß` are how it writes references for itself. A space without width parts them.
 */
function encode(text: string): string {
  return unturned(text)
    .replace(/\\(?=n)|\$(?=\$)|ﬂ(?=°)|¶(?=ß)/g, '$&\u200B')
    .replace(
      /(?!\u200D)[^\p{L}\p{N}\p{M}\p{Extended_Pictographic} ,…“”]/gu,
      (character: string, at: number, whole: string) =>
        HARMLESS_INSIDE.test(character) && !MAYBE_LIST.test(whole.slice(0, at))
          ? character
          : `#${character.codePointAt(0)};`,
    )
}
