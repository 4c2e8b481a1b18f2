import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withJoin } from '../../src/audit.js';
import { judgeMigrations, relationsMigrated } from '../../src/check/migrations.js';
import { applyMigrations, readMigrations } from '../../src/migrations/index.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { GateConfiguration } from '../../src/model/configuration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import { judge } from '../../src/rules/run.js';
import type { Rule } from '../../src/rules/rule.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { card, configuration, statistics, store } from '../support/estate.js';
import { cardsOf, CARDS, casework } from '../impact/support/casework.js';

const engine = scratchEngine('pglite');
let rules: Rule[] = [];
let catalog: Catalog;
beforeAll(async () => {
  rules = await loadRules();
  catalog = await casework();
});
afterAll(() => engine.close());

interface Around {
  catalog?: Catalog;
  queries?: CollectedQuery[];
  /** What the change replaces, as it was. */
  before?: CollectedQuery[];
  statements?: ReturnType<typeof statistics>[];
  stores?: Snapshot['stores'];
  gate?: GateConfiguration;
}

/** What is said of migrations: `level rule consumer | relation | file:line`, gaps and assumptions. */
async function judged(files: readonly { path: string; text: string }[], { catalog: own = catalog, queries = cardsOf(CARDS), statements = [], stores, gate, before }: Around = {}): Promise<{ findings: string[]; messages: string[]; evidence: string[][]; gaps: string[]; assumptions: string[] }> {
  const given: Snapshot = { takenAt: '2026-11-22T12:00:00Z', stores: stores ?? [store(own, { statements })], queries, sources: [], gaps: [] };
  const settings = { ...configuration(), ...(gate === undefined ? {} : { gate }) };
  const boundaries = before && (await withJoin({ ...given, queries: before }, settings, '0.0.0', async (joined) => joined.boundaries));
  const replaced = before && boundaries && { queries: before, boundaries };
  return withJoin(given, settings, '0.0.0', async (joined, parsers) => {
    const { subjects, gaps, assumptions } = await judgeMigrations({ files, joined, parsers, configuration: settings, scratch: async () => engine.open(), replaced });
    const { findings } = judge(rules, subjects);
    return {
      findings: findings.map(({ level, ruleId, consumer, relation, locations }) => `${level} ${ruleId.replace('migration-', '')}: ${consumer.replace(/^metabase card \d+ /, '')} | ${relation} | ${locations.map(({ file, line }) => `${file}:${line}`).join()}`).toSorted(),
      messages: findings.map(({ message }) => message),
      evidence: findings.map(({ evidence }) => evidence),
      gaps: gaps.map(({ subject, missing, cause }) => `${subject}: ${missing}: ${cause}`),
      assumptions,
    };
  });
}

const file = (text: string, path = 'db/0042.sql'): { path: string; text: string }[] => [{ path, text }];

describe('what a change does to who reads', () => {
  test.each<[string, string, string[]]>([
    ['an index', 'CREATE INDEX case_opened ON app.case_file (opened_at);', []],
    ['a column that two read, one by a star', '-- not needed\nALTER TABLE app.case_file DROP COLUMN note;', ['error changes-answer: Backlog list | app.case_file.note | db/0042.sql:2']],
    ['a column that is renamed', 'ALTER TABLE app.officer RENAME COLUMN email TO mail;', ['error breaks-reader: Officers | app.officer.email | db/0042.sql:1']],
    ['a column of another type', 'ALTER TABLE app.case_file ALTER COLUMN score TYPE text;', [
      'error breaks-reader: Fee per point | app.case_file.score | db/0042.sql:1', 'error breaks-reader: High scores | app.case_file.score | db/0042.sql:1', 'error changes-answer: Backlog list | app.case_file.score | db/0042.sql:1',
    ]],
    ['a column more is a hint to who shows a star', 'ALTER TABLE app.case_file ADD COLUMN channel text;', ['note may-change-reader: Backlog list | app.case_file.channel | db/0042.sql:1']],
    ['a column more that a NATURAL JOIN compares', 'ALTER TABLE app.task ADD COLUMN day date;', ['error changes-answer: Holidays and tasks | app.task.day | db/0042.sql:1']],
    ['a value more of an enum', "ALTER TYPE app.priority ADD VALUE 'URGENT';", ['error changes-answer: Priorities | app.case_file.priority | db/0042.sql:1']],
    ['rows more are a hint', "INSERT INTO app.region VALUES ('N9', 'North nine');", ['note may-change-reader: Region names | app.region | db/0042.sql:1']],
    ['a contract view that is dropped', 'DROP VIEW integration.v_open_case_v1;', [
      'error breaks-contract: integration.v_open_case_v1 | integration.v_open_case_v1 | db/0042.sql:1', 'error breaks-reader: Open contract cases | integration.v_open_case_v1 | db/0042.sql:1',
    ]],
    ['a contract view that counts less', "CREATE OR REPLACE VIEW integration.v_open_case_v1 AS SELECT case_id, region_code FROM app.case_file WHERE status = 'OPEN';", [
      'error changes-answer: Open contract cases | integration.v_open_case_v1 | db/0042.sql:1',
    ]],
    ['a table with addresses for everyone', 'GRANT SELECT ON app.officer TO PUBLIC;', ['warning widens-access: role public | app.officer | db/0042.sql:1']],
  ])('%s', async (_, sql, expected) => {
    const { findings, gaps } = await judged(file(sql));
    expect(findings).toEqual(expected);
    expect(gaps).toEqual([]);
  }, 60_000);

  test('each is told in one line with its evidence, the row that parts two definitions among it', async () => {
    const queries = cardsOf({ 'Open cases': CARDS['Open cases'] ?? '', 'open cases': CARDS['Open cases of the board'] ?? '', 'Holidays and tasks': CARDS['Holidays and tasks'] ?? '' });
    const { messages, evidence } = await judged(file('ALTER TABLE app.case_file DROP CONSTRAINT case_closed_at_check;\nDROP TABLE app.holiday;'), { queries });
    const numbered = (text: string): string => text.replaceAll(/card \d+/g, 'card N');
    expect(messages.map(numbered)).toMatchInlineSnapshot(`
      [
        "Open cases has definitions that are equal no longer for sure once db/0042.sql drops case_closed_at_check of app.case_file",
        "metabase card N Holidays and tasks is broken by db/0042.sql, which drops app.holiday",
      ]
    `);
    expect(evidence.flat().map(numbered)).toMatchInlineSnapshot(`
      [
        "Open cases and open cases are equal only while CHECK case_closed_at_check on app.case_file: (status = 'CLOSED') = (closed_at IS NOT NULL) holds",
        "and without it a case_file with status IN_REVIEW and closed_at 1999-12-31 00:00Z is counted by Open cases and not by open cases",
        "fails: app.holiday, which it names, is dropped (relation app.holiday does not exist)",
      ]
    `);
  }, 60_000);
});

describe('who sends it', () => {
  const sql = 'SELECT display_name FROM app.officer WHERE email = $1';
  const writes = statistics('INSERT INTO app.task (task_id, case_id, state) VALUES ($1, $2, $3)', { role: 'case_app', calls: 900 });
  const migration = file('ALTER TABLE app.officer DROP COLUMN email;');

  test('the application ships its statements with the migration: a note', async () => {
    const { findings } = await judged(migration, { queries: [], statements: [writes, statistics(sql, { role: 'case_app', calls: 900 })] });
    expect(findings).toEqual(['note may-change-reader: role case_app | app.officer.email | db/0042.sql:1']);
  });

  test('a reporting role does not', async () => {
    const { findings } = await judged(migration, { queries: [], statements: [writes, statistics(sql, { role: 'metabase_ro', calls: 3 })] });
    expect(findings).toEqual(['error breaks-reader: role metabase_ro | app.officer.email | db/0042.sql:1']);
  });

  test('what the change itself repairs is sent no more, whatever the statistics remember', async () => {
    const text = 'SELECT display_name, email FROM app.officer';
    const before = [card(text, { id: 'metabase:a:card:1', title: 'Officers' })];
    const repaired = [card('SELECT display_name FROM app.officer', { id: 'metabase:a:card:1', title: 'Officers' })];
    const statements = [writes, statistics(text, { role: 'metabase_ro', calls: 3 })];
    expect((await judged(migration, { queries: repaired, statements })).findings).toEqual(['error breaks-reader: role metabase_ro | app.officer.email | db/0042.sql:1']);
    expect((await judged(migration, { queries: repaired, statements, before })).findings).toEqual([]);
  });
});

describe('what could not be looked at', () => {
  const UNKNOWN = '0042.sql (db/0042.sql:1): what it changes for who reads the store: ';

  test.each<[string, string, string]>([
    ['a block that runs what it puts together', "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'app.task'; END $$;", UNKNOWN],
    ['a relation that nobody knows', 'ALTER TABLE app.appeal\n  DROP COLUMN reason;', `${UNKNOWN}the catalogue has no relation app.appeal`],
    ['SQL of another engine, beside what can be read', 'ALTER TABLE app.case_file ENGINE = InnoDB;\nCREATE INDEX i ON app.task (state);', `${UNKNOWN}cannot be read as PostgreSQL: `],
    ['a line of ten megabytes', `SELECT '${'x'.repeat(10_000_000)}';`, UNKNOWN],
    ['terminal sequences', '\u001b[2J\u202e@everyone', `${UNKNOWN}cannot be read as PostgreSQL: `],
  ])('%s', async (_, sql, beginning) => {
    const { gaps } = await judged(file(sql), { queries: [] });
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.slice(0, beginning.length)).toBe(beginning);
    // oxlint-disable-next-line no-control-regex
    expect(gaps[0]).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(gaps[0]?.length).toBeLessThan(700);
  }, 60_000);

  test('a reader that names what goes, and cannot be read', async () => {
    const queries = [card('SELECT count(* FROM app.task WHERE', { id: 'metabase:a:card:9', title: 'Torn' })];
    const { gaps } = await judged(file('DROP TABLE app.task;'), { queries });
    expect(gaps).toMatchInlineSnapshot(`
      [
        "0042.sql (db/0042.sql:1): whether a reader is hit: metabase card 9 Torn: its text could not be read, and it names app.task",
      ]
    `);
    // What is added takes nothing from it.
    expect((await judged(file('ALTER TABLE app.task ADD COLUMN note text;'), { queries })).gaps).toEqual([]);
  });

  test('that nobody reads the relation is no reason to say that nobody is known', async () => {
    expect(await judged(file('DROP TABLE app.holiday;'), { queries: [] })).toMatchObject({ findings: [], gaps: [], assumptions: [] });
  });
});

describe('a bundle that was taken after the deployment', () => {
  const sql = "ALTER TABLE app.case_file DROP COLUMN note;\nALTER TABLE app.task ADD COLUMN channel text;\nCREATE TABLE app.appeal (appeal_id bigint PRIMARY KEY);\nALTER TABLE app.officer RENAME COLUMN email TO mail;\nUPDATE app.task SET channel = 'MAIL';";
  const afterwards = async (text: string): Promise<Catalog> => (await applyMigrations(catalog, await readMigrations(file(text)))).after;

  test('has what the migration changes: it is said, and nothing is judged twice', async () => {
    const { findings, gaps, assumptions } = await judged(file(sql), { catalog: await afterwards(sql) });
    expect({ findings, gaps }).toEqual({ findings: [], gaps: [] });
    expect(assumptions).toEqual(['The bundle of production has what db/0042.sql changes already: the migration was not judged.']);
  });

  test('has a part of it only: what fails or is not known is told', async () => {
    const { gaps, findings } = await judged(file(sql), { catalog: await afterwards('ALTER TABLE app.task ADD COLUMN channel text;') });
    expect(gaps).toEqual(['0042.sql (db/0042.sql:2): what it changes for who reads the store: fails: app.task.channel exists already']);
    expect(findings).toContain('error breaks-reader: Officers | app.officer.email | db/0042.sql:4');
  });

  test('a name that is nowhere is not taken for one that is gone, where the statement needs it', async () => {
    expect((await judged(file('ALTER TABLE app.task ALTER COLUMN chanel SET NOT NULL;'), { queries: [] })).gaps).toHaveLength(1);
  });
});

describe('whose store and whose tool', () => {
  const stores = (): Snapshot['stores'] => [{ ...store(catalog), name: 'production' }, { ...store(catalog), name: 'billing' }];
  const gate = (migrations: GateConfiguration['migrations']): GateConfiguration => ({ baseline: null, waivers: null, migrations });

  test('several stores, and none is named', async () => {
    expect((await judged(file('DROP TABLE app.holiday;'), { stores: stores(), queries: [] })).gaps).toEqual(['0042.sql (db/0042.sql:1): what it changes for who reads the store: the bundle has several stores that it could be of: production, billing']);
  });

  test('the folder names it, the longest first', async () => {
    const named = { stores: stores(), queries: [], gate: gate([{ path: 'db', store: 'nowhere', tool: null }, { path: './db/billing/', store: 'billing', tool: null }]) };
    expect((await judged(file('DROP VIEW integration.v_case_v1;', 'db/billing/1.sql'), named)).findings).toEqual(['error breaks-contract: integration.v_case_v1 | integration.v_case_v1 | db/billing/1.sql:1']);
    expect((await judged(file('DROP VIEW integration.v_case_v1;'), named)).gaps).toEqual(["0042.sql (db/0042.sql:1): what it changes for who reads the store: the bundle has no store named 'nowhere'; it has production, billing"]);
  });

  test.each([
    ['Rails', 'db/migrate/20261122090000_drop_email.rb', 'class DropEmail < ActiveRecord::Migration[8.0]\n  def change\n    remove_column "app.officer", :email, :text\n  end\nend\n', 3],
    ['Flyway', 'db/V12__drop_email.sql', 'ALTER TABLE app.officer DROP COLUMN email;', 1],
    ['Alembic', 'alembic/versions/1a2b_drop_email.py', 'from alembic import op\nrevision = "1a2b"\ndown_revision = None\n\ndef upgrade():\n    op.drop_column("officer", "email", schema="app")\n', 6],
  ])('%s: at the line of the file', async (_, path, text, line) => {
    expect((await judged(file(text, path))).findings).toEqual([`error breaks-reader: Officers | app.officer.email | ${path}:${line}`]);
  });

  test.each(['db/0042.down.sql', 'db/U12__drop.sql'])('%s undoes, and is not judged', async (path) => {
    expect(await judged(file('DROP TABLE app.task;', path))).toMatchObject({ findings: [], gaps: [] });
  });
});

test('relations are found that the texts do not name', async () => {
  const stores = [store(catalog)];
  expect(await relationsMigrated(file("ALTER TYPE app.priority ADD VALUE 'URGENT';"), stores, configuration())).toEqual(['app.case_file']);
  expect(await relationsMigrated(file('DROP SCHEMA integration CASCADE;'), stores, configuration())).toEqual(['integration.v_case_v1', 'integration.v_open_case_v1']);
  expect(await relationsMigrated(file('CREATE INDEX i ON app.task (state);'), stores, configuration())).toEqual([]);
});
