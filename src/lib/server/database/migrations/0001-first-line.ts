import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Moments and counters need 64 bits; SQLite's integers have them anyhow. */
const long = 'bigint';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('installation')
    .addColumn('database_id', 'text', (c) => c.primaryKey())
    .addColumn('created_at', long, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('slug', 'text', (c) => c.notNull().unique())
    .addColumn('texts', 'text', (c) => c.notNull())
    .addColumn('starts_at', long, (c) => c.notNull())
    .addColumn('ends_at', long, (c) => c.notNull())
    .addColumn('registration_until', long, (c) => c.notNull())
    .addColumn('admission_from', long, (c) => c.notNull())
    .addColumn('admission_until', long, (c) => c.notNull())
    .addColumn('change', long, (c) => c.notNull())
    .addColumn('setting_change', long, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('rooms')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('capacity', 'integer', (c) => c.notNull())
    .addColumn('main', 'integer', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('rooms_key', ['event_id', 'id'])
    .execute();

  await db.schema
    .createTable('workgroups')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('room_id', 'text', (c) => c.notNull())
    .addColumn('places', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('workgroups_key', ['event_id', 'id'])
    .addUniqueConstraint('workgroups_number', ['event_id', 'number'])
    .execute();

  await db.schema
    .createTable('checkpoints')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('room_id', 'text', (c) => c.notNull())
    .addColumn('directions', 'text', (c) => c.notNull())
    .addColumn('admits', 'text', (c) => c.notNull())
    .addColumn('reentry', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('checkpoints_key', ['event_id', 'id'])
    .execute();

  await db.schema
    .createTable('event_keys')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('key_id', 'text', (c) => c.notNull())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('sealed_seed', 'text', (c) => c.notNull())
    .addColumn('created_at', long, (c) => c.notNull())
    .addPrimaryKeyConstraint('event_keys_key', ['event_id', 'key_id'])
    .execute();

  await db.schema
    .createTable('registrations')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('submission_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('email', 'text')
    .addColumn('workgroup_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('state_since', long, (c) => c.notNull())
    .addColumn('access_needs', 'text', (c) => c.notNull())
    .addColumn('locale', 'text', (c) => c.notNull())
    .addColumn('origin', 'text', (c) => c.notNull())
    .addColumn('consented_at', long)
    .addColumn('created_at', long, (c) => c.notNull())
    .addColumn('change', long, (c) => c.notNull())
    .addUniqueConstraint('registrations_submission', ['event_id', 'submission_id'])
    .execute();
  await createIndex(db, 'registrations', 'registrations_feed', ['event_id', 'change']);
  await createIndex(db, 'registrations', 'registrations_places', ['event_id', 'workgroup_id', 'state']);

  await db.schema
    .createTable('tickets')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('registration_id', 'text', (c) => c.notNull().references('registrations.id'))
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('issued_at', long, (c) => c.notNull())
    .addColumn('revoked_at', long)
    .execute();
  await createIndex(db, 'tickets', 'tickets_registration', ['registration_id']);

  await db.schema
    .createTable('devices')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('key_id', 'text', (c) => c.notNull())
    .addColumn('paired_at', long, (c) => c.notNull())
    .addColumn('revoked_at', long)
    .addColumn('last_contact_at', long)
    .addColumn('waiting', 'integer', (c) => c.notNull())
    .addColumn('clock_offset', long, (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('battery', 'real')
    .execute();
  await createIndex(db, 'devices', 'devices_event', ['event_id']);

  await db.schema
    .createTable('pairing_codes')
    .addColumn('code_hash', 'text', (c) => c.primaryKey())
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('expires_at', long, (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.references('devices.id'))
    .execute();

  await db.schema
    .createTable('scans')
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('device_seq', 'integer', (c) => c.notNull())
    .addColumn('ticket_id', 'text')
    .addColumn('payload_hash', 'text')
    .addColumn('checkpoint_id', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('device_time', long, (c) => c.notNull())
    .addColumn('clock_offset', long, (c) => c.notNull())
    .addColumn('roster_cursor', 'text')
    .addColumn('verdict_shown', 'text', (c) => c.notNull())
    .addColumn('override_by', 'text')
    .addColumn('override_why', 'text')
    .addColumn('undoes', 'text')
    .addColumn('received_at', long, (c) => c.notNull())
    .addColumn('change', long, (c) => c.notNull())
    .addUniqueConstraint('scans_sequence', ['device_id', 'device_seq'])
    .execute();
  await createIndex(db, 'scans', 'scans_feed', ['event_id', 'change']);

  await db.schema
    .createTable('anomalies')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('record_hash', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addColumn('received_at', long, (c) => c.notNull())
    .addPrimaryKeyConstraint('anomalies_key', ['device_id', 'record_hash'])
    .execute();
  await createIndex(db, 'anomalies', 'anomalies_event', ['event_id']);

  await db.schema
    .createTable('setup_links')
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('expires_at', long, (c) => c.notNull())
    .addColumn('used_at', long)
    .execute();
}

async function createIndex(
  db: Kysely<unknown>,
  table: string,
  name: string,
  columns: string[],
): Promise<void> {
  const list = sql.join(columns.map((column) => sql.ref(column)));
  await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${list})`.execute(db);
}

export const firstLine: Migration = { up };
