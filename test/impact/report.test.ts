import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricAnalysis } from '../../src/graph/metric-subjects.js';
import type { RelationMovement } from '../../src/model/movement.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { schemaFromDdl } from '../../src/metrics/schema/read.js';
import { catalogueDdl } from '../../src/metrics/schema/ddl.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { applyMigrations, readMigrations } from '../../src/migrations/index.js';
import { impactOf } from '../../src/impact/index.js';
import { role, statistics } from '../support/estate.js';
import { boundaryOf, CARDS, casework, hits, impactOfSql, SCHEMA } from './support/casework.js';

let parsers: Parsers;
const engine = scratchEngine('pglite');
const scratch = () => engine.open();

beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(async () => {
  await Promise.all([parsers.close(), engine.close()]);
});

const only = (...titles: string[]): Record<string, string> => Object.fromEntries(titles.map((title) => [title, CARDS[title] ?? '']));

describe('what is said of a reader', () => {
  test('is what breaks it, how it uses that, and what the engine says', async () => {
    const { impacts } = await impactOfSql('ALTER TABLE app.task DROP COLUMN done_at;', parsers, { cards: only('Tasks done'), scratch });
    expect(impacts).toMatchObject([{
      effect: 'breaks', thing: { kind: 'card', owner: 'Mara Lindqvist', location: { file: 'metabase/card-118.json', line: 12 } }, changes: [0], through: [], confidence: 1,
      sentence: 'fails: app.task.done_at, which it shows and groups by, is dropped (column "done_at" does not exist)',
    }]);
  });

  test('names the views on the way', async () => {
    const { impacts } = await impactOfSql('ALTER TABLE app.case_file DROP COLUMN region_code;', parsers, { cards: only('Contract regions'), scratch });
    expect(impacts.find(({ thing }) => thing.kind === 'card')).toMatchObject({
      through: ['integration.v_case_v1'], changes: [0], sentence: 'fails: integration.v_case_v1, which it reads, cannot stay as it is (relation "integration.v_case_v1" does not exist)',
    });
  });

  test('names the value that falls out of one and into another', async () => {
    const values = "ALTER TABLE app.case_file DROP CONSTRAINT case_status_check; ALTER TABLE app.case_file ADD CONSTRAINT case_status_check CHECK (status IN ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED'));";
    const { impacts } = await impactOfSql(values, parsers, { cards: only('Open cases', 'Open contract cases'), scratch });
    expect(impacts.filter(({ thing }) => thing.kind === 'card').map(({ sentence }) => sentence)).toEqual([
      "'ESCALATED' is counted in without being named: status <> 'CLOSED'",
      "integration.v_open_case_v1, which it reads, is hit: 'ESCALATED' is not counted in: status in ('OPEN', 'IN_REVIEW')",
    ]);
  });

  test('is one impact for all statements of a role, with all its calls', async () => {
    const statements = [statistics('SELECT state FROM app.task', { role: 'analyst', calls: 3 }), statistics('SELECT count(*) FROM app.task WHERE state = $1', { role: 'analyst', calls: 4 })];
    const { impacts } = await impactOfSql('ALTER TABLE app.task DROP COLUMN state;', parsers, { cards: {}, statements, scratch });
    expect(impacts).toMatchObject([{ effect: 'breaks', thing: { kind: 'role', name: 'role analyst' }, calls: 7 }]);
  });

  test('calls nothing broken that did not run before', async () => {
    const { impacts } = await impactOfSql('ALTER TABLE app.task DROP COLUMN done_at;', parsers, { cards: { Old: 'SELECT done_at, gone FROM app.task' }, scratch });
    // The engine refuses it before as well; its names alone tell that it has one fault more.
    expect(impacts).toMatchObject([{ effect: 'breaks', confidence: 0.85 }]);
    const untouched = await impactOfSql('ALTER TABLE app.task ADD COLUMN note text;', parsers, { cards: { Old: 'SELECT done_at, gone FROM app.task' }, scratch });
    expect(untouched.impacts).toEqual([]);
  });
});

describe('metrics', () => {
  test('whose equality rests on a dropped constraint are told, with the row that parts them', async () => {
    const cards = { 'Open cases': CARDS['Open cases'] ?? '', 'open cases': 'SELECT count(*) AS open_cases FROM app.case_file WHERE closed_at IS NULL' };
    const boundary = boundaryOf(await casework(), parsers, { cards });
    const { groups } = await metricAnalysis([boundary], parsers, { audit: true });
    const dropped = await impactOfSql('ALTER TABLE app.case_file DROP CONSTRAINT case_closed_at_check;', parsers, { cards, metrics: groups, scratch });
    expect(hits(dropped)).toContain('unproved metric Open cases');
    expect(dropped.impacts.find(({ effect }) => effect === 'unproved')?.sentence).toMatch(/are equal only while CHECK case_closed_at_check .* and without it a .*case_file.* is counted by/);
    const kept = await impactOfSql('ALTER TABLE app.case_file RENAME CONSTRAINT case_closed_at_check TO closed_has_time;', parsers, { cards, metrics: groups, scratch });
    expect(kept.impacts.filter(({ effect }) => effect === 'unproved')).toEqual([]);
  }, 30_000);
});

describe('promises', () => {
  const drop = 'DROP VIEW integration.v_open_case_v1;';
  const registry = (deprecatedAt: string | null) => ({ relation: 'integration.contract_registry', rows: [{ name: 'v_open_case_v1', version: '1', owner: 'Case Platform', policy: 'BACKWARD', columns: null, deprecatedAt }] });

  async function dropped(deprecatedAt: string | null, cards: Record<string, string>): Promise<string[]> {
    const catalog = await casework();
    const boundary = boundaryOf(catalog, parsers, { cards });
    const files = await readMigrations([{ path: 'drop.sql', text: drop }]);
    const applied = await applyMigrations(catalog, files);
    const own = { ...boundary, store: { ...boundary.store, contractRegistry: registry(deprecatedAt) } };
    return hits(await impactOf({ boundary: own, others: [], files, ...applied, parse: parsers.postgres, takenAt: '2026-11-22T12:00:00Z' }));
  }

  test('that are in force are broken by a drop, read or not', async () => {
    expect(await dropped(null, {})).toEqual(['contract contract integration.v_open_case_v1']);
  });

  test('that are deprecated may go once nobody reads them', async () => {
    expect(await dropped('2026-05-01T00:00:00Z', {})).toEqual([]);
    expect(await dropped('2026-05-01T00:00:00Z', only('Open contract cases'))).toEqual(['breaks Open contract cases', 'contract contract integration.v_open_case_v1']);
  });
});

describe('who sees more', () => {
  const personal = new Map([['app.officer.email', 'email'], ['app.officer.mobile', 'phone']]);

  test('through a view, a grant or a publication', async () => {
    const view = await impactOfSql('CREATE OR REPLACE VIEW integration.v_officer_v1 AS SELECT officer_id, email FROM app.officer;', parsers, { cards: {}, personal });
    expect(view.impacts).toMatchObject([{ effect: 'widens', sentence: 'shows app.officer.email (email) from now on' }]);
    const granted = await impactOfSql('GRANT SELECT ON app.officer TO metabase_ro;', parsers, { cards: {}, personal });
    expect(granted.impacts).toMatchObject([{ effect: 'widens', thing: { name: 'role metabase_ro' }, sentence: 'may read app.officer from now on, with email (email)' }]);
    const catalog = { ...(await casework()), publications: [{ name: 'cdc', allTables: true, tables: [] }] };
    const added = await impactOfSql('ALTER TABLE app.officer ADD COLUMN mobile text;', parsers, { cards: {}, personal, catalog });
    expect(added.impacts).toMatchObject([{ effect: 'widens', thing: { kind: 'publication', name: 'cdc' } }]);
  });

  test('is not told of what was shown before, nor of what is masked', async () => {
    const masked = await impactOfSql("CREATE VIEW integration.v_officer_v1 AS SELECT officer_id, email IS NOT NULL AS has_email FROM app.officer;", parsers, { cards: {}, personal });
    expect(masked.impacts).toEqual([]);
  });
});

describe('what PostgreSQL itself refuses', () => {
  test.each([
    ['a policy', { policies: [{ schema: 'app', relation: 'case_file', name: 'own_region', command: 'SELECT', roles: ['clerk'], using: "(region_code = current_setting('app.region'))" }] }, 'breaks policy own_region on app.case_file'],
    ['the column list of a publication', { publications: [{ name: 'cdc', allTables: false, tables: [{ schema: 'app', relation: 'case_file', columns: ['case_id', 'region_code'], rowFilter: null }] }] }, 'breaks publication cdc'],
  ])('for the sake of %s', async (_, more, expected) => {
    const catalog = { ...(await casework()), ...more };
    expect(hits(await impactOfSql('ALTER TABLE app.case_file DROP COLUMN region_code;', parsers, { cards: {}, catalog }))).toContain(expected);
  });

  test('for the sake of a foreign key', async () => {
    expect(hits(await impactOfSql('DROP TABLE app.region;', parsers, { cards: {} }))).toContain('breaks constraint case_region_fk on app.case_file');
    expect(hits(await impactOfSql('DROP TABLE app.region CASCADE;', parsers, { cards: {} }))).not.toContain('breaks constraint case_region_fk on app.case_file');
  });
});

describe('copies', () => {
  const replicated: RelationMovement = {
    from: { store: 'production', relation: 'app.task' }, to: { store: 'warehouse', relation: 'raw.task' }, via: 'replication', by: 'publication cdc', rowFilter: null,
    columns: [{ from: 'state', to: 'state', mask: 'raw', identity: true }], conditions: [], confidence: 1, evidence: 'the publication lists it',
  };

  test('are followed into the other store', async () => {
    const catalog = await casework();
    const boundary = boundaryOf(catalog, parsers, { cards: {} });
    const raw = (await applyMigrations({ ...catalog, relations: [], constraints: [], functions: [] }, await readMigrations([{ path: 'raw.sql', text: 'CREATE SCHEMA raw; CREATE TABLE raw.task (task_id bigint, state text);' }]))).after;
    const other = boundaryOf(raw, parsers, { cards: { 'Tasks by state': 'SELECT state, count(*) FROM raw.task GROUP BY 1', 'All tasks': 'SELECT count(*) FROM raw.task' } });
    const warehouse = { ...other, store: { ...other.store, name: 'warehouse' } };
    const files = await readMigrations([{ path: 'drop.sql', text: 'ALTER TABLE app.task DROP COLUMN state;' }]);
    const applied = await applyMigrations(catalog, files);
    const { impacts } = await impactOf({ boundary, others: [warehouse], files, ...applied, parse: parsers.postgres, movements: [replicated], takenAt: '2026-11-22T12:00:00Z' });
    expect(impacts).toMatchObject([{
      effect: 'meaning', thing: { store: 'warehouse' }, through: ['publication cdc', 'raw.task'], sentence: 'raw.task.state on warehouse, which it reads, is filled from app.task.state: what fills it fails, or it gets no new values',
    }]);
    expect(impacts[0]?.thing.name).toMatch(/Tasks by state$/);
  });
});

describe('what could not be looked at', () => {
  test('is said where it speaks of what goes', async () => {
    const cards = { Broken: 'SELECT FROM WHERE app.task (', Other: 'SELECT FROM WHERE app.holiday (' };
    const report = await impactOfSql('ALTER TABLE app.task DROP COLUMN done_at;', parsers, { cards });
    expect(report.unread).toHaveLength(1);
    expect(report.unread[0]).toMatch(/Broken: its text could not be read, and it names app\.task$/);
    expect(report.changes[0]).toMatchObject({ phase: 'unknown', because: '1 consumer that may read it could not be followed' });
    expect((await impactOfSql('ALTER TABLE app.task ADD COLUMN note text;', parsers, { cards })).unread).toEqual([]);
  });

  test('is said of hidden statements and of blocks that nobody can read', async () => {
    const statements = [statistics('', { role: 'partner', text: null, textState: 'hidden' })];
    const report = await impactOfSql("ALTER TABLE app.task DROP COLUMN done_at; DO $$ BEGIN EXECUTE 'DROP TABLE app.' || 'holiday'; END $$;", parsers, { cards: {}, statements, catalog: { ...(await casework()), roles: [role('partner')] } });
    expect(report.unread).toEqual(['role partner: 1 statement of which the server keeps the text hidden']);
    expect(report.unknown).toHaveLength(1);
  });
});

describe('a safe order', () => {
  test('says on what "nobody" rests', async () => {
    const { changes } = await impactOfSql('ALTER TABLE app.case_file DROP COLUMN note;', parsers, { cards: only('Officers') });
    expect(changes).toMatchObject([{ phase: 'now', because: 'nobody that was looked at notices it: 1 consumer and 2 views; no statistics were there to tell who else does' }]);
  });

  test('lets the new column come now, and the old one go after its readers', async () => {
    const { changes, expandContract } = await impactOfSql(`
      ALTER TABLE app.task ADD COLUMN task_state text;
      UPDATE app.task SET task_state = state;
      ALTER TABLE app.task DROP COLUMN state;`, parsers, { cards: only('Tasks done'), scratch });
    expect(changes.map(({ kind, phase }) => [kind, phase])).toEqual([['column-added', 'now'], ['rows-changed', 'now'], ['column-dropped', 'after-consumers']]);
    expect(changes[2]?.waitsFor).toHaveLength(1);
    expect(expandContract).toMatchObject([{ change: 2, expand: [], contract: ['ALTER TABLE app.task DROP COLUMN state;'] }]);
  });

  test.each([
    ['a renamed column', 'ALTER TABLE app.task RENAME COLUMN state TO task_state;', 'Tasks done'],
    ['a renamed table', 'ALTER TABLE app.task RENAME TO case_task;', 'Tasks done'],
    ['another type', 'ALTER TABLE app.case_file ALTER COLUMN score TYPE text;', 'High scores'],
  ])('of %s runs on a server, and its readers run between', async (_, sql, title) => {
    const { expandContract } = await impactOfSql(sql, parsers, { cards: only(title), scratch });
    const [plan] = expandContract;
    expect(plan).toBeDefined();
    const space = await engine.open();
    try {
      await schemaFromDdl(space, catalogueDdl(await casework()).ddl);
      const runnable = (statements: readonly string[]) => statements.filter((text) => !/^(?:BEGIN|COMMIT);$|^--/.test(text));
      for (const text of runnable(plan?.expand ?? [])) await space.run(text);
      await space.run(CARDS[title] ?? '');
      for (const text of runnable(plan?.contract ?? [])) await space.run(text);
    } finally {
      await space.close();
    }
  }, 30_000);
});

describe('the columns of a rename', () => {
  test('stay the same whoever writes, and the new one keeps default and NOT NULL', async () => {
    const { expandContract: [plan] } = await impactOfSql('ALTER TABLE app.case_file RENAME COLUMN status TO state;', parsers, { cards: only('Open cases'), scratch });
    const space = await engine.open();
    try {
      await schemaFromDdl(space, "CREATE SCHEMA app; CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'OPEN');");
      for (const text of plan?.expand ?? []) await space.run(text);
      await space.run("INSERT INTO app.case_file (case_id) VALUES (1); INSERT INTO app.case_file (case_id, status) VALUES (2, 'CLOSED'); INSERT INTO app.case_file (case_id, state) VALUES (3, 'CLOSED')");
      await space.run("UPDATE app.case_file SET state = 'IN_REVIEW' WHERE case_id = 2; UPDATE app.case_file SET status = 'CLOSED' WHERE case_id = 1");
      expect((await space.rows('SELECT case_id, status, state FROM app.case_file ORDER BY 1')).rows).toEqual([['1', 'CLOSED', 'CLOSED'], ['2', 'IN_REVIEW', 'IN_REVIEW'], ['3', 'CLOSED', 'CLOSED']]);
      for (const text of (plan?.contract ?? []).filter((line) => !line.startsWith('--'))) await space.run(text);
      await space.run('INSERT INTO app.case_file (case_id) VALUES (4)');
      expect((await space.rows('SELECT state FROM app.case_file WHERE case_id = 4')).rows).toEqual([['OPEN']]);
      await expect(space.run('INSERT INTO app.case_file (case_id, state) VALUES (5, NULL)')).rejects.toThrow('not-null');
    } finally {
      await space.close();
    }
    expect(plan?.contract).toContain('-- went with status, and has to be made on state: case_status_check');
  }, 30_000);
});

describe('a store that nobody is known to read', () => {
  test('is not taken for one that nobody reads', async () => {
    const { changes, unread } = await impactOfSql('ALTER TABLE app.task DROP COLUMN done_at;', parsers, { cards: {} });
    expect(changes).toMatchObject([{ phase: 'unknown', because: 'nobody is known who reads the store, so that nobody could be looked at' }]);
    expect(unread).toEqual(['who reads production: there are no dashboards, no code and no statistics of it']);
    expect((await impactOfSql('CREATE INDEX done ON app.task (done_at);', parsers, { cards: {} })).unread).toEqual([]);
  });
});

describe('whom to tell', () => {
  test('is each owner once, those who fail first', async () => {
    const { notify } = await impactOfSql('ALTER TABLE app.task RENAME TO case_task;', parsers, { cards: only('Tasks done', 'Tasks of cases') });
    expect(notify).toMatchObject([{ owner: 'Mara Lindqvist', breaks: 2, meaning: 0 }]);
    expect(notify[0]?.consumers).toHaveLength(2);
  });
});

describe('without an engine', () => {
  test('names alone tell what goes', async () => {
    const report = await impactOfSql('ALTER TABLE app.case_file DROP COLUMN region_code;', parsers);
    expect(hits(report)).toEqual(['breaks Cases by region', 'breaks Contract regions', 'breaks Open contract cases', 'breaks Region names', 'breaks view integration.v_case_v1', 'breaks view integration.v_open_case_v1', 'meaning Backlog list']);
  });
});

test('any order of these statements gives an answer', async () => {
  const statements = [
    'ALTER TABLE app.task RENAME TO case_task', 'ALTER TABLE app.case_task RENAME TO task', 'ALTER TABLE app.task DROP COLUMN state', 'ALTER TABLE app.task ADD COLUMN state integer', 'DROP TABLE app.holiday CASCADE',
    'ALTER TABLE app.case_file RENAME COLUMN status TO state', "ALTER TYPE app.priority ADD VALUE 'URGENT'", 'DROP VIEW integration.v_case_v1', 'CREATE VIEW integration.v_case_v1 AS SELECT case_id FROM app.case_file',
    'ALTER TABLE app.case_file DROP CONSTRAINT case_closed_at_check', 'DELETE FROM app.task', 'DROP SCHEMA app CASCADE', 'CREATE TABLE app.holiday (day text)', 'nonsense (', SCHEMA,
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...statements), { maxLength: 6 }), async (chosen) => {
      const { impacts, changes, notify } = await impactOfSql(chosen.map((sql) => `${sql};`).join('\n'), parsers);
      for (const { changes: places, confidence } of impacts) {
        expect(places.every((place) => place < changes.length)).toBe(true);
        expect(confidence > 0 && confidence <= 1).toBe(true);
      }
      expect(new Set(notify.map(({ owner }) => owner)).size).toBe(notify.length);
    }),
    { numRuns: 60 },
  );
}, 60_000);
