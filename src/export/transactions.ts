import { compareText } from '../compare-text.js'
import { Literal } from '../prov/terms.js'
import { DCTERMS, PROV, RDF } from '../prov/vocabularies.js'
import { nameOf } from '../record/nodes.js'
import type { Reader } from '../store/store.js'
import type { ExportContext } from './export-context.js'
import { Links } from './links.js'
import { PT } from './provtrail-terms.js'

/** How many events are read at once: few where a transaction is looked at alone, many where one follows another. */
const FIRST_PAGE = 16
const LAST_PAGE = 1_000

/** One actor's part in a transaction: when the first and the last of it was so, and whether something refers to it. */
interface Part {
  readonly actor: string
  start: string
  end: string
  referredTo: boolean
}

/** The parts of a transaction by their actors. */
interface Transaction {
  readonly id: string
  readonly parts: Map<string, Part>
}

/** Writes the transactions that were referred to as what made something, one activity for each actor in them. */
export async function* writeTransactions(context: ExportContext): AsyncGenerator<void> {
  const roleByActor = new Map<string, string | null>()
  for await (const transaction of transactionsReferredTo(context)) {
    if (transaction === undefined) yield
    else {
      for (const part of [...transaction.parts.values()].sort((a, b) => compareText(a.actor, b.actor))) {
        if (!part.referredTo) continue
        let role = roleByActor.get(part.actor)
        if (role === undefined) {
          role = await readRole(context.reader, part.actor)
          roleByActor.set(part.actor, role)
        }
        writePart(context, transaction.id, part, role)
        if (context.writer.full) yield
      }
    }
  }
}

function writePart(
  context: ExportContext,
  id: string,
  { actor: actorId, start, end }: Part,
  role: string | null,
): void {
  const { writer } = context
  const actor = nameOf(actorId)
  const agent = context.refer(actor.namespace, actor.uuid)
  const subject = context.transaction(actor, id)
  writer.write(subject, RDF.type, PROV.Activity)
  writer.write(subject, RDF.type, PT.Transaction)
  writer.write(subject, DCTERMS.identifier, Literal.text(id))
  writer.write(subject, PROV.startedAtTime, Literal.dateTime(start))
  writer.write(subject, PROV.endedAtTime, Literal.dateTime(end))
  const links = new Links()
  links.add(PROV.wasAssociatedWith, agent)
  if (role !== null) {
    links.qualify(PROV.qualifiedAssociation, {
      iri: context.nodeIris.qualified(PROV.qualifiedAssociation, actor, PT.Transaction.value, id),
      type: PROV.Association,
      statements: [
        [PROV.agent, agent],
        [PROV.hadRole, context.role(role)],
      ],
    })
  }
  links.write(writer, subject)
}

/** The function that the actor has, in a transaction as in the activities that it carries out. */
async function readRole(reader: Reader, actor: string): Promise<string | null> {
  const [row] = await reader.rows<[string | null]>(
    'SELECT g.role FROM nodes n CROSS JOIN agents g WHERE n.uuid = ? AND g.key = n.key',
    nameOf(actor).uuid,
  )
  return row?.[0] ?? null
}

type EventRow = [seq: number, transaction: string, actor: string, at: string]

/**
 * The transactions with an event that is wanted, in the order of the log, and `undefined` after each reading.
 *
 * The events of a transaction follow each other. All of them are read, whatever is exported, so that a transaction is
 * told alike in every document; longer stretches between transactions that are wanted are not.
 */
async function* transactionsReferredTo({
  reader,
  madeInTransactions: wanted,
}: ExportContext): AsyncGenerator<Transaction | undefined> {
  let next = wanted.from(1)
  jump: while (next !== undefined) {
    let transaction: Transaction | undefined
    let after = await lastBeforeTransaction(reader, next)
    for (let page = FIRST_PAGE; ; page = Math.min(2 * page, LAST_PAGE)) {
      const rows = await reader.rows<EventRow>(
        'SELECT seq, "transaction", actor, at FROM events WHERE seq > ? ORDER BY seq LIMIT ?',
        after,
        page,
      )
      yield undefined
      for (const [seq, id, actor, at] of rows) {
        if (transaction !== undefined && id !== transaction.id) {
          yield transaction
          transaction = undefined
          next = wanted.from(seq)
          if (next === undefined || next > seq + LAST_PAGE) continue jump
        }
        transaction ??= { id, parts: new Map() }
        addEvent(transaction, actor, at, wanted.has(seq))
        after = seq
      }
      if (rows.length < page) break
    }
    if (transaction !== undefined) yield transaction
    return
  }
}

/** The number of the last event before the transaction of an event; 0 where it is the first. */
async function lastBeforeTransaction(reader: Reader, seq: number): Promise<number> {
  const [row] = await reader.rows<[number]>(
    `SELECT seq FROM events
     WHERE seq < ? AND "transaction" <> (SELECT "transaction" FROM events WHERE seq = ?)
     ORDER BY seq DESC LIMIT 1`,
    seq,
    seq,
  )
  return row?.[0] ?? 0
}

function addEvent({ parts }: Transaction, actor: string, at: string, referredTo: boolean): void {
  const part = parts.get(actor)
  if (part === undefined) {
    parts.set(actor, { actor, start: at, end: at, referredTo })
    return
  }
  if (at < part.start) part.start = at
  if (at > part.end) part.end = at
  part.referredTo ||= referredTo
}
