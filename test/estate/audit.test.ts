import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit, auditWithJoin } from '../../src/audit.js';
import { guardrailRemedies } from '../../src/cli/fix/findings/guardrails.js';
import type { RemedyAnswer } from '../../src/cli/fix/findings/answer.js';
import { remedyScript } from '../../src/cli/fix/findings/script.js';
import { type Estate, buildEstate } from '../../src/cli/demo/estate.js';
import { BUNDLED_SNAPSHOT, ESTATE_CONFIGURATION } from '../../src/cli/demo/estate-files.js';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { Scratch } from '../../src/cli/scratch.js';
import { loadConfiguration } from '../../src/config/load.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { Report } from '../../src/model/report.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { loadReportFormat, reportFormats } from '../../src/report/index.js';
import { loadRules } from '../../src/rules/load.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { readSources } from '../../src/sources/reading/read.js';
import { joinedBy, joinedEntries, plantedCases } from './expected.js';

let server: PostgresServer;
let estate: Estate;
let configuration: Configuration;
let snapshot: Snapshot;
let report: Report;
let folder: string;

async function look(): Promise<Snapshot> {
  const loaded = await loadConfiguration(estate.configurationFile, { environment: estate.environment, connects: true, displayName: 'tidemark.yaml' });
  configuration = loaded.configuration;
  const read = await readSources(configuration.sources, { baseDirectory: loaded.directory });
  return collectSnapshot({ configuration, read, environment: {}, homeDirectory: '/nonexistent' });
}

/** Definitions of metrics are told apart in an engine, as the command line does. */
const scratch = new Scratch(new AbortController().signal);
const engines = { scratch: ({ engine }: { engine: string }) => scratch.space(engine) };

const judged = async (from: Snapshot): Promise<Report> => audit(from, configuration, await loadRules(), '0.0.0', engines);

const found = ({ findings }: Report): string[] => findings.map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`).sort();

async function rendered(of: Report): Promise<string> {
  const texts = await Promise.all(reportFormats().map(async (id) => (await loadReportFormat(id)).render(of, { width_columns: 120, color: true, all: true, quiet: false })));
  return texts.join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-estate-'));
  server = await startPostgres({});
  estate = await buildEstate({ server, directory: server.directory });
  snapshot = await look();
  report = await judged(snapshot);
}, 120_000);

afterAll(async () => {
  await scratch.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** How many databases a search of bounded time looks at, and how many answers it meets there, depends on the machine. */
function withoutSearchCounts(of: Report): Report {
  return { ...of, findings: of.findings.map((finding) => ({ ...finding, evidence: finding.evidence.map((line) => (line.startsWith('No difference was found in ') ? line.replace(/\d+/g, 'n') : line)) })) };
}

describe('the audit of the example estate', () => {
  test('finds every planted case and nothing else', async () => {
    expect(found(report)).toEqual(await plantedCases());
  });

  test('joins every entry of a dashboard to its card, and no other entry to any', async () => {
    const { boundaries } = await auditWithJoin(snapshot, configuration, await loadRules(), '0.0.0');
    expect(joinedBy(boundaries)).toEqual(await joinedEntries());
  });

  test('names with each finding of a card in the statistics why they are its own', () => {
    const joined = report.findings.filter(({ ruleId, consumer }) => ruleId === 'analytical-on-operational' && consumer.startsWith('metabase'));
    expect(joined.map(({ links }) => links?.map(({ by }) => by))).toEqual(joined.map(() => ['fingerprint', 'role']));
    expect(joined.length).toBeGreaterThan(10);
  });

  test('understands every statement and every query', () => {
    expect(report.gaps).toEqual([]);
    expect(report.coverage.statements).toMatchObject({ partial: 0, unparsed: 0 });
    expect(report.coverage.queries).toMatchObject({ partial: 0, unparsed: 0, problems: 0 });
    expect(report.coverage.columns.resolved).toBe(report.coverage.columns.total);
  });

  test('names the share of production that reporting takes', () => {
    expect(report.verdicts.find(({ area }) => area === 'workload')?.sentence).toMatch(/^reporting is [34567]\d % of block reads on production \(\d+ % of time\): \d+ statements of \d+ owners/);
  });

  test('says what it cost each store', () => {
    expect(report.stores.map(({ name }) => name)).toEqual(['production', 'warehouse']);
    for (const { cost } of report.stores) expect(cost.queries).toBeGreaterThan(0);
  });

  test('is the same from a bundle, letter by letter', async () => {
    const file = join(folder, 'estate.tidemark');
    await writeBundle(file, snapshot);
    const fromBundle = withoutSearchCounts(await judged(await readBundle(file)));
    const fromStores = withoutSearchCounts(report);
    expect(fromBundle).toEqual(fromStores);
    expect(await rendered(fromBundle)).toBe(await rendered(fromStores));
  });

  test('is the same when it looks again, with another key for what it masks', async () => {
    const again = await judged(await look());
    expect(withoutSearchCounts(again).findings).toEqual(withoutSearchCounts(report).findings);
  });

  test('the bundled snapshot is of this estate', async () => {
    const loaded = await loadConfiguration(ESTATE_CONFIGURATION, { environment: {}, connects: false, displayName: 'tidemark.yaml' });
    const bundled = await audit(await readBundle(BUNDLED_SNAPSHOT), loaded.configuration, await loadRules(), '0.0.0', engines);
    expect(found(bundled)).toEqual(await plantedCases());
  });
});

describe('the guardrails that are printed', () => {
  /** On the living database, in a transaction of their own; without comments. */
  async function runOnEstate(script: readonly string[]): Promise<void> {
    const client = new pg.Client({ connectionString: server.superuserUrl.replace(/\/postgres(\?|$)/, '/estate$1') });
    await client.connect();
    await client.query(script.join('\n'));
    await client.end();
  }

  test('end the findings that they say, and their way back is one', async () => {
    const groups = guardrailRemedies(report, snapshot);
    const answer: RemedyAnswer = { schemaVersion: 1, tool: report.tool, takenAt: report.takenAt, kind: 'guardrails', groups, gaps: [], assumptions: [] };
    await runOnEstate(remedyScript(answer));
    const mended = new Set(found(await judged(await look())));
    const ended = groups.flatMap(({ subject, statements }) => statements.filter(({ kind }) => kind === 'limit').flatMap(({ rules }) => rules.map((rule) => `${rule} | ${subject} | `)));
    expect(ended.length).toBeGreaterThan(7);
    expect(ended.filter((line) => mended.has(line))).toEqual([]);
    await runOnEstate(groups.flatMap(({ statements }) => statements.filter(({ kind, sql }) => kind === 'limit' || sql.includes('NOLOGIN')).flatMap(({ undo }) => undo ?? [])));
    expect(found(await judged(await look()))).toEqual(found(report));
  });
});

describe('what leaves the process', () => {
  test('holds no value of a row, no literal of a person, no password', async () => {
    const client = new pg.Client({ connectionString: server.superuserUrl.replace(/\/postgres(\?|$)/, '/estate$1') });
    await client.connect();
    const { rows } = await client.query<{ value: string }>(`
      SELECT unnest(ARRAY[full_name, email, phone]) AS value FROM shop.customer
      UNION SELECT case_number FROM app.case_file WHERE case_id % 500 = 0`);
    await client.end();
    const file = join(folder, 'leaks.tidemark');
    await writeBundle(file, snapshot);
    const bundle = gunzipSync(await readFile(file)).toString('utf8');
    const written = `${bundle}\n${await rendered(report)}`;
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.filter(({ value }) => value && written.includes(value)).map(({ value }) => value)).toEqual([]);
    const password = new URL(estate.postgresUrl).password;
    expect(password.length).toBeGreaterThan(8);
    expect(written.includes(password)).toBe(false);
    expect(written).not.toMatch(/[\w.]+@[\w.]+\.(com|org|net|example)/);
  });

  test('leaves no session behind', async () => {
    const client = new pg.Client({ connectionString: estate.postgresUrl });
    await client.connect();
    const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'tidemark'");
    await client.end();
    expect(rows).toEqual([{ n: 0 }]);
  });
});
