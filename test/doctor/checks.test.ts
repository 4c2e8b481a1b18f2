import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/doctor/check.js';
import { postgresExamined } from '../../src/doctor/examine.js';
import type { PostgresFacts } from '../../src/doctor/facts.js';
import { hostingOf, SELF_MANAGED } from '../../src/doctor/hosting.js';
import type { RelationNeed } from '../../src/doctor/needs.js';
import { remedyOf } from '../../src/doctor/remedy.js';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import { ACCESS, CATALOGUE, EXTENSION, facts, PRODUCTION, REPLICATION, SERVER, settings } from './facts.js';

function checks(changes: Partial<PostgresFacts>, needs: readonly RelationNeed[] = [], store: StoreConfiguration = PRODUCTION): Check[] {
  return postgresExamined(facts(changes), store, needs).checks;
}

function check(id: string, changes: Partial<PostgresFacts>, needs: readonly RelationNeed[] = []): string {
  const found = checks(changes, needs).filter((one) => one.id === id);
  return found.map(told).join('\n');
}

function told({ state, seen, lost, remedy, needed }: Check): string {
  const who = remedy === null ? '' : `\n  → ${remedy.text}${remedy.by === null ? '' : ` [${remedy.by}]`}${remedy.restart ? ' [restart]' : ''}`;
  return `${state}${needed ? '' : ' (optional)'}: ${seen}${lost === null ? '' : `\n  lost: ${lost}`}${who}`;
}

const NO_MARKS = { aurora: false, rds: false, cloud_sql: false, azure: false, supabase: false, neon: false };

test('a role of its own with pg_monitor has everything', () => {
  expect(checks({}).filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks({}).map(({ id }) => id)).toEqual([
    'connection', 'version', 'role', 'session-guards', 'server-defaults', 'clock', 'connections', 'statements', 'statement-texts', 'statement-tracking', 'sampling', 'catalogue',
    'sessions', 'relation-statistics', 'guardrails', 'replication', 'wal-directory', 'commit-timestamps',
  ]);
});

describe('the server', () => {
  test('without TLS over a network is a warning, on this machine none', () => {
    expect(check('connection', { server: { value: { ...SERVER, tls: false, tls_version: null } } })).toMatchInlineSnapshot(`
      "warning: db.example:5432/casework as tidemark_ro, without TLS
        lost: who listens on the network reads the password and texts of statements
        → Set sslmode=require in the connection, and ssl = on in the server."
    `);
    expect(check('connection', { server: { value: { ...SERVER, tls: false, tls_version: null, same_machine: true } } })).toMatch(/^ok/);
  });

  test('of a later version than was tested', () => {
    expect(check('version', { version_num: 190_001, identity: { ...facts().identity, version: '19.1' } })).toContain('warning: PostgreSQL 19.1; tidemark is tested on 13 to 18');
  });

  test('a superuser, replication and the right to write are more than is needed', () => {
    const superuser = { identity: { ...facts().identity, role: 'postgres', superuser: true } };
    expect(check('role', superuser)).toMatchInlineSnapshot(`
      "warning: postgres is a superuser: tidemark has no use for the power, and a leaked password would open the whole server
        → Connect as a role of its own: tidemark doctor --sql prints it, as tidemark_ro."
    `);
    expect(check('role', { server: { value: { ...SERVER, replication: true } } })).toContain('ALTER ROLE tidemark_ro NOREPLICATION; [a superuser]');
    expect(check('role', { catalogue: { value: { ...CATALOGUE, writable: 212, writable_example: 'app.case_file' } } })).toContain('may write to 212 tables, app.case_file for one');
  });

  test('a pooler that drops settings is told, and the guards that hold all the same', () => {
    expect(check('session-guards', { settings: { value: settings({}, 'session') } })).toMatchInlineSnapshot(`
      "warning: a pooler drops settings of the connection; each transaction brings them along instead
        lost: sessions of the same role may share the connection, and settings of others cannot be seen
        → Connect to the server itself, or to a pooler in session mode."
    `);
  });

  test('clocks that are apart, in either direction; the time of the question itself is no skew', () => {
    expect(check('clock', { asked_at: 1_781_999_700, answered_at: 1_781_999_701 })).toMatch(/^warning: the server is 5 min ahead of this machine/);
    expect(check('clock', { asked_at: 1_782_000_200, answered_at: 1_782_000_201 })).toMatch(/^warning: the server is 3.3 min behind this machine/);
    expect(check('clock', { asked_at: 1_781_999_000, answered_at: 1_782_000_900 })).toMatch(/^ok/);
  });

  test('connections that run out, by the limit of the database too', () => {
    const sessions = { connections: 195, database_limit: null, others: 190, hidden: 0, same_role: 0 };
    expect(check('connections', { sessions: { value: sessions } })).toMatch(/^warning: 2 of 200 free/);
    expect(check('connections', { sessions: { value: { ...sessions, connections: 20, database_limit: 20 } } })).toMatch(/^warning: 0 of 20 free/);
  });

  test('a standby that is configured as production, and the other way round', () => {
    const standby = { identity: { ...facts().identity, inRecovery: true }, replication: { value: { ...REPLICATION, receivers: 1, replay_paused: false } } };
    expect(check('store-role', standby)).toContain('role: replica for the store production');
    const replica = checks({}, [], { ...PRODUCTION, role: 'replica' }).find(({ id }) => id === 'store-role');
    expect(replica?.seen).toBe('configured as a replica, and it is no standby');
  });
});

describe('pg_stat_statements', () => {
  const none = { entries: { value: null }, window: { value: null }, texts: { value: null } };

  test('not installed, not loaded, and neither', () => {
    expect(check('statements', { ...none, extension: { value: null } })).toMatchInlineSnapshot(`
      "not available: the extension pg_stat_statements is not installed in this database
        lost: all statement statistics
        → CREATE EXTENSION pg_stat_statements; [a superuser]"
    `);
    expect(check('statements', { ...none, extension: { value: null }, access: { value: { ...ACCESS, entries_max: null, preloaded: 'auto_explain' } } })).toMatchInlineSnapshot(`
      "not available: the extension pg_stat_statements is neither installed in this database nor loaded by the server
        lost: all statement statistics
        → ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements'; Restart the server, then: CREATE EXTENSION pg_stat_statements; [a superuser] [restart]"
    `);
  });

  test('what cannot be looked at has no lines of its own, sampling has', () => {
    expect(checks({ ...none, extension: { value: null } }).map(({ id }) => id).filter((id) => /statement|sampling/.test(id))).toEqual(['statements', 'sampling']);
  });

  test('a managed service has no ALTER SYSTEM: its own word for a setting, and who may', () => {
    const unloaded = { ...none, extension: { value: null }, access: { value: { ...ACCESS, entries_max: null, preloaded: 'rdsutils' } } };
    const remedies = ['rds', 'aurora', 'cloud_sql', 'azure', 'supabase', 'neon'].map((mark) => {
      const hosting = hostingOf({ ...NO_MARKS, [mark]: true });
      const found = checks({ ...unloaded, hosting }).find(({ id }) => id === 'statements');
      return `${hosting.name}: ${found?.remedy?.text} [${found?.remedy?.by}]`;
    });
    expect(remedies).toMatchInlineSnapshot(`
      [
        "Amazon RDS: In the DB parameter group set shared_preload_libraries to rdsutils,pg_stat_statements, and reboot the instance. Then: CREATE EXTENSION pg_stat_statements; [a member of rds_superuser]",
        "Amazon Aurora: In the DB cluster parameter group set shared_preload_libraries to rdsutils,pg_stat_statements, and reboot the instances. Then: CREATE EXTENSION pg_stat_statements; [a member of rds_superuser]",
        "Cloud SQL: Add the database flag shared_preload_libraries=rdsutils,pg_stat_statements to the instance, which restarts it. Then: CREATE EXTENSION pg_stat_statements; [a member of cloudsqlsuperuser]",
        "Azure Database for PostgreSQL: Set the server parameter shared_preload_libraries to rdsutils,pg_stat_statements, and restart the server. Then: CREATE EXTENSION pg_stat_statements; [a member of azure_pg_admin]",
        "Supabase: With the Supabase CLI: supabase postgres-config update --config "shared_preload_libraries=rdsutils,pg_stat_statements" (experimental), which restarts the database. Then: CREATE EXTENSION pg_stat_statements; [the role postgres]",
        "Neon: Ask the support of Neon for shared_preload_libraries = rdsutils,pg_stat_statements: the service sets it for all. Then: CREATE EXTENSION pg_stat_statements; [a member of neon_superuser]",
      ]
    `);
    expect(check('statement-tracking', { hosting: hostingOf({ ...NO_MARKS, rds: true }), access: { value: { ...ACCESS, track: 'none' } } })).toContain('→ In the DB parameter group set pg_stat_statements.track to top; it holds without a reboot.');
  });

  test('only the statements of a remedy are SQL', () => {
    const [found] = checks({ ...none, extension: { value: null }, access: { value: { ...ACCESS, entries_max: null, preloaded: null } } }).filter(({ id }) => id === 'statements');
    expect(found?.remedy?.sql).toEqual(['CREATE EXTENSION pg_stat_statements;']);
  });

  test('a remedy of many quotes is taken apart at once', () => {
    const { sql } = remedyOf(`GRANT SELECT ON app."${'""'.repeat(5_000)}" TO "${"''".repeat(5_000)}" for nobody`, SELF_MANAGED);
    expect(sql).toEqual([]);
  });

  test('an old extension after an upgrade of the server: what it lacks', () => {
    expect(check('statement-version', { extension: { value: { ...EXTENSION, version: '1.7', columns: ['userid'] } }, available: { value: '1.12' }, window: { value: null } })).toMatchInlineSnapshot(`
      "warning: pg_stat_statements is 1.7, the server brings 1.12
        lost: time of planning and WAL, evictions and the time of the last reset, time of JIT, since when each entry counts, parallel workers
        → ALTER EXTENSION pg_stat_statements UPDATE; [the owner of the extension]"
    `);
  });

  test('the window has a right of its own', () => {
    expect(check('statements', { window: { unread: 'permission denied for function pg_stat_statements_info' } })).toMatchInlineSnapshot(`
      "warning: 3,912 of 5,000 entries; permission denied for function pg_stat_statements_info
        lost: since when statements are counted, and how many were pushed out
        → GRANT EXECUTE ON FUNCTION public.pg_stat_statements_info() TO tidemark_ro; [the owner of the function]"
    `);
  });

  test('evictions are judged by the day; without their number a full table is', () => {
    expect(check('statements', { window: { value: { since: '2026-05-11T06:20:00.000Z', evictions: 20 } } })).toMatch(/^ok/);
    // What was pushed out before the limit was raised is past.
    expect(check('statements', { window: { value: { since: '2026-05-11T06:20:00.000Z', evictions: 900 } } })).toMatch(/^ok: .*900 evictions, none of late: it is not full$/);
    expect(check('statements', { entries: { value: { entries: 4_752, took_ms: 11.4 } }, window: { value: { since: '2026-05-11T06:20:00.000Z', evictions: 900 } } })).toMatchInlineSnapshot(`
      "warning: 4,752 of 5,000 entries since 2026-05-11, 900 evictions
        lost: totals of statements that were pushed out: shares are of what is left
        → ALTER SYSTEM SET pg_stat_statements.max = 10000; Restart the server. [a superuser] [restart]"
    `);
    expect(check('statements', { window: { value: null }, entries: { value: { entries: 4990, took_ms: 9 } } })).toMatch(/^warning/);
  });

  test('texts: hidden, lost, large, and out of reach', () => {
    expect(check('statement-texts', { access: { value: { ...ACCESS, reads_all: false } } })).toMatch(/^not available: tidemark_ro is not a member of pg_read_all_stats/);
    expect(check('statement-texts', { texts: { value: { bytes: 1000, lost: 12, hidden: 0, took_ms: 1 } } })).toMatchInlineSnapshot(`
      "warning: 1,000 B read in 1 ms, counters in 11 ms; 12 entries have no text
        lost: statement texts: 12 of 3912 statements
        → Whoever owns the statistics may begin them anew, which sets every counter to 0: SELECT public.pg_stat_statements_reset();"
    `);
    expect(check('statement-texts', { texts: { value: { bytes: 481_000_000, lost: 0, hidden: 0, took_ms: 2900 } } })).toMatch(/^warning: 459 MiB read in 2.9 s/);
    expect(check('statement-texts', { texts: { unread: 'canceling statement due to statement timeout' } })).toMatchInlineSnapshot(`
      "warning: canceling statement due to statement timeout
        lost: texts, if a collection does not get them in ten seconds either
        → Run it when the server is less busy; lower pg_stat_statements.max where it stays so."
    `);
  });

  test('utility statements that are not counted', () => {
    expect(check('statement-tracking', { access: { value: { ...ACCESS, track_utility: 'off' } } })).toContain('lost: exports by COPY, cursors and other utility statements');
  });

  test('sampling keeps the words of a collection, and is optional', () => {
    const gap = { subject: 'production', missing: 'who runs which statement (sampling)', cause: 'compute_query_id is off', remedy: "ALTER SYSTEM SET compute_query_id = 'on'; SELECT pg_reload_conf();", severity: 'partial' as const };
    expect(check('sampling', { sampling: { value: gap } })).toMatchInlineSnapshot(`
      "not available (optional): compute_query_id is off
        lost: who runs which statement (sampling)
        → ALTER SYSTEM SET compute_query_id = 'on'; SELECT pg_reload_conf(); [a superuser]"
    `);
  });
});

describe('the rest of the server', () => {
  test('sessions of others are hidden, or share the role', () => {
    expect(check('sessions', { server: { value: { ...SERVER, reads_statistics: false } } })).toContain('→ GRANT pg_monitor TO tidemark_ro; [a superuser]');
    const shared = { connections: 61, database_limit: null, others: 58, hidden: 0, same_role: 4 };
    expect(check('sessions', { sessions: { value: shared } })).toContain('4 are of tidemark_ro and not of tidemark');
  });

  test('counters that are switched off', () => {
    expect(check('relation-statistics', { settings: { value: settings({ track_counts: 'off' }) } })).toMatch(/^not available: track_counts is off/);
  });

  test('a catalogue that was taken from PUBLIC', () => {
    expect(check('catalogue', { catalogue: { value: { ...CATALOGUE, reads_catalogue: false } } })).toContain('GRANT SELECT ON pg_catalog.pg_class, pg_catalog.pg_roles, pg_catalog.pg_db_role_setting TO tidemark_ro;');
  });

  test('replication: hidden positions, no listing, and Aurora, which has no files to list', () => {
    expect(check('replication', { replication: { value: { ...REPLICATION, inactive_slots: 1, hidden_senders: 2 } } })).toMatch(/^warning: 2 slots \(1 inactive\), 2 senders, 1 publication; wal_level logical; positions of 2 senders are hidden/);
    expect(check('wal-directory', { replication: { value: { ...REPLICATION, lists_wal: false } } })).toMatch(/^not available \(optional\): tidemark_ro may not list it/);
    expect(check('wal-directory', { hosting: hostingOf({ ...NO_MARKS, rds: true, aurora: true }) })).toBe('');
  });

  test('a standby whose replay is paused, and one without a link', () => {
    const identity = { ...facts().identity, inRecovery: true };
    expect(check('standby', { identity, replication: { value: { ...REPLICATION, receivers: 1, replay_paused: true } } })).toContain('SELECT pg_wal_replay_resume();');
    expect(check('standby', { identity, replication: { value: { ...REPLICATION, receivers: 0, replay_paused: false } } })).toContain('the link to the primary is down');
  });

  test('a connection that ends half-way leaves one line for it, and what was seen until then', () => {
    const gone = { unread: 'the connection was lost: terminating connection due to administrator command' };
    const left = checks({ lost: gone.unread, settings: gone, catalogue: gone, access: gone, extension: gone, available: gone, entries: gone, window: gone, texts: gone, sampling: gone, statistics: gone, sessions: gone, replication: gone, roles: gone, relations: gone });
    expect(left.filter(({ state }) => state === 'not available').map(({ id }) => id)).toContain('connection');
    expect(left.filter(({ needed, state }) => needed && state === 'not available').map(({ id }) => id)).toEqual(['connection']);
  });
});

describe('relations that the configuration reads', () => {
  const need: RelationNeed = { schema: 'app', name: 'case_file', columns: ['opened_at'], purposes: ['reconciliation of cases'], required: true };
  const found = { number: 0, schema: 'app', name: 'case_file', kind: 'r', uses_schema: true, selects: true, missing_columns: [], row_security: false, hides_rows: false, shows_us: false, shows_target: false, foreign_server: null, mapped: null };
  const one = (changes: Partial<typeof found> | { foreign_server: string; mapped: boolean }): string => check('relation:app.case_file', { relations: { value: [{ ...found, ...changes }] } }, [need]);

  test('readable', () => {
    expect(one({})).toBe('ok: readable, for reconciliation of cases');
  });

  test('not there, or without its column', () => {
    expect(check('relation:app.case_file', { relations: { value: [] } }, [need])).toMatchInlineSnapshot(`
      "not available: there is no such relation
        lost: reconciliation of cases
        → Correct the name in tidemark.yaml (schema.name, letters by case), or name the store that has it."
    `);
    expect(check('relation:app.case_file', { relations: { value: [{ ...found, missing_columns: ['opened_at'] }] } }, [need])).toContain('it has no column opened_at');
  });

  test('without rights: only those that are missing', () => {
    expect(one({ uses_schema: false, selects: false })).toContain('→ GRANT USAGE ON SCHEMA app TO tidemark_ro; GRANT SELECT ON app.case_file TO tidemark_ro; [the owner of the relation or schema]');
    expect(one({ selects: false })).toContain('→ GRANT SELECT ON app.case_file TO tidemark_ro; [');
  });

  test('with rows that are hidden, which would be differences', () => {
    expect(one({ row_security: true, hides_rows: true })).toContain('→ CREATE POLICY tidemark_ro_reads_all ON app.case_file FOR SELECT TO tidemark_ro USING (true); [the owner of the table]');
    expect(one({ row_security: true, hides_rows: true, shows_us: true })).toMatch(/^ok/);
  });

  test('on another server without a user mapping', () => {
    expect(one({ foreign_server: 'billing', mapped: false })).toContain('CREATE USER MAPPING FOR tidemark_ro SERVER billing');
  });

  test('control tables that are looked for by name are no loss where there are none', () => {
    expect(checks({ relations: { value: [] } }, [{ schema: null, name: 'pipeline_run', columns: [], purposes: ['runs of pipelines'], required: false }]).filter(({ id }) => id.startsWith('relation:'))).toEqual([]);
  });
});
