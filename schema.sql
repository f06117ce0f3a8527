-- Provtrail's SQLite schema, version 1: the only place where it is written.
--
-- `events` is the record. The tables after it are a projection of it: log.rebuild() empties and refills them.
-- Times are ISO 8601 text in UTC with milliseconds, ids of nodes are split into namespace and uuid outside of the log,
-- JSON is canonical (RFC 8785).
-- A node's key is the seq of the event that made it, so a replay gives every node the same key again.

PRAGMA application_id = 0x50725476; -- "PrTv"
PRAGMA user_version = 1;

-- What was fixed when the file was made, the secret that claims' tokens are made with among it; not part of the projection.
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER settings_refuse_update BEFORE UPDATE ON settings
BEGIN
  SELECT RAISE(ABORT, 'settings are fixed when the file is made');
END;

CREATE TRIGGER settings_refuse_delete BEFORE DELETE ON settings
BEGIN
  SELECT RAISE(ABORT, 'settings are fixed when the file is made');
END;

-- The log: append-only, hash-chained. `at` is when it was so, `recorded_at` when it was written down.
-- data_digest = SHA-256(salt, data); digest = SHA-256(canonical JSON of all columns but data, salt and digest).
CREATE TABLE events (
  seq             INTEGER PRIMARY KEY,
  id              TEXT NOT NULL,
  version         INTEGER NOT NULL,
  type            TEXT NOT NULL,
  subject         TEXT NOT NULL,
  actor           TEXT NOT NULL,
  activity        TEXT,
  at              TEXT NOT NULL,
  recorded_at     TEXT NOT NULL,
  "transaction"   TEXT NOT NULL,
  idempotency_key TEXT,
  input_digest    TEXT,
  data            TEXT,
  salt            TEXT,
  data_digest     TEXT NOT NULL,
  previous_digest TEXT NOT NULL,
  digest          TEXT NOT NULL
) STRICT;

-- The history of one node: log.events({ subject }), the fold that gives a task as it was.
CREATE INDEX events_by_subject ON events (subject, seq);
-- What was done within one activity: log.events({ activity }).
CREATE INDEX events_by_activity ON events (activity, seq) WHERE activity IS NOT NULL;
-- Was this command carried out before?
CREATE INDEX events_by_idempotency_key ON events (idempotency_key, seq) WHERE idempotency_key IS NOT NULL;
-- What was erased, and what of it was kept?
CREATE INDEX events_redactions ON events (seq) WHERE type = 'log.redacted';

CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
WHEN NOT (
  NEW.data IS NULL AND NEW.salt IS NULL
  AND NEW.seq = OLD.seq AND NEW.id = OLD.id AND NEW.version = OLD.version AND NEW.type = OLD.type
  AND NEW.subject = OLD.subject AND NEW.actor = OLD.actor AND NEW.activity IS OLD.activity AND NEW.at = OLD.at
  AND NEW.recorded_at = OLD.recorded_at AND NEW."transaction" = OLD."transaction"
  AND NEW.idempotency_key IS OLD.idempotency_key AND NEW.input_digest IS OLD.input_digest
  AND NEW.data_digest = OLD.data_digest AND NEW.previous_digest = OLD.previous_digest AND NEW.digest = OLD.digest
)
BEGIN
  SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'the log is append-only');
END;

-- Words that the file uses in place of the default phases, roles, task types and stop reasons (a JSON array each).
CREATE TABLE vocabulary (
  field TEXT PRIMARY KEY,
  words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Everything that has an id: {namespace}--{uuid}. A uuid occurs once in a file; its index finds nodes by id, and the
-- export reads along it.
CREATE TABLE nodes (
  key       INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL,
  namespace TEXT NOT NULL,
  uuid      TEXT NOT NULL UNIQUE
) STRICT;

-- prov:Agent: prov:Person, prov:SoftwareAgent (ML and software), prov:Organization.
CREATE TABLE agents (
  key         INTEGER PRIMARY KEY REFERENCES nodes (key),
  kind        TEXT NOT NULL CHECK (kind IN ('human', 'ml', 'software', 'organization')),
  name        TEXT,
  contact     TEXT,
  role        TEXT,
  provider    TEXT,
  model       TEXT,
  version     TEXT,
  parameters  TEXT,
  source      TEXT,
  url         TEXT,
  capabilities TEXT NOT NULL DEFAULT '[]', -- what tasks may require of those who claim them: a JSON array of words
  natural_key TEXT NOT NULL,
  created_at  TEXT NOT NULL
) STRICT;

-- Is this agent registered already? (reuse: true)
CREATE INDEX agents_by_natural_key ON agents (natural_key);

-- prov:Entity, prov:Plan: a unit of work. priority: 0 critical, 1 high, 2 medium, 3 low, 4 backlog.
-- What holds a task back is kept in the last columns, without a clock: a task is ready when the four counters are 0,
-- held_until is over, and it is open or in progress under a lease that is over (the rule is in src/record/readiness.ts).
CREATE TABLE tasks (
  key           INTEGER PRIMARY KEY REFERENCES nodes (key),
  status        TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'in_review', 'blocked', 'closed')),
  outcome       TEXT CHECK (outcome IN ('completed', 'failed', 'cancelled')),
  priority      INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 4),
  type          TEXT NOT NULL,
  phase         TEXT NOT NULL,
  owner         INTEGER REFERENCES agents (key),
  revision      INTEGER NOT NULL,
  created_at    TEXT NOT NULL,
  updated_at    TEXT NOT NULL,
  closed_at     TEXT,
  title         TEXT NOT NULL,
  description   TEXT NOT NULL,
  notes         TEXT NOT NULL,
  close_reason  TEXT,
  hold_reason   TEXT,
  forced        TEXT, -- why its status was changed by force, while it stands as it was forced
  not_before    TEXT, -- it may not start before this time
  snoozed_until TEXT, -- somebody does not want to see it before this time
  due_at        TEXT, -- it should be closed by this time
  required_role TEXT, -- what it asks of those who claim it: a role,
  required_capabilities TEXT, -- and capabilities, a JSON array of words
  contract      TEXT, -- the newest of its contracts, in JSON
  contract_version INTEGER NOT NULL DEFAULT 0, -- 0: none
  open_gates    INTEGER NOT NULL DEFAULT 0, -- unsatisfied gates of its own blocked_by relations
  held_from_above INTEGER NOT NULL DEFAULT 0, -- 1: a parent at any level has an unsatisfied gate or is on hold
  open_children INTEGER NOT NULL DEFAULT 0, -- children that are not closed
  replaced      INTEGER NOT NULL DEFAULT 0, -- tasks that supersede it, or that it is a duplicate of
  held_until    TEXT NOT NULL DEFAULT '', -- the latest of not_before and snoozed_until, of it and of all it is part of
  lease_until   TEXT, -- when the lease of the claim ends that has not ended
  attempts_spent INTEGER NOT NULL DEFAULT 0, -- those that failed, were rejected or ran out
  attempts_left INTEGER -- how many more its contract allows; NULL: any number
) STRICT;

-- tasks.list: oldest first.
CREATE INDEX tasks_by_age ON tasks (created_at);
-- tasks.list({ status }).
CREATE INDEX tasks_by_status ON tasks (status, created_at);
-- tasks.list({ owner }).
CREATE INDEX tasks_by_owner ON tasks (owner, created_at) WHERE owner IS NOT NULL;
-- tasks.overdue.
CREATE INDEX tasks_by_due ON tasks (due_at, created_at) WHERE due_at IS NOT NULL AND status <> 'closed';
-- claims.next: has a lease run out that leaves no further attempt?
CREATE INDEX tasks_last_leases ON tasks (lease_until) WHERE lease_until IS NOT NULL AND attempts_left <= 1;
-- tasks.ready and claims.next, by priority and by age. What turns on the time is compared within the index.
CREATE INDEX tasks_ready ON tasks (priority, created_at, key, status, held_until, lease_until, attempts_left)
  WHERE open_gates = 0 AND held_from_above = 0 AND open_children = 0 AND replaced = 0 AND status IN ('open', 'in_progress');
CREATE INDEX tasks_ready_by_age ON tasks (created_at, key, status, held_until, lease_until, attempts_left)
  WHERE open_gates = 0 AND held_from_above = 0 AND open_children = 0 AND replaced = 0 AND status IN ('open', 'in_progress');
-- tasks.blocked: on hold, or open (in progress under a lease that is over) and not ready, which may turn on the time.
CREATE INDEX tasks_blocked ON tasks (priority, created_at)
  WHERE status = 'blocked' OR (status IN ('open', 'in_progress') AND (open_gates > 0 OR held_from_above > 0 OR open_children > 0
    OR replaced > 0 OR held_until > '' OR attempts_left IS NOT NULL));

-- Words that tasks are found by (pt:label).
CREATE TABLE task_labels (
  task  INTEGER NOT NULL REFERENCES tasks (key),
  label TEXT NOT NULL,
  PRIMARY KEY (task, label)
) STRICT, WITHOUT ROWID;

-- Filters labelsAll and labelsAny.
CREATE INDEX task_labels_by_label ON task_labels (label, task);

-- The same task in other systems (dcterms:identifier there).
CREATE TABLE external_refs (
  task   INTEGER NOT NULL REFERENCES tasks (key),
  system TEXT NOT NULL,
  id     TEXT NOT NULL,
  url    TEXT,
  PRIMARY KEY (task, system, id)
) STRICT, WITHOUT ROWID;

-- tasks.findByExternalRef.
CREATE INDEX external_refs_by_id ON external_refs (system, id, task);

-- prov:Activity; agent is prov:wasAssociatedWith, task the association's prov:hadPlan.
CREATE TABLE activities (
  key        INTEGER PRIMARY KEY REFERENCES nodes (key),
  agent      INTEGER NOT NULL REFERENCES agents (key),
  task       INTEGER REFERENCES tasks (key),
  phase      TEXT NOT NULL,
  stage      TEXT NOT NULL CHECK (stage IN ('not_started', 'in_progress', 'blocked', 'complete')),
  notes      TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at   TEXT,
  failure    TEXT
) STRICT;

-- activities.list: by agent, by task, and those that have not ended.
CREATE INDEX activities_by_agent ON activities (agent, started_at);
CREATE INDEX activities_by_task ON activities (task, started_at) WHERE task IS NOT NULL;
CREATE INDEX activities_open ON activities (started_at) WHERE ended_at IS NULL;

-- An attempt at a task: the activity that a claim starts, and the submission that it ends with, if it does.
-- It is live while ended_at is NULL and expires_at is in the future. `agent` and `task` are those of the activity.
CREATE TABLE attempts (
  key              INTEGER PRIMARY KEY REFERENCES activities (key),
  task             INTEGER NOT NULL REFERENCES tasks (key),
  agent            INTEGER NOT NULL REFERENCES agents (key),
  number           INTEGER NOT NULL,
  ttl_ms           INTEGER NOT NULL,
  started_at       TEXT NOT NULL,
  expires_at       TEXT NOT NULL,
  ended_at         TEXT,
  ended_by         TEXT CHECK (ended_by IN ('completed', 'released', 'reset', 'expired', 'closed')),
  end_reason       TEXT, -- why it was released or reset
  outcome          TEXT CHECK (outcome IN ('done', 'pending_review', 'failed', 'blocked')),
  stop_reason      TEXT,
  stop_text        TEXT,
  summary          TEXT,
  output           TEXT, -- JSON
  criteria         TEXT, -- JSON: what the submission says of each criterion of the contract
  contract_version INTEGER, -- the contract that it was judged by
  submitted        INTEGER -- the number of the event that ended it with a submission
) STRICT;

-- The attempts of a task: runs.list({ task }), which was the last one, who has had one and may not review it.
CREATE INDEX attempts_by_task ON attempts (task, number);
-- claims.list, and how many claims an agent has. Those of an agent that have ended are among its activities.
CREATE INDEX attempts_live ON attempts (agent, expires_at) WHERE ended_at IS NULL;

-- A judgement of a submission: an activity of the reviewer.
CREATE TABLE reviews (
  key        INTEGER PRIMARY KEY REFERENCES activities (key),
  task       INTEGER NOT NULL REFERENCES tasks (key),
  attempt    INTEGER NOT NULL REFERENCES attempts (key), -- whose submission it judges
  reviewer   INTEGER NOT NULL REFERENCES agents (key),
  verdict    TEXT NOT NULL CHECK (verdict IN ('approve', 'reject', 'request_changes')),
  comment    TEXT NOT NULL,
  evidence   TEXT NOT NULL DEFAULT '[]', -- ids in JSON
  created_at TEXT NOT NULL
) STRICT;

-- reviews.list({ task }).
CREATE INDEX reviews_by_task ON reviews (task, key);
-- Who has approved this submission?
CREATE INDEX reviews_by_attempt ON reviews (attempt, key);
-- reviews.list({ reviewer }).
CREATE INDEX reviews_by_reviewer ON reviews (reviewer, key);

-- prov:Plan: what is asked of those who work on a task, in every version that it had.
CREATE TABLE contracts (
  task       INTEGER NOT NULL REFERENCES tasks (key),
  version    INTEGER NOT NULL,
  contract   TEXT NOT NULL, -- JSON
  agent      INTEGER NOT NULL REFERENCES agents (key),
  reason     TEXT,
  evidence   TEXT NOT NULL DEFAULT '[]', -- ids in JSON
  created_at TEXT NOT NULL,
  made       INTEGER NOT NULL, -- the number of the event that made it
  PRIMARY KEY (task, version)
) STRICT, WITHOUT ROWID;

-- prov:Entity: something used or made; content is pointed at, not stored.
CREATE TABLE artifacts (
  key        INTEGER PRIMARY KEY REFERENCES nodes (key),
  iri        TEXT NOT NULL,
  kind       TEXT,
  label      TEXT,
  media_type TEXT,
  digest     TEXT,
  created_at TEXT NOT NULL
) STRICT;

-- artifacts.findByIri.
CREATE INDEX artifacts_by_iri ON artifacts (iri);

-- prov:Entity: what proves something about a node; it points at the proof, by an IRI or an artifact of the record.
CREATE TABLE evidence (
  key        INTEGER PRIMARY KEY REFERENCES nodes (key),
  subject    INTEGER NOT NULL REFERENCES nodes (key),
  agent      INTEGER NOT NULL REFERENCES agents (key),
  kind       TEXT NOT NULL,
  iri        TEXT,
  artifact   INTEGER REFERENCES artifacts (key),
  summary    TEXT NOT NULL,
  digest     TEXT,
  created_at TEXT NOT NULL
) STRICT;

-- evidence.list, and is this evidence there already?
CREATE INDEX evidence_by_subject ON evidence (subject, kind);
-- lineage: what does this artifact prove, and what did this agent show?
CREATE INDEX evidence_by_artifact ON evidence (artifact) WHERE artifact IS NOT NULL;
CREATE INDEX evidence_by_agent ON evidence (agent);

-- prov:Entity: decisions and learnings, by the kind of their node. Valid from valid_from until that of what supersedes it
-- (relations); known since recorded_at. attached_to is a task, or NULL where it holds for the namespace of the node.
CREATE TABLE knowledge (
  key          INTEGER PRIMARY KEY REFERENCES nodes (key),
  kind         TEXT NOT NULL CHECK (kind IN ('decision', 'learning')),
  namespace    TEXT NOT NULL,
  agent        INTEGER NOT NULL REFERENCES agents (key),
  attached_to  INTEGER REFERENCES tasks (key),
  title        TEXT NOT NULL,
  rationale    TEXT NOT NULL,
  alternatives TEXT NOT NULL DEFAULT '[]', -- JSON
  valid_from   TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  recorded_at  TEXT NOT NULL
) STRICT;

-- knowledge(task), decisions.list({ attachedTo }).
CREATE INDEX knowledge_by_task ON knowledge (attached_to, key) WHERE attached_to IS NOT NULL;
-- What holds for a namespace.
CREATE INDEX knowledge_by_namespace ON knowledge (namespace, key) WHERE attached_to IS NULL;
-- decisions.list, learnings.list.
CREATE INDEX knowledge_by_age ON knowledge (kind, valid_from);
-- lineage: what did this agent decide?
CREATE INDEX knowledge_by_agent ON knowledge (agent);

-- What supersedes which decision or learning, and when that was known: since known_from and, where the relation was removed
-- again, until known_to. `added` is the number of the event that added the relation.
CREATE TABLE supersessions (
  earlier    INTEGER NOT NULL REFERENCES knowledge (key),
  later      INTEGER NOT NULL REFERENCES knowledge (key),
  added      INTEGER NOT NULL,
  known_from TEXT NOT NULL,
  known_to   TEXT,
  PRIMARY KEY (earlier, later, added)
) STRICT, WITHOUT ROWID;

-- What does this decision supersede?
CREATE INDEX supersessions_by_later ON supersessions (later, added);

-- prov:Entity: a note by an agent on a task.
CREATE TABLE comments (
  key        INTEGER PRIMARY KEY REFERENCES nodes (key),
  task       INTEGER NOT NULL REFERENCES tasks (key),
  author     INTEGER NOT NULL REFERENCES agents (key),
  body       TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

-- tasks.comments.
CREATE INDEX comments_by_task ON comments (task, created_at);
-- lineage: what did this agent say?
CREATE INDEX comments_by_author ON comments (author);

-- Every relation between two nodes; the kinds are those of the relation registry (CONCEPTS.md).
-- `added` is the seq of the event that added it; `activity` is the one that a delegation is limited to, or 0.
CREATE TABLE relations (
  source     INTEGER NOT NULL REFERENCES nodes (key),
  kind       TEXT NOT NULL,
  target     INTEGER NOT NULL REFERENCES nodes (key),
  activity   INTEGER NOT NULL DEFAULT 0,
  gate       TEXT CHECK (gate IN ('closed', 'completed', 'failed')),
  created_at TEXT NOT NULL,
  added      INTEGER NOT NULL,
  PRIMARY KEY (source, kind, target, activity),
  CHECK (source <> target)
) STRICT, WITHOUT ROWID;

-- The same relations, read backwards: children, dependents, what an activity generated.
CREATE INDEX relations_by_target ON relations (target, kind, source);
-- A task has one parent at most.
CREATE UNIQUE INDEX relations_one_parent ON relations (source) WHERE kind = 'parent';
