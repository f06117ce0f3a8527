import type { Page, PageOptions, Tracker } from '../../src/index.js'

/** Every item of a list, page by page. */
export async function all<Item>(list: (page: PageOptions) => Promise<Page<Item>>, limit = 1_000): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await list(cursor === undefined ? { limit } : { limit, cursor })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return items
}

/** What every query says about the whole of a record. */
export async function answersOf(tracker: Tracker): Promise<Record<string, unknown>> {
  const { tasks, relations, agents, activities, artifacts, log } = tracker
  const { claims, runs, contracts, reviews, evidence, decisions, learnings } = tracker
  const known = {
    tasks: await all((page) => tasks.list(page)),
    agents: await all((page) => agents.list(page)),
    activities: await all((page) => activities.list(page)),
    artifacts: await all((page) => artifacts.list(page)),
  }
  const aboutTasks = []
  const nodes: { id: Parameters<typeof relations.list>[0] }[] = Object.values(known).flat()
  for (const { id, externalRefs } of known.tasks) {
    const comments = await tasks.comments(id)
    nodes.push(...comments)
    aboutTasks.push({
      get: await tasks.get(id),
      find: await tasks.find(id),
      labels: await tasks.labels(id),
      comments,
      explain: await tasks.explain(id),
      ancestors: await tasks.ancestors(id),
      descendants: await tasks.descendants(id),
      dependencyTree: await tasks.dependencyTree(id),
      contracts: await contracts.list(id),
      knowledge: await tracker.knowledge(id, { includeSuperseded: true }),
      context: await tracker.context(id),
      children: await all((page) => tasks.list({ parent: id, ...page })),
      found: await Promise.all(externalRefs.map((ref) => tasks.findByExternalRef(ref.system, ref.id))),
    })
  }
  const relationsOfNodes = []
  for (const { id } of nodes) relationsOfNodes.push(await all((page) => relations.list(id, page)))
  return {
    ...known,
    aboutTasks,
    relationsOfNodes,
    agentsById: await Promise.all(known.agents.map(({ id }) => agents.get(id))),
    activitiesById: await Promise.all(known.activities.map(({ id }) => activities.get(id))),
    artifactsById: await Promise.all(known.artifacts.map(({ id }) => artifacts.get(id))),
    artifactsByIri: await Promise.all(known.artifacts.map(({ iri }) => artifacts.findByIri(iri))),
    ready: await all((page) => tasks.ready(page)),
    readyOrRunning: await all((page) => tasks.ready({ sort: 'newest', includeInProgress: true, ...page })),
    blocked: await all((page) => tasks.blocked({ sort: 'oldest', ...page })),
    overdue: await all((page) => tasks.overdue(page)),
    claims: await all((page) => claims.list(page)),
    runs: await all((page) => runs.list(page)),
    reviews: await all((page) => reviews.list(page)),
    evidence: await all((page) => evidence.list(page)),
    decisions: await all((page) => decisions.list({ includeSuperseded: true, ...page })),
    learnings: await all((page) => learnings.list({ includeSuperseded: true, ...page })),
    vocabulary: tracker.vocabulary,
    head: await log.head(),
    events: await all((page) => log.events(page)),
  }
}
