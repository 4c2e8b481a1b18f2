import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { blindGap, card, production, snapshot } from './casework-snapshot.js';
import { tidemarkHere as tidemark } from './in-process.js';
import { build } from './tidemark.js';

const estate = fileURLToPath(new URL('../../fixtures/estate/estate.tidemark', import.meta.url));
let folder = '';

/** One entry: so many calls, each of so many blocks and milliseconds. */
function entry(role: string, queryId: string, text: string, calls: number, { blocks, ms }: { blocks: number; ms: number }): StatementStatistics {
  return {
    role, database: 'casework', queryId, toplevel: true, text, textState: 'full', calls, execution_ms: calls * ms, planning_ms: null, rows: calls,
    sharedBlocksHit: calls * blocks, sharedBlocksRead: 0, tempBlocksRead: 0, tempBlocksWritten: 0, wal_bytes: null,
  };
}

/** The same store, read on a day: the application's lookups and a report that runs `reports` times. */
function looked(until: string, lookups: number, reports: number): StoreSnapshot {
  return {
    ...production,
    catalog: { ...production.catalog, constraints: [{ schema: 'app', relation: 'case_file', name: 'case_file_pkey', kind: 'primary_key', columns: ['id'], expression: null, references: null, validated: true, enforced: true }] },
    systemIdentifier: '7301',
    statements: [
      entry('case_app', '11', 'SELECT id, status FROM app.case_file WHERE id = $1', lookups, { blocks: 4, ms: 0.1 }),
      entry('report_ro', '22', 'SELECT status, count(*) FROM app.case_file GROUP BY status', reports, { blocks: 50_000, ms: 900 }),
    ],
    statementWindow: { since: '2026-09-01T08:00:00.000Z', evictions: 0, entries: 2, entries_max: 5000, block_bytes: 8192, until },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-workload-'));
  const files: Record<string, string | Uint8Array> = {
    'reports/backlog.sql': '-- name: backlog_by_office\n-- owner: Operations Analytics\nSELECT office, count(*) FROM app.case_file WHERE closed_at IS NULL GROUP BY office;\n',
    'reports/one.sql': 'SELECT * FROM app.case_file WHERE id = 4711;\n',
    'reports/broken.sql': 'SELECT FROM WHERE (((;\n',
    'hostile/red.sql': "-- name: \u001b[31mred\u001b]0;owned\u0007\nSELECT '\u009b2J', count(*) FROM app.case_file GROUP BY office;\n",
    'hostile/long.sql': `SELECT count(*) FROM app.case_file WHERE office = '${'x'.repeat(10_000_000)}';\n`,
    'hostile/damaged.sql': Buffer.from([...Buffer.from("SELECT count(*) FROM app.case_file WHERE office = '"), 0xff, ...Buffer.from("';\n")]),
    'schema.sql': 'CREATE SCHEMA app;\nCREATE TABLE app.case_file (id bigint PRIMARY KEY, office text NOT NULL, closed_at timestamptz);\n',
    'notes.txt': 'cases to look at on Monday',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const bundle = (name: string, parts: Parameters<typeof snapshot>[0]) => writeBundle(path.join(folder, name), snapshot(parts));
  await bundle('monday.tidemark', { takenAt: '2026-11-16T08:00:00.000Z', stores: [looked('2026-11-16T08:00:00.000Z', 1_000_000, 100)] });
  await bundle('tuesday.tidemark', { takenAt: '2026-11-17T08:00:00.000Z', stores: [looked('2026-11-17T08:00:00.000Z', 1_250_000, 110)] });
  await bundle('other.tidemark', { takenAt: '2026-11-18T08:00:00.000Z', stores: [{ ...looked('2026-11-18T08:00:00.000Z', 1, 1), systemIdentifier: '7999' }] });
  await bundle('shop.tidemark', { takenAt: '2026-11-18T08:00:00.000Z', stores: [{ ...production, name: 'shop', database: 'shop' }] });
  await bundle('empty.tidemark', { stores: [], queries: [] });
  await bundle('blind.tidemark', { gaps: [blindGap], queries: [card('SELECT status, count(*) FROM app.case_file GROUP BY status')] });
  await build();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function workload(...args: string[]) {
  return tidemark(['workload', ...args], { cwd: folder });
}

const count = z.number().nonnegative();
const part = z.number().min(0).max(1).nullable();
const share = z.object({ time: part, blocks: part, temp: part, wal: part });
const work = z.object({ calls: count, rows: count, execution_ms: count, planning_ms: count.nullable(), blocks: count, blocks_read: count, temp_bytes: count, wal_bytes: count.nullable() });
const group = z.object({ name: z.string(), owner: z.string().nullable(), statements: count, analyticalStatements: count, work, share, analytical: work, analyticalShare: share });
const classes = z.enum(['operational', 'analytical', 'mixed', 'unknown']);
const statement = z.object({
  id: z.string(), queryIds: z.array(z.string()), class: classes, confidence: z.number().min(0).max(1), evidence: z.array(z.string()), consumer: z.string(), owner: z.string().nullable(), roles: z.array(z.string()),
  applications: z.array(z.string()), relations: z.array(z.string()), head: z.string(), work: work.nullable(), share,
  rhythm: z.object({ period_seconds: z.number().nullable(), from: z.enum(['starts', 'schedule', 'calls']), confidence: z.number(), words: z.string() }).nullable(),
});
/** What docs/workload.md promises. */
const report = z.object({
  schemaVersion: z.literal(1), tool: z.object({ name: z.literal('tidemark'), version: z.string() }), takenAt: z.string(),
  stores: z.array(z.object({
    store: z.string(), role: z.string(), engine: z.string(), since: z.string().nullable(), until: z.string().nullable(), window_seconds: count.nullable(), trust: z.object({ factor: z.number().min(0).max(1), notes: z.array(z.string()) }), total: work,
    classes: z.array(z.object({ class: classes, statements: count, work, share })), byConsumer: z.array(group), byRole: z.array(group), byRelation: z.array(group), byDay: z.array(group.extend({ covered_seconds: count, complete: z.boolean(), estimated: z.boolean() })),
    changes: z.array(z.object({ change: z.string(), sql: z.string().nullable(), consumer: z.string(), owner: z.string().nullable(), relations: z.array(z.string()), statements: count, frees: share, confidence: z.number() })).max(5), statements: z.array(statement),
  })),
  gaps: z.array(z.object({ subject: z.string(), severity: z.enum(['blind', 'partial']) })), assumptions: z.array(z.string()),
});

async function answer(...args: string[]): Promise<z.infer<typeof report>> {
  const { stdout, stderr } = await workload(...args, '--format', 'json');
  expect(stderr).toBe('');
  return report.parse(JSON.parse(stdout));
}

describe('tidemark workload of the example estate', () => {
  test.each([120, 80])('fits %i columns, and says first how much of production is reporting', async (columns) => {
    for (const by of [['--limit', 'all'], ['--by', 'relation']]) {
      const { stdout, stderr, code } = await tidemark(['workload', estate, ...by], { cwd: folder, env: { COLUMNS: String(columns) } });
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(stdout.replace(/\s+/g, ' ')).toMatch(/Reporting is \d+ % of block reads on production: \d+ % of time, \d+ % of temp files, [\d.]+ % of WAL; \d+ of \d+ statements\./);
      expect(stdout.split('\n').filter((line) => stringWidth(line) > columns)).toEqual([]);
    }
  });

  test('gives JSON whose parts add up', async () => {
    const { stores } = await answer(estate);
    expect(stores.map(({ store }) => store)).toEqual(['production', 'warehouse']);
    for (const { total, classes: parts, statements, byConsumer, byRole } of stores) {
      for (const list of [parts, byConsumer, byRole]) {
        if (total.calls > 0) expect(list.reduce((sum, one) => sum + one.work.blocks, 0)).toBeCloseTo(total.blocks, 3);
      }
      expect(statements.reduce((sum, one) => sum + (one.work?.blocks ?? 0), 0)).toBeCloseTo(total.blocks, 3);
      expect(parts.reduce((sum, one) => sum + one.statements, 0)).toBe(statements.length);
    }
  });

  test('is the same however often it is asked', async () => {
    const [one, other] = await Promise.all([workload(estate, '--format', 'ndjson'), workload(estate, '--format', 'ndjson')]);
    expect(one.stdout).toBe(other.stdout);
  });

  test('is chosen by role, relation, consumer and class, the shares those of the store', async () => {
    const whole = await answer(estate);
    const chosen = await answer(estate, '--role', 'metabase*', '--relation', 'app.*', '--class', 'analytical', '--consumer', 'metabase card 1*');
    const statements = chosen.stores.flatMap((store) => store.statements);
    expect(statements.length).toBeGreaterThan(3);
    for (const one of statements) {
      expect(one.roles).toContain('metabase_ro');
      expect(one.class).toBe('analytical');
      expect(one.consumer).toMatch(/^metabase card 1/);
      expect(one.relations.some((name) => name.startsWith('app.'))).toBe(true);
      expect(whole.stores.flatMap((store) => store.statements).find(({ id, consumer }) => id === one.id && consumer === one.consumer)?.share).toEqual(one.share);
    }
    expect(chosen.stores[0]?.total).toEqual(whole.stores[0]?.total);
    expect(chosen.stores[0]?.byRole.map(({ name }) => name)).toEqual(['metabase_ro']);
  });

  test('writes several forms at once, and -o leaves standard output empty', async () => {
    const both = await workload(estate, '--format', 'text', '--format', 'json:all.json', '--by', 'role');
    expect(both.stdout).toContain('Roles, by blocks');
    expect(report.parse(JSON.parse(readFileSync(path.join(folder, 'all.json'), 'utf8'))).stores).toHaveLength(2);
    const { stdout, code } = await workload(estate, '--format', 'ndjson', '--by', 'role', '--limit', '2', '-o', 'roles.ndjson');
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    const lines = readFileSync(path.join(folder, 'roles.ndjson'), 'utf8').trimEnd().split('\n').map((line) => z.object({ type: z.string(), store: z.string().optional(), name: z.string().optional() }).parse(JSON.parse(line)));
    expect(lines.filter(({ type }) => type === 'role').map(({ store }) => store)).toEqual(['production', 'production']);
    expect(lines.map(({ type }) => type)).not.toContain('statement');
  });

  test('says what a filter that matches nothing could have matched', async () => {
    const text = await workload(estate, '--role', 'metabse_ro');
    expect(text.stdout.replace(/\s+/g, ' ')).toContain("No role matches 'metabse_ro'; did you mean 'metabase_ro'? Roles: analyst_export, ");
    expect(text.code).toBe(0);
    const { stdout, stderr, code } = await workload(estate, '--store', 'replica', '--format', 'json');
    expect({ stderr, code }).toEqual({ stderr: "No store matches 'replica'. Stores: production, warehouse.\n", code: 0 });
    expect(report.parse(JSON.parse(stdout)).stores).toEqual([]);
  });
});

describe('several bundles', () => {
  test('give what ran between them, whatever their order', async () => {
    const inOrder = await answer('monday.tidemark', 'tuesday.tidemark');
    const [store] = inOrder.stores;
    expect(store).toMatchObject({ since: '2026-11-16T08:00:00.000Z', until: '2026-11-17T08:00:00.000Z', window_seconds: 86_400 });
    expect(store?.total).toMatchObject({ calls: 250_010, blocks: 1_500_000 });
    expect(store?.classes.find((one) => one.class === 'analytical')).toMatchObject({ statements: 1, work: { calls: 10, blocks: 500_000 } });
    expect(store?.byDay.map(({ name, covered_seconds }) => [name, covered_seconds])).toEqual([['2026-11-16', 57_600], ['2026-11-17', 28_800]]);
    const turned = await answer('tuesday.tidemark', 'monday.tidemark');
    expect(turned.stores).toEqual(inOrder.stores);
    expect(turned.assumptions).toContain('bundles were put in order of time: monday.tidemark, tuesday.tidemark');
  });

  test('of one day say so in the first sentence', async () => {
    const { stdout } = await workload('monday.tidemark', 'tuesday.tidemark');
    expect(stdout.replace(/\s+/g, ' ')).toContain('Reporting is 33 % of block reads on production: 26 % of time; 1 of 2 statements. From 2026-11-16 08:00 UTC to 2026-11-17 08:00 UTC, 24 h.');
  });

  test('of different systems are refused', async () => {
    expect(await failed('monday.tidemark', 'other.tidemark')).toMatchInlineSnapshot(`
      "tidemark: production is not the same database in monday.tidemark and other.tidemark: the servers give different system identifiers
        give bundles of the same system, in order of time
      "
    `);
    expect(await failed('monday.tidemark', 'shop.tidemark')).toMatchInlineSnapshot(`
      "tidemark: monday.tidemark and shop.tidemark hold no store in common: production and shop
        give bundles of the same system, in order of time
      "
    `);
  });
});

describe('a live store', () => {
  let server: PostgresServer;
  let bundle = '';

  const environment = (): Record<string, string> => ({ PGPASSWORD: new URL(server.superuserUrl).password });
  const url = (): string => server.superuserUrl.replace(/:[^:@/]*@/, '@');

  async function run(...texts: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: server.superuserUrl, application_name: 'casework-web' });
    await client.connect();
    for (const text of texts) await client.query(text);
    await client.end();
  }

  beforeAll(async () => {
    server = await startPostgres({});
    await run(
      'CREATE EXTENSION pg_stat_statements', 'CREATE SCHEMA app', 'CREATE TABLE app.case_file (id bigint PRIMARY KEY, office text NOT NULL, closed_at timestamptz)',
      "INSERT INTO app.case_file SELECT number, 'Office ' || number % 7, NULL FROM generate_series(1, 20000) AS number", 'ANALYZE app.case_file',
      'SELECT office, count(*) FROM app.case_file GROUP BY office', 'SELECT * FROM app.case_file WHERE id = 7',
    );
    bundle = path.join(folder, 'before.tidemark');
    writeFileSync(path.join(folder, 'named.yaml'), `stores: [{ name: casework, role: operational, engine: postgres, url: "${url()}" }]\n`);
    const collected = await tidemark(['collect', '-c', 'named.yaml', '-o', bundle], { cwd: folder, env: environment() });
    if (collected.code !== 0) throw new Error(`the bundle was not collected: ${collected.stderr}`);
    await run(...Array.from({ length: 5 }, () => 'SELECT office, count(*) FROM app.case_file GROUP BY office'), 'SELECT * FROM app.case_file WHERE id = 4711');
  }, 90_000);

  afterAll(() => server.stop());

  test('tells what ran since a bundle, whatever the store is called there', async () => {
    const { stdout, stderr, code } = await tidemark(['workload', '--postgres', url(), '--since', bundle, '--relation', 'app.case_file', '--format', 'json'], { cwd: '/', env: environment() });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [store] = report.parse(JSON.parse(stdout)).stores;
    expect(store?.statements.map((one) => [one.class, one.work?.calls, one.head])).toEqual([
      ['analytical', 5, 'SELECT office, count(*) FROM app.case_file GROUP BY office'],
      ['operational', 1, 'SELECT * FROM app.case_file WHERE id = $1'],
    ]);
  });

  test('without one tells all that was counted', async () => {
    const { stdout, code } = await tidemark(['workload', '--postgres', url(), '--relation', 'app.*', '--class', 'analytical', '--format', 'json'], { cwd: '/', env: environment() });
    expect(report.parse(JSON.parse(stdout)).stores[0]?.statements.map((one) => one.work?.calls)).toEqual([6]);
    expect(code).toBe(0);
  });

  test('is not compared with a bundle of another database', async () => {
    const { stderr, code } = await tidemark(['workload', '--postgres', url(), '--since', path.join(folder, 'monday.tidemark')], { cwd: '/', env: environment() });
    expect({ stderr: stderr.replaceAll(folder, 'FOLDER'), code }).toEqual({
      stderr: 'tidemark: FOLDER/monday.tidemark and what was looked at now hold no store in common: production and postgres\n  give bundles of the same system, in order of time\n',
      code: 2,
    });
  });

  test('that does not answer ends with 3 and is named', async () => {
    const { stdout, code } = await tidemark(['workload', '--postgres', 'postgresql://audit_ro@127.0.0.1:1/casework'], { cwd: '/' });
    expect(code).toBe(3);
    expect(stdout).toContain('nothing seen  casework');
  });
});

describe('files alone', () => {
  test('are judged by shape, with the tables that DDL tells', async () => {
    const { stdout, stderr, code } = await workload('--dashboards', 'reports', '--ddl', 'schema.sql');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout.slice(stdout.indexOf('\n') + 1)).toMatchInlineSnapshot(`
      "
      1 of 3 statements is analytical, 1 unknown, by shape alone: there are no statistics of what ran.

      Statements
        class        sure  consumer
        analytical   86 %  reports/backlog.sql backlog_by_office
                aggregates app.case_file without a key (count); groups the rows of app.case_file
                SELECT office, count(*) FROM app.case_file WHERE closed_at IS NULL GROUP BY office
        unknown         –  reports/broken.sql broken
                its text could not be parsed
                SELECT FROM WHERE (((;
        operational  95 %  reports/one.sql one
                reaches app.case_file by key
                SELECT * FROM app.case_file WHERE id = 4711
      "
    `);
  });

  test('are judged without DDL too', async () => {
    const { stores } = await answer('--dashboards', 'reports');
    expect(stores.map(({ store, engine, total }) => [store, engine, total.calls])).toEqual([['', 'postgres', 0]]);
    expect(stores[0]?.statements.map((one) => [one.consumer, one.class, one.work])).toEqual([
      ['reports/backlog.sql backlog_by_office', 'analytical', null], ['reports/broken.sql broken', 'unknown', null], ['reports/one.sql one', 'operational', null],
    ]);
  });

  test('that are hostile, damaged or huge cost themselves only', async () => {
    const { stdout, code } = await workload('--dashboards', 'hostile', '--limit', 'all');
    expect(code).toBe(0);
    expect(stdout).toContain('red.sql red');
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
    expect(Math.max(...stdout.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
    for (const format of ['json', 'ndjson']) {
      const machine = await workload('--dashboards', 'hostile', '--format', format);
      // oxlint-disable-next-line no-control-regex
      expect(machine.stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      expect(machine.stdout.length).toBeLessThan(100_000);
    }
  });
});

describe('what could not be looked at', () => {
  test('ends with 3 and is named; the rest is told', async () => {
    const { stdout, code } = await workload('blind.tidemark');
    expect(code).toBe(3);
    expect(stdout).toContain('1 of 1 statement on production is analytical, by shape alone');
    expect(stdout).toContain('nothing seen  replica');
  });

  test('is not a bundle that holds nothing: that is said', async () => {
    const { stdout, code } = await workload('empty.tidemark');
    expect(stdout).toContain('There is nothing to divide');
    expect(code).toBe(0);
  });
});

describe('wrong usage', () => {
  test.each([
    ['a list that does not exist', ['--by', 'statment', 'monday.tidemark']],
    ['an order that does not exist', ['--sort', 'block', 'monday.tidemark']],
    ['a class that does not exist', ['--class', 'olap', 'monday.tidemark']],
    ['a number of rows that is none', ['--limit', 'ten', 'monday.tidemark']],
    ['a form that does not exist', ['--format', 'sarif', 'monday.tidemark']],
    ['two forms at one place', ['--format', 'json', '--format', 'ndjson', 'monday.tidemark']],
    ['a file that is no bundle', ['notes.txt']],
    ['a bundle that is not there', ['sunday.tidemark']],
    ['a bundle and dashboards', ['monday.tidemark', '--dashboards', 'reports']],
    ['a bundle and a sample', ['monday.tidemark', '--sample', '60s']],
    ['a bundle since another', ['tuesday.tidemark', '--since', 'monday.tidemark']],
    ['since a bundle without a store', ['--dashboards', 'reports', '--since', 'monday.tidemark']],
    ['DDL for a store that is asked', ['monday.tidemark', '--ddl', 'schema.sql']],
    ['a sample without a store', ['--dashboards', 'reports', '--sample', '60s']],
    ['nothing to look at', []],
  ])('%s', async (_, args) => {
    expect(await failed(...args)).toMatchSnapshot();
  });
});

test('the help fits 80 columns and has examples', async () => {
  const { stdout, code } = await workload('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('tidemark workload monday.tidemark friday.tidemark --by day');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

async function failed(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await workload(...args);
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  return stderr.replaceAll(folder, 'FOLDER');
}
