-- Provtrail's SQLite schema, version 1: the only place where it is written.
--
-- `events` is the record. The tables after it are a projection of it: log.rebuild() empties and refills them.
-- Times are ISO 8601 text in UTC with milliseconds, ids of nodes are split into namespace and uuid outside of the log,
-- JSON is canonical (RFC 8785).
-- A node's key is the seq of the event that made it, so a replay gives every node the same key again.

PRAGMA application_id = 0x50725476; -- "PrTv"
PRAGMA user_version = 1;

-- What was fixed when the file was made; not part of the projection.
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

-- Words that the file uses in place of the default phases, roles and task types (a JSON array each).
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
  natural_key TEXT NOT NULL,
  created_at  TEXT NOT NULL
) STRICT;

-- Is this agent registered already? (reuse: true)
CREATE INDEX agents_by_natural_key ON agents (natural_key);

-- prov:Entity, prov:Plan: a unit of work. priority: 0 critical, 1 high, 2 medium, 3 low, 4 backlog.
-- The last four columns count what holds the task back: a task is ready when its status is open and all are 0.
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
  open_gates    INTEGER NOT NULL DEFAULT 0, -- unsatisfied gates of its own blocked_by relations
  held_from_above INTEGER NOT NULL DEFAULT 0, -- 1: a parent at any level has an unsatisfied gate or is on hold
  open_children INTEGER NOT NULL DEFAULT 0, -- children that are not closed
  replaced      INTEGER NOT NULL DEFAULT 0  -- tasks that supersede it, or that it is a duplicate of
) STRICT;

-- tasks.list: oldest first.
CREATE INDEX tasks_by_age ON tasks (created_at);
-- tasks.list({ status }).
CREATE INDEX tasks_by_status ON tasks (status, created_at);
-- tasks.list({ owner }).
CREATE INDEX tasks_by_owner ON tasks (owner, created_at) WHERE owner IS NOT NULL;
-- tasks.ready, by priority and by age.
CREATE INDEX tasks_ready ON tasks (status, priority, created_at)
  WHERE open_gates = 0 AND held_from_above = 0 AND open_children = 0 AND replaced = 0 AND status IN ('open', 'in_progress');
CREATE INDEX tasks_ready_by_age ON tasks (status, created_at)
  WHERE open_gates = 0 AND held_from_above = 0 AND open_children = 0 AND replaced = 0 AND status IN ('open', 'in_progress');
-- tasks.blocked: open or on hold, and not ready.
CREATE INDEX tasks_blocked ON tasks (priority, created_at)
  WHERE status = 'blocked' OR (status = 'open' AND (open_gates > 0 OR held_from_above > 0 OR open_children > 0 OR replaced > 0));

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
