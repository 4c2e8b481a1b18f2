import { describe, expect, test } from 'vitest';
import { grants, policy, roleSqlOf, roleSqlUnseen } from '../../src/doctor/role-sql.js';
import type { RelationNeed } from '../../src/doctor/needs.js';
import { hostingOf } from '../../src/doctor/hosting.js';
import { ACCESS, CATALOGUE, EXTENSION, facts, SERVER } from './facts.js';

const need: RelationNeed = { schema: 'app', name: 'case_file', columns: ['opened_at'], purposes: ['freshness of cases', 'reconciliation of cases'], required: true };
const relation = { number: 0, schema: 'app', name: 'case_file', kind: 'r', uses_schema: true, selects: true, missing_columns: [], row_security: false, hides_rows: false, shows_us: false, shows_target: false, foreign_server: null, mapped: null };

describe('the SQL of the least-privilege role', () => {
  test('for a server that a superuser looked at', () => {
    const found = facts({
      identity: { ...facts().identity, role: 'postgres', superuser: true, database: 'Case-work' },
      version_num: 180_004,
      server: { value: { ...SERVER, target_exists: false } },
      relations: { value: [{ ...relation, row_security: true }] },
    });
    const { sql, role, wanted } = roleSqlOf(found, [need, { ...need, name: 'decision' }]);
    expect({ role, wanted }).toEqual({ role: 'tidemark_ro', wanted: true });
    expect(sql).toMatchInlineSnapshot(`
      "-- The least that tidemark needs in Case-work on db.example:5432 (PostgreSQL 16.4).
      -- Run it with psql in that database, as a superuser or who stands in for one on a managed service.
      CREATE ROLE tidemark_ro LOGIN CONNECTION LIMIT 5;
      -- No password stands here, where it would be logged. In psql: \\password tidemark_ro

      -- It has no limits of time of its own: each session of tidemark brings them along, with read-only transactions, and what a role
      -- has of its own hides the defaults of the server, by which all other roles are judged.

      -- Statistics of all roles, their statements and sessions, positions of replication. It reads no row of any table.
      GRANT pg_monitor TO tidemark_ro;
      GRANT CONNECT ON DATABASE "Case-work" TO tidemark_ro;

      -- The catalogue needs no SELECT. Rows are counted, and their times read, in these relations only, by the configuration:
      -- app.case_file: freshness of cases, reconciliation of cases
      GRANT USAGE ON SCHEMA app TO tidemark_ro;
      GRANT SELECT ON app.case_file TO tidemark_ro;
      CREATE POLICY tidemark_ro_reads_all ON app.case_file FOR SELECT TO tidemark_ro USING (true);
      -- app.decision: freshness of cases, reconciliation of cases; there is no such relation
      "
    `);
  });

  test('is wanted where a right is missing or too much, not where a role of any name has just what is needed', () => {
    const wanted = (changes: Parameters<typeof facts>[0]): boolean | null => roleSqlOf(facts(changes), [need]).wanted;
    const audit_ro = { ...facts().identity, role: 'audit_ro' };
    expect(wanted({ identity: audit_ro })).toBe(false);
    expect(wanted({ identity: audit_ro, server: { value: { ...SERVER, reads_statistics: false } } })).toBe(true);
    expect(wanted({ identity: audit_ro, relations: { value: [{ ...relation, selects: false }] } })).toBe(true);
    expect(wanted({ catalogue: { value: { ...CATALOGUE, writable: 1 } } })).toBe(true);
    expect(wanted({ server: { unread: 'the connection was lost' } })).toBe(null);
  });

  test('does not create a role that is there, and says whom its limits concern', () => {
    const { sql } = roleSqlOf(facts(), []);
    expect(sql).not.toContain('CREATE ROLE');
    expect(sql).toContain('-- The role exists: its limits change for whoever else works under it.\nALTER ROLE tidemark_ro CONNECTION LIMIT 5;');
  });

  test('gives the role no settings of its own, which would hide the server\'s from it, and takes away those it has', () => {
    expect(roleSqlOf(facts(), []).sql).not.toMatch(/ SET /);
    const { sql, wanted } = roleSqlOf(facts({ targetSettings: { value: [{ name: 'statement_timeout', inDatabase: false }, { name: 'lock_timeout', inDatabase: true }] } }), []);
    expect(sql).toContain('\nALTER ROLE tidemark_ro RESET statement_timeout;\nALTER ROLE tidemark_ro IN DATABASE casework RESET lock_timeout;\n');
    expect(wanted).toBe(true);
  });

  test('says where everybody may create tables, and changes nothing for others', () => {
    const { sql } = roleSqlOf(facts({ catalogue: { value: { ...CATALOGUE, public_creates_in: 'public' } } }), []);
    expect(sql).toContain('\n-- REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n');
  });

  test('creates the extension where the server has loaded it, and only says so where it has not', () => {
    const lines = (changes: Parameters<typeof facts>[0]): string[] => roleSqlOf(facts({ extension: { value: null }, ...changes }), []).sql.split('\n').filter((line) => line.includes('EXTENSION'));
    expect(lines({})).toEqual(['CREATE EXTENSION pg_stat_statements;']);
    expect(lines({ access: { value: { ...ACCESS, entries_max: null } } })).toEqual(['-- CREATE EXTENSION pg_stat_statements;   once it is in shared_preload_libraries and the server was restarted']);
    const supabase = hostingOf({ aurora: false, rds: false, cloud_sql: false, azure: false, supabase: true, neon: false });
    expect(lines({ hosting: supabase })).toEqual(['CREATE EXTENSION pg_stat_statements SCHEMA extensions;']);
  });

  test('grants what an extension in a schema of its own takes', () => {
    const { sql } = roleSqlOf(facts({ extension: { value: { ...EXTENSION, schema: '"Monitor ""x"""', may_execute: false } } }), []);
    expect(sql).toContain('GRANT USAGE ON SCHEMA "Monitor ""x""" TO tidemark_ro;\nGRANT EXECUTE ON FUNCTION "Monitor ""x""".pg_stat_statements(boolean) TO tidemark_ro;');
  });

  test('where nothing was looked at: what the configuration names, or any database by a variable of psql', () => {
    const { sql } = roleSqlUnseen('auditor', 'casework', [need]);
    expect(sql).toContain('GRANT CONNECT ON DATABASE casework TO auditor;');
    expect(sql).toContain('-- app.case_file: freshness of cases, reconciliation of cases\nGRANT USAGE ON SCHEMA app TO auditor;\nGRANT SELECT ON app.case_file TO auditor;');
    expect(roleSqlUnseen(null, null, []).sql).toContain('GRANT CONNECT ON DATABASE :"DBNAME" TO tidemark_ro;');
  });
});

describe('names', () => {
  test('are quoted where they need it: reserved words, capitals, quotes', () => {
    expect(grants({ schema: 'order', name: 'Case "file"' }, 'user', { schema: true, select: true })).toEqual([
      'GRANT USAGE ON SCHEMA "order" TO "user";',
      'GRANT SELECT ON "order"."Case ""file""" TO "user";',
    ]);
  });

  test('with what a terminal acts on are written by number, exactly', () => {
    expect(grants({ schema: 'app', name: 'red\u001B[31m\n"; DROP TABLE app.case_file; --\\' }, 'tidemark_ro', { schema: false, select: true })).toEqual([
      'GRANT SELECT ON app.U&"red\\+00001B[31m\\+00000A""; DROP TABLE app.case_file; --\\\\" TO tidemark_ro;',
    ]);
    expect(policy({ schema: 'app', name: 'a\u202Eb' }, 'tidemark_ro')).toContain('app.U&"a\\+00202Eb"');
  });

  test('in comments stay on their line', () => {
    const { sql } = roleSqlUnseen(null, 'x\nDROP DATABASE casework;', [{ ...need, purposes: ['reconciliation of cases\nDROP TABLE app.case_file;'] }]);
    expect(sql.split('\n').filter((line) => line.startsWith('DROP'))).toEqual([]);
  });
});
