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
  {
    name: 'what each source says, and imports that are made visible whole',
    statements: [
      'ALTER TABLE device_models ADD COLUMN is_code INTEGER',
      'ALTER TABLE device_models ADD COLUMN type_source TEXT',
      'ALTER TABLE device_models ADD COLUMN sim_types_source TEXT',
      `CREATE TABLE model_aliases (
        brand_key TEXT NOT NULL,
        name_key TEXT NOT NULL,
        brand TEXT NOT NULL,
        name TEXT NOT NULL,
        model_id TEXT NOT NULL REFERENCES device_models (id),
        PRIMARY KEY (brand_key, name_key)
      )`,
      'CREATE INDEX model_aliases_by_model ON model_aliases (model_id)',
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
      `CREATE TABLE catalogue_imports (
        id TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        touched_at TEXT NOT NULL
      )`,
      `CREATE TABLE staged_models (
        import_id TEXT NOT NULL,
        model_key TEXT NOT NULL,
        line INTEGER NOT NULL,
        brand TEXT NOT NULL,
        brand_key TEXT NOT NULL,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        is_code INTEGER NOT NULL,
        said_type TEXT,
        said_sim_types TEXT,
        rule_type TEXT,
        rule_sim_types TEXT,
        new_id TEXT NOT NULL,
        live_id TEXT,
        type TEXT,
        type_source TEXT,
        sim_types TEXT,
        sim_types_source TEXT,
        outcome TEXT,
        PRIMARY KEY (import_id, model_key)
      )`,
      `CREATE TABLE staged_tacs (
        import_id TEXT NOT NULL,
        tac TEXT NOT NULL,
        line INTEGER NOT NULL,
        model_key TEXT NOT NULL,
        code TEXT,
        type TEXT,
        sim_types TEXT,
        outcome TEXT,
        moves INTEGER,
        PRIMARY KEY (import_id, tac)
      )`,
      'CREATE INDEX staged_tacs_by_model ON staged_tacs (model_key)',
      // What is known so far came from the best source of a model's TACs.
      `UPDATE device_models SET type_source = COALESCE(
          (SELECT t.source FROM tacs t WHERE t.model_id = device_models.id
            ORDER BY CASE t.source WHEN 'csv' THEN 2 WHEN 'starter' THEN 1 ELSE 0 END DESC LIMIT 1), 'starter')
        WHERE type <> 'other'`,
      `UPDATE device_models SET sim_types_source = COALESCE(
          (SELECT t.source FROM tacs t WHERE t.model_id = device_models.id
            ORDER BY CASE t.source WHEN 'csv' THEN 2 WHEN 'starter' THEN 1 ELSE 0 END DESC LIMIT 1), 'starter')
        WHERE sim_types <> '[]'`,
      `INSERT INTO model_claims (model_id, source, type, sim_types)
        SELECT id, COALESCE(type_source, sim_types_source),
          CASE WHEN type_source IS NOT NULL THEN type END, CASE WHEN sim_types_source IS NOT NULL THEN sim_types END
        FROM device_models WHERE type_source IS NOT NULL OR sim_types_source IS NOT NULL`,
      `INSERT INTO catalogue_marks (name, value) VALUES ('version', '0')`,
    ],
  },
  {
    name: 'staged TACs by their import; no version of a catalogue that nothing has changed',
    statements: [
      'DROP INDEX staged_tacs_by_model',
      'CREATE INDEX staged_tacs_by_import ON staged_tacs (import_id, model_key)',
      "DELETE FROM catalogue_marks WHERE name = 'version' AND value = '0'",
    ],
  },
  {
    name: 'staged TACs with the id of their model',
    statements: ['ALTER TABLE staged_tacs ADD COLUMN model_id TEXT'],
  },
  {
    name: 'imports staged outside of the store',
    statements: ['DROP TABLE staged_tacs', 'DROP TABLE staged_models', 'DROP TABLE catalogue_imports'],
  },
  {
    name: 'models that have become one with another',
    statements: [
      `CREATE TABLE merged_models (
        id TEXT PRIMARY KEY,
        model_id TEXT NOT NULL REFERENCES device_models (id)
      )`,
      'CREATE INDEX merged_models_by_model ON merged_models (model_id)',
    ],
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
