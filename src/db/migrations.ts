import type { Queries } from './port.ts'

/** One step of the schema's history. Steps are appended and never touched again; each statement is one DDL. */
export interface Migration {
  name: string
  statements: readonly string[]
  /** Computes, after the statements, what the rows that were there hold in new columns. */
  fill?: (tx: Queries) => Promise<void>
}

export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'devices and what they point at',
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
      `CREATE TABLE devices (
        project_id TEXT NOT NULL REFERENCES projects (id),
        id TEXT NOT NULL,
        imei TEXT NOT NULL,
        tac TEXT NOT NULL,
        user_id TEXT,
        name TEXT,
        metadata TEXT NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (project_id, id),
        UNIQUE (project_id, imei),
        FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id)
      )`,
      'CREATE INDEX devices_by_user ON devices (project_id, user_id, id)',
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
      `CREATE TABLE device_models (
        id TEXT PRIMARY KEY,
        brand TEXT NOT NULL,
        brand_key TEXT NOT NULL,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        type TEXT NOT NULL,
        sim_types TEXT NOT NULL,
        UNIQUE (brand_key, name_key)
      )`,
      'CREATE INDEX device_models_by_brand ON device_models (brand_key, id)',
      `CREATE TABLE tacs (
        tac TEXT PRIMARY KEY,
        model_id TEXT NOT NULL REFERENCES device_models (id),
        source TEXT NOT NULL
      )`,
      'CREATE INDEX tacs_by_model ON tacs (model_id)',
    ],
  },
  {
    name: 'user tokens and idempotency',
    statements: [
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
      'CREATE INDEX user_tokens_by_user ON user_tokens (project_id, user_id)',
      'CREATE INDEX user_tokens_by_expiry ON user_tokens (project_id, expires_at)',
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
    ],
  },
  {
    name: 'what the catalogue was loaded from',
    statements: ['CREATE TABLE catalogue_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL)'],
  },
  {
    name: 'lists of devices by model and by name',
    statements: [
      'ALTER TABLE devices ADD COLUMN name_key TEXT',
      'CREATE INDEX devices_by_tac ON devices (project_id, tac, id)',
      'CREATE INDEX devices_by_name ON devices (project_id, name_key, id)',
      'CREATE INDEX device_models_by_name ON device_models (name_key, id)',
    ],
    fill: fillNameKeys,
  },
]

const NAMED = `SELECT project_id, id, name FROM devices
  WHERE (project_id > $1 OR (project_id = $1 AND id > $2)) AND name IS NOT NULL
  ORDER BY project_id, id
  LIMIT 1000`
const PUT_NAME_KEY = 'UPDATE devices SET name_key = $3 WHERE project_id = $1 AND id = $2'

/** The engines' own LOWER knows the letters of English alone. */
async function fillNameKeys(tx: Queries): Promise<void> {
  let [projectId, id] = ['', '']
  for (;;) {
    const rows = await tx.all<{ project_id: string; id: string; name: string }>(NAMED, [projectId, id])
    await Promise.all(rows.map((row) => tx.run(PUT_NAME_KEY, [row.project_id, row.id, row.name.toLowerCase()])))
    const last = rows.at(-1)
    if (last === undefined) return
    projectId = last.project_id
    id = last.id
  }
}
