import { readFileSync } from 'node:fs'

/** The programs of the pages, by the name of their file in `client/`. */
export type ClientScript = 'theme' | 'search' | 'selection' | 'picture-view' | 'timeline-view' | 'print'

const textByName = new Map<ClientScript, string>()

/** The text of a program as it stands within a script element. */
export function clientScript(name: ClientScript): string {
  let text = textByName.get(name)
  if (text === undefined) {
    text = readFileSync(new URL(`./client/${name}.js`, import.meta.url), 'utf8').replaceAll('\r', '')
    if (/<\/script|<!--/i.test(text)) throw new Error(`client/${name}.js cannot stand within a script element`)
    textByName.set(name, text)
  }
  return text
}
