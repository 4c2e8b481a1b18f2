import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type PostgresServer, startPostgres } from '../../../src/cli/demo/postgres-server.js';
import { DIFFERENCE_KINDS, VERDICTS } from '../../../src/model/metric-verdict.js';
import { writeBundle } from '../../../src/snapshot/bundle.js';
import { blindGap, card, snapshot } from '../casework-snapshot.js';
import { tidemarkHere as tidemark } from '../in-process.js';
import { build } from '../tidemark.js';

const REPORTS: Record<string, string> = {
  'operations.sql': "-- name: Open cases\n-- owner: Case Management\nSELECT count(*) FROM app.case_file WHERE status <> 'CLOSED';\n",
  'leadership.sql': '-- name: Open cases\n-- owner: Leadership Office\nSELECT count(*) FROM app.case_file WHERE closed_at IS NULL;\n',
  'regulator.sql': "-- name: Open cases\n-- owner: Regulatory Affairs\nSELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED');\n",
  'board.sql': "-- name: Open cases\nSELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE');\n",
  'fees.sql': '-- name: Fees collected\n-- owner: Finance\nSELECT sum(fee) FROM app.case_file;\n',
  'fees-again.sql': '-- name: Fees collected\n-- owner: Finance\nSELECT sum(c.fee) FROM app.case_file c;\n',
};

const CASEWORK = [
  'CREATE SCHEMA app',
  `CREATE TABLE app.case_file (
     id bigint PRIMARY KEY,
     status text NOT NULL,
     closed_at timestamptz, fee numeric(10,2) NOT NULL DEFAULT 0,
     CONSTRAINT case_file_closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)))`,
  `INSERT INTO app.case_file SELECT n, (ARRAY['OPEN', 'CLOSED', 'CANCELLED', 'DUPLICATE', 'IN_REVIEW'])[n % 5 + 1], CASE WHEN n % 5 = 1 THEN now() END, 10 FROM generate_series(1, 5000) n`,
];

let folder = '';
let server: PostgresServer;
const url = (): string => server.superuserUrl.replace(/:[^:@/]*@/, '@');
const environment = (): Record<string, string> => ({ PGPASSWORD: new URL(server.superuserUrl).password });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-metrics-'));
  for (const [name, text] of Object.entries(REPORTS)) {
    mkdirSync(path.join(folder, 'reports', path.basename(name, '.sql')), { recursive: true });
    writeFileSync(path.join(folder, 'reports', path.basename(name, '.sql'), name), text);
  }
  server = await startPostgres({});
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  for (const text of CASEWORK) await client.query(text);
  await client.end();
  await build();
  const collected = await tidemark(['collect', '--postgres', url(), '--dashboards', 'reports', '-o', 'casework.tidemark'], { cwd: folder, env: environment() });
  if (collected.code !== 0) throw new Error(`the bundle was not collected: ${collected.stderr}`);
  await writeBundle(path.join(folder, 'blind.tidemark'), snapshot({ gaps: [blindGap], queries: [card('SELECT status, count(*) FROM app.case_file GROUP BY status')] }));
}, 120_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function metrics(args: readonly string[], env: Record<string, string> = {}) {
  return tidemark(['metrics', ...args], { cwd: folder, env: { ...environment(), ...env } });
}

const text = z.string();
const texts = z.array(text);
const verdict = z.enum(VERDICTS);
const restsOn = z.object({ kind: text, schema: text, relation: text, name: text.nullable(), columns: texts, text, enforced: z.boolean() });
const comparison = z.object({
  verdict, kind: z.enum(DIFFERENCE_KINDS).nullable(), cosmetic: z.boolean(), restsOn: z.array(restsOn), underAsserted: z.array(restsOn),
  witness: z.object({ rows: z.record(text, z.array(z.record(text, z.unknown()))), a: z.unknown(), b: z.unknown(), words: text, sql: text }).nullable(),
  region: z.object({ onlyA: text.nullable(), onlyB: text.nullable() }).nullable(),
  bound: z.object({ worlds: z.number(), rows_per_table_max: z.number(), answers: z.tuple([z.number(), z.number()]) }).nullable(), by: z.enum(['proof', 'replay', 'search', 'none']), why: text,
});
const failure = z.object({ error: text });
const group = z.object({
  id: text, name: text, store: text, relation: text, verdict,
  members: z.array(z.object({ consumer: text, owner: text.nullable(), title: text, measure: text, filters: texts, score: z.number().min(0).max(1), evidence: texts, value: z.union([z.object({ text, rows: z.number() }), failure]).nullable() })),
  definitions: z.array(z.object({ members: z.array(z.number()), sql: text, words: text, unreadable: text.nullable() })),
  pairs: z.array(z.object({ first: z.number(), second: z.number(), comparison, today: z.union([z.object({ rows: z.number() }), failure]).optional() })),
  canonical: z.object({ definition: z.number(), reason: text }).nullable(), suggestion: z.object({ sql: text, replaces: z.array(z.number()) }).nullable(), semantic: texts,
  nameClashes: z.array(z.object({ consumer: text, title: text, store: text, relations: texts })), possibleSynonyms: z.array(z.object({ consumer: text, title: text })), dialectDifferences: texts, partial: text.nullable(),
});
/** What docs/metrics.md promises. */
const answer = z.object({
  schemaVersion: z.literal(1), tool: z.object({ name: z.literal('tidemark'), version: text }), takenAt: text, stores: z.array(z.object({ name: text, role: text, engine: text })), groups: z.array(group),
  coverage: z.object({ cards: z.number(), claims: z.number(), grouped: z.number(), alone: z.number(), notClaimed: z.array(z.object({ why: text, count: z.number() })) }),
  gaps: z.array(z.object({ subject: text, severity: z.enum(['blind', 'partial']) })), assumptions: texts,
});

async function answered(args: readonly string[]): Promise<z.infer<typeof answer>> {
  const { stdout, stderr } = await metrics([...args, '--format', 'json']);
  expect(stderr).toBe('');
  return answer.parse(JSON.parse(stdout));
}

describe('the four definitions of open cases', () => {
  test('are two, one and one, and the first two are one only by the CHECK', async () => {
    const { groups, coverage } = await answered(['casework.tidemark']);
    expect(coverage).toMatchObject({ cards: 6, claims: 6, grouped: 6, alone: 0 });
    const open = groups.find(({ name }) => name === 'Open cases');
    const called = open?.definitions.map(({ sql }) => /WHERE (.*)$/s.exec(sql)?.[1]?.trim().slice(0, 12) ?? '');
    const pairs = open?.pairs.map(({ first, second, comparison: { verdict: said, restsOn: rests } }) => `${called?.[first]} / ${called?.[second]}: ${said} ${rests.map(({ kind }) => kind).join(' ')}`.trim()).sort();
    expect(pairs).toMatchInlineSnapshot(`
      [
        "closed_at IS / status <> 'C: equal-under check not_null",
        "closed_at IS / status IN (': looser",
        "status <> 'C / status IN (': looser",
        "status NOT I / closed_at IS: stricter",
        "status NOT I / status <> 'C: stricter",
        "status NOT I / status IN (': looser",
      ]
    `);
    expect(groups.map(({ name }) => name)).toEqual(['Open cases', 'Fees collected']);
  });

  test.each([120, 80])('are drawn within %i columns, with the row that parts them', async (columns) => {
    const { stdout, stderr, code } = await metrics(['show', 'open cases', 'casework.tidemark'], { COLUMNS: String(columns) });
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(stdout.split('\n').filter((line) => stringWidth(line) > columns)).toEqual([]);
    expect(stdout).toContain('Who defines it how');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/a case_file with status (?:DUPLICATE|CANCELLED) /);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/only while .*CHECK/);
  });

  test('are shown by SQL that can be run', async () => {
    const { stdout, code } = await metrics(['show', 'open cases', 'casework.tidemark', '--sql']);
    expect(code).toBe(0);
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    await client.query('CREATE DATABASE scratch');
    await client.end();
    const scratch = new pg.Client({ connectionString: server.superuserUrl.replace(/\/[^/]*$/, '/scratch') });
    await scratch.connect();
    const results: unknown = await scratch.query(stdout);
    await scratch.end();
    const answers = z.array(z.object({ command: text, rows: z.array(z.record(text, z.unknown())) })).parse(results).filter(({ command }) => command === 'SELECT').slice(-2);
    const [one, other] = answers.map(({ rows }) => JSON.stringify(rows));
    expect(one).not.toBe(other);
  });

  test("have today's numbers beside them where stores are live", async () => {
    const { groups } = await answered(['--postgres', url(), '--dashboards', 'reports', '--measure', '--name', 'open*']);
    const [open] = groups;
    const values = open?.definitions.map(({ members: [member = -1] }) => open.members[member]?.value);
    expect(values?.map((value) => (value && 'text' in value ? value.text : value)).sort()).toEqual(['2000', '2000', '4000', '4000']);
    expect(open?.pairs.flatMap(({ today }) => today ?? []).map((today) => ('rows' in today ? today.rows : today.error)).sort()).toEqual([0, 2000, 2000]);
    const { stdout } = await metrics(['show', 'open cases', '--postgres', url(), '--dashboards', 'reports', '--measure']);
    expect(stdout).toMatch(/today [A-D] [24],000, [A-D] [24],000; 2,000 rows part them/);
  });
});

describe('the list', () => {
  test('has the gravest first, ends with 1, and says what it speaks of', async () => {
    const { stdout, stderr, code } = await metrics(['casework.tidemark'], { COLUMNS: '80' });
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(stdout).toContain('\nOf 2 metrics that several define, 1 is defined differently, 1 agrees everywhere.\n');
    expect(stdout).toMatch(/verdict {5}metric {10}measured {7}definitions {2}used by\n {2}⊂ stricter {2}Open cases {6}app\.case_file {12}4 {8}4\n(?: {6}\S.*\n)+ {2}✓ equal {5}Fees collected {2}app\.case_file {12}1 {8}2\n/);
    expect(stdout).toContain('Case Management, Leadership Office, Regulatory Affairs and 1 more\n');
    expect(stdout).toContain('Coverage  6 queries looked at · 6 definitions of metrics in them · 6 in groups,\n');
  });

  test('ends with 0 where what is chosen agrees, and where nothing counts', async () => {
    expect((await metrics(['casework.tidemark', '--name', 'fees*'])).code).toBe(0);
    expect((await metrics(['casework.tidemark', '--fail-on', 'never'])).code).toBe(0);
  });

  test('ends with 3 where something could not be looked at', async () => {
    const { stdout, code } = await metrics(['blind.tidemark']);
    expect(code).toBe(3);
    expect(stdout).toContain('No metric is defined more than once');
    expect(stdout).toContain('nothing seen');
    const missed = await metrics(['show', 'open cases', 'blind.tidemark']);
    expect(missed.code).toBe(3);
    expect(missed.stderr).toContain("there is no metric 'open cases' in what could be looked at; nothing could be seen of");
  });

  test('comes as an object a line, and to a file', async () => {
    const { stdout, code } = await metrics(['casework.tidemark', '--format', 'ndjson', '--format', 'json:metrics.json', '--format', 'text:metrics.txt']);
    expect(code).toBe(1);
    expect(stdout.trim().split('\n').map((line) => z.object({ type: text }).parse(JSON.parse(line)).type).filter((type) => type !== 'assumption' && type !== 'gap')).toEqual(['metrics', 'group', 'group']);
    expect(answer.parse(JSON.parse(readFileSync(path.join(folder, 'metrics.json'), 'utf8'))).groups).toHaveLength(2);
    expect(readFileSync(path.join(folder, 'metrics.txt'), 'utf8')).toContain('Metrics, by consequence');
  });

  test('says the same to a terminal without UTF-8', async () => {
    const { stdout } = await metrics(['show', 'open cases', 'casework.tidemark'], { LC_ALL: 'C', COLUMNS: '80' });
    expect(stdout).toMatch(/^[\n -~]*$/);
    expect(stdout).toContain('a row against the definition above: = the same');
  });
});

describe('wrong usage', () => {
  test.each([
    ['a verdict that does not exist', ['casework.tidemark', '--verdict', 'diferent']],
    ['a number of rows that is none', ['casework.tidemark', '--limit', 'ten']],
    ['a form that does not exist', ['casework.tidemark', '--format', 'sarif']],
    ['several bundles', ['casework.tidemark', 'blind.tidemark']],
    ['a bundle that is not there', ['sunday.tidemark']],
    ['a bundle that is measured', ['casework.tidemark', '--measure']],
    ['dashboards that are measured without a store', ['--dashboards', 'reports', '--measure']],
    ['a bundle and dashboards', ['casework.tidemark', '--dashboards', 'reports']],
    ['a metric that does not exist', ['show', 'open cassis', 'casework.tidemark']],
    ['a definition that does not exist', ['show', 'open cases', 'casework.tidemark', '--pair', 'A,Z']],
    ['half a pair', ['show', 'open cases', 'casework.tidemark', '--pair', 'A']],
    ['SQL as JSON', ['show', 'open cases', 'casework.tidemark', '--sql', '--format', 'json']],
    ['SQL of what agrees', ['show', 'fees', 'casework.tidemark', '--sql']],
    ['no name', ['show']],
    ['nothing to look at', []],
  ])('%s', async (_, args) => {
    const { stdout, stderr, code } = await metrics(args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr.replaceAll(folder, 'FOLDER')).toMatchSnapshot();
  });
});

test.each([[['--help']], [['show', '--help']]])('the help of metrics %j fits 80 columns and has examples', async (args) => {
  const { stdout, code } = await metrics(args, { COLUMNS: '80' });
  expect(code).toBe(0);
  expect(stdout).toContain('tidemark metrics show "open cases" casework.tidemark');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
