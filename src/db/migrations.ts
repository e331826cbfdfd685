import { LONG_ROWS, type Queries } from './port.ts'

/** The table that records which migrations were applied, and when. Each database has its own. */
export const HISTORY_NAME = 'schema_migrations'

/** One step of the schema's history. A released step is never changed: append another. */
export interface Migration {
  name: string
  /** One DDL statement each. */
  statements: readonly string[]
  /** Fills the new columns of existing rows, after the statements. */
  fill?: (tx: Queries) => Promise<void>
}

const INITIAL: Migration = {
  name: 'initial schema',
  statements: [
    `CREATE TABLE projects (
      id TEXT PRIMARY KEY,
      tag TEXT NOT NULL UNIQUE,
      type TEXT NOT NULL CHECK (type IN ('live', 'test')),
      name TEXT NOT NULL,
      locales TEXT NOT NULL,
      created_at TEXT NOT NULL
    )`,
    `CREATE TABLE api_keys (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      prefix TEXT NOT NULL,
      hash TEXT NOT NULL,
      created_at TEXT NOT NULL,
      expires_at TEXT,
      revoked_at TEXT,
      PRIMARY KEY (project_id, id),
      UNIQUE (project_id, hash)
    )`,
    `CREATE TABLE users (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      email TEXT NOT NULL,
      email_key TEXT NOT NULL,
      email_verified TEXT NOT NULL CHECK (email_verified IN ('true', 'false')),
      full_name TEXT,
      birthday TEXT,
      preferred_locale TEXT NOT NULL,
      metadata TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (project_id, id),
      UNIQUE (project_id, email_key)
    )`,
    `CREATE TABLE user_tokens (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      hash TEXT NOT NULL,
      created_at TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (project_id, id),
      UNIQUE (project_id, hash),
      FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id)
    )`,
    'CREATE INDEX user_tokens_by_user ON user_tokens (project_id, user_id, id)',
    'CREATE INDEX user_tokens_by_expiry ON user_tokens (project_id, expires_at)',
    `CREATE TABLE devices (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      imei TEXT NOT NULL,
      tac TEXT NOT NULL,
      user_id TEXT,
      name TEXT,
      metadata TEXT NOT NULL,
      created_at TEXT NOT NULL,
      name_key TEXT,
      PRIMARY KEY (project_id, id),
      UNIQUE (project_id, imei),
      FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id)
    )`,
    'CREATE INDEX devices_by_user ON devices (project_id, user_id, id)',
    'CREATE INDEX devices_by_tac ON devices (project_id, tac, id)',
    'CREATE INDEX devices_by_name ON devices (project_id, name_key, id)',
    `CREATE TABLE sims (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      iccid TEXT NOT NULL,
      type TEXT NOT NULL CHECK (type IN ('eSIM', 'pSIM')),
      provider TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('inactive', 'active', 'retired')),
      metadata TEXT NOT NULL,
      device_id TEXT,
      device_position INTEGER,
      created_at TEXT NOT NULL,
      PRIMARY KEY (project_id, id),
      UNIQUE (project_id, iccid),
      FOREIGN KEY (project_id, device_id) REFERENCES devices (project_id, id),
      CHECK ((device_id IS NULL) = (device_position IS NULL))
    )`,
    'CREATE INDEX sims_by_device ON sims (project_id, device_id, device_position)',
    `CREATE TABLE idempotency_keys (
      project_id TEXT NOT NULL REFERENCES projects (id),
      key_hash TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      status INTEGER NOT NULL,
      answer TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (project_id, key_hash)
    )`,
    'CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (project_id, expires_at)',
    `CREATE TABLE device_models (
      id TEXT PRIMARY KEY,
      brand TEXT NOT NULL,
      brand_key TEXT NOT NULL,
      name TEXT NOT NULL,
      name_key TEXT NOT NULL,
      type TEXT NOT NULL,
      sim_types TEXT NOT NULL,
      is_code INTEGER,
      type_source TEXT,
      sim_types_source TEXT,
      UNIQUE (brand_key, name_key)
    )`,
    'CREATE INDEX device_models_by_brand ON device_models (brand_key, id)',
    'CREATE INDEX device_models_by_name ON device_models (name_key, id)',
    `CREATE TABLE tacs (
      tac TEXT PRIMARY KEY,
      model_id TEXT NOT NULL REFERENCES device_models (id),
      source TEXT NOT NULL,
      sim_types_source TEXT
    )`,
    'CREATE INDEX tacs_by_model ON tacs (model_id)',
    `CREATE TABLE model_aliases (
      brand_key TEXT NOT NULL,
      name_key TEXT NOT NULL,
      brand TEXT NOT NULL,
      name TEXT NOT NULL,
      model_id TEXT NOT NULL REFERENCES device_models (id),
      PRIMARY KEY (brand_key, name_key)
    )`,
    'CREATE INDEX model_aliases_by_model ON model_aliases (model_id)',
    `CREATE TABLE merged_models (
      id TEXT PRIMARY KEY,
      model_id TEXT NOT NULL REFERENCES device_models (id)
    )`,
    'CREATE INDEX merged_models_by_model ON merged_models (model_id)',
    `CREATE TABLE model_claims (
      model_id TEXT NOT NULL REFERENCES device_models (id),
      source TEXT NOT NULL,
      type TEXT,
      sim_types TEXT,
      PRIMARY KEY (model_id, source)
    )`,
    `CREATE TABLE tac_claims (
      tac TEXT NOT NULL,
      source TEXT NOT NULL,
      brand TEXT NOT NULL,
      name TEXT NOT NULL,
      type TEXT,
      sim_types TEXT,
      PRIMARY KEY (tac, source)
    )`,
    'CREATE TABLE catalogue_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
  ],
}

/** Keys that were created before roles existed may do everything (docs/contract.md §11). */
const KEY_ROLES: Migration = {
  name: 'roles of API keys',
  statements: [
    // Without a CHECK: Citus adds no column that has a constraint.
    "ALTER TABLE api_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'admin'",
  ],
}

const KEY_USES: Migration = {
  name: 'last use of API keys',
  statements: ['ALTER TABLE api_keys ADD COLUMN last_used_at TEXT'],
}

const EVENTS: Migration = {
  name: 'events',
  statements: [
    `CREATE TABLE events (
      project_id TEXT NOT NULL,
      position BIGINT NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      object_id TEXT NOT NULL,
      user_id TEXT,
      previous_user_id TEXT,
      actor TEXT NOT NULL,
      actor_name TEXT,
      request_id TEXT,
      data TEXT,
      previous_data TEXT,
      PRIMARY KEY (project_id, position)
    ) ${LONG_ROWS}`,
    'CREATE UNIQUE INDEX events_by_id ON events (project_id, id)',
    'CREATE INDEX events_by_object ON events (project_id, object_id, position)',
    'CREATE INDEX events_by_user ON events (project_id, user_id, position) WHERE user_id IS NOT NULL',
    `CREATE INDEX events_by_previous_user ON events (project_id, previous_user_id, position)
      WHERE previous_user_id IS NOT NULL`,
    'CREATE INDEX events_by_type ON events (project_id, type, position)',
    'CREATE INDEX events_by_actor ON events (project_id, actor, position)',
    `CREATE TABLE unordered_events (
      project_id TEXT NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      object_id TEXT NOT NULL,
      user_id TEXT,
      previous_user_id TEXT,
      actor TEXT NOT NULL,
      actor_name TEXT,
      request_id TEXT,
      data TEXT,
      previous_data TEXT,
      PRIMARY KEY (project_id, id)
    )`,
    `CREATE TABLE event_leases (
      project_id TEXT PRIMARY KEY,
      holder TEXT NOT NULL,
      expires_at TEXT NOT NULL
    )`,
    `CREATE TABLE user_erasures (
      project_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      due_at TEXT NOT NULL,
      PRIMARY KEY (project_id, user_id)
    )`,
  ],
}

/** Sign-ins to the console (docs/contract.md §17). Only hashes are stored. */
const CONSOLE_SESSIONS: Migration = {
  name: 'sessions of the console',
  statements: [
    `CREATE TABLE console_sessions (
      project_id TEXT NOT NULL REFERENCES projects (id),
      hash TEXT NOT NULL,
      key_id TEXT NOT NULL,
      created_at TEXT NOT NULL,
      used_at TEXT NOT NULL,
      PRIMARY KEY (project_id, hash),
      FOREIGN KEY (project_id, key_id) REFERENCES api_keys (project_id, id)
    )`,
    `CREATE TABLE console_links (
      project_id TEXT NOT NULL REFERENCES projects (id),
      hash TEXT NOT NULL,
      key_id TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (project_id, hash),
      FOREIGN KEY (project_id, key_id) REFERENCES api_keys (project_id, id)
    )`,
  ],
}

/** Existing objects are indexed in the background, in the stages that `fill` begins (see `search/rebuild.ts`). */
const WORDS: Migration = {
  name: 'index of words',
  statements: [
    `CREATE TABLE search_texts (
      project_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      words TEXT NOT NULL,
      PRIMARY KEY (project_id, kind, id)
    )`,
    `CREATE TABLE search_words (
      project_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      word TEXT NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (project_id, kind, word, id)
    )`,
    `CREATE TABLE search_stages (
      project_id TEXT NOT NULL,
      stage TEXT NOT NULL,
      position TEXT NOT NULL,
      PRIMARY KEY (project_id, stage)
    )`,
    'DROP INDEX devices_by_name',
  ],
  async fill(tx) {
    for (const stage of ['dev', 'sim', 'usr']) {
      await tx.run("INSERT INTO search_stages (project_id, stage, position) SELECT id, $1, '' FROM projects", [stage])
    }
  },
}

const WEBHOOKS: Migration = {
  name: 'webhooks',
  statements: [
    `CREATE TABLE webhook_endpoints (
      project_id TEXT NOT NULL REFERENCES projects (id),
      id TEXT NOT NULL,
      url TEXT NOT NULL,
      description TEXT,
      event_types TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
      disabled_reason TEXT CHECK (disabled_reason IN ('manual', 'failing', 'gone')),
      failing_since TEXT,
      metadata TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (project_id, id),
      CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
    )`,
    `CREATE TABLE webhook_secrets (
      project_id TEXT NOT NULL,
      endpoint_id TEXT NOT NULL,
      number BIGINT NOT NULL,
      secret TEXT NOT NULL,
      expires_at TEXT,
      PRIMARY KEY (project_id, endpoint_id, number),
      FOREIGN KEY (project_id, endpoint_id) REFERENCES webhook_endpoints (project_id, id)
    )`,
    // No foreign keys: the deliveries of a deleted endpoint or event are swept later, in small batches.
    `CREATE TABLE webhook_deliveries (
      project_id TEXT NOT NULL,
      endpoint_id TEXT NOT NULL,
      id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
      failures INTEGER NOT NULL,
      next_attempt_at TEXT,
      attempts TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (project_id, endpoint_id, id),
      CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
    )`,
    `CREATE INDEX webhook_deliveries_due ON webhook_deliveries (project_id, endpoint_id, next_attempt_at, id)
      WHERE next_attempt_at IS NOT NULL`,
    `CREATE INDEX webhook_deliveries_unfinished ON webhook_deliveries (project_id, endpoint_id, status, id)
      WHERE status <> 'succeeded'`,
    'CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (project_id, event_id, endpoint_id)',
    `CREATE TABLE webhook_leases (
      project_id TEXT NOT NULL,
      endpoint_id TEXT NOT NULL,
      holder TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (project_id, endpoint_id)
    )`,
  ],
}

/** One table instead of one for each kind of job. Leases only save work, so none needs to be copied. */
const LEASES: Migration = {
  name: 'leases',
  statements: [
    `CREATE TABLE leases (
      project_id TEXT NOT NULL,
      job TEXT NOT NULL,
      holder TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (project_id, job)
    )`,
    'DROP TABLE event_leases',
    'DROP TABLE webhook_leases',
  ],
}

/** Words of new objects, until they are merged into the index (see `search/pending.ts`). */
const PENDING_WORDS: Migration = {
  name: 'pending words',
  statements: [
    `CREATE TABLE search_pending (
      project_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      words TEXT NOT NULL,
      PRIMARY KEY (project_id, kind, id)
    )`,
  ],
}

export const MIGRATIONS: readonly Migration[] = [
  INITIAL,
  KEY_ROLES,
  KEY_USES,
  EVENTS,
  CONSOLE_SESSIONS,
  WORDS,
  WEBHOOKS,
  LEASES,
  PENDING_WORDS,
]
