import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickhouseEngine, duckdbEngine, type LoadedEngine, postgresEngine } from '../../../eval/reconcile/engines.js';
import { KINDS } from '../../../eval/reconcile/kinds.js';
import { changedRows, compare, everyPair, kindsOf, load, type Pair, type PairFigures, plantedRows, randomRows } from '../../../eval/reconcile/run.js';
import { type ClickHouseServer, startClickHouse } from '../../support/clickhouse.js';
import { installedServers, startServer, type TestServer } from '../../support/postgres.js';

/** `npm run eval -- reconcile` sends a million rows through every pair, a test run a few through the oldest PostgreSQL and DuckDB. */
const IS_EVALUATION = process.env['TIDEMARK_EVAL_FOLDERS'] !== undefined;
const ROWS = Number(process.env['TIDEMARK_EVAL_ROWS'] ?? (IS_EVALUATION ? 1_000_000 : 200));
const CHUNK = Math.min(ROWS, 20_000);
const CHANGED = Math.min(ROWS, 20_000);
const SEED = 7;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-eval-reconcile-'));
let servers: TestServer[] = [];
let clickhouse: ClickHouseServer | undefined;
let engines: LoadedEngine[] = [];

beforeAll(async () => {
  chmodSync(folder, 0o755);
  // The newest and ClickHouse are in the tests of equality.
  const [oldest, ...others] = installedServers();
  const wanted = [...(oldest === undefined ? [] : [oldest]), ...others.filter(({ major }) => IS_EVALUATION && major === 18)];
  servers = await Promise.all(wanted.map((binaries) => startServer(binaries)));
  clickhouse = IS_EVALUATION ? await startClickHouse() : undefined;
  engines = [...(await Promise.all(servers.map((server) => postgresEngine(server.url(), `PostgreSQL ${server.major}`)))), await duckdbEngine(), ...(clickhouse === undefined ? [] : [clickhouseEngine(clickhouse)])];
}, 60_000);

afterAll(async () => {
  for (const engine of engines) await engine.close();
  await Promise.all([...servers.map((server) => server.stop()), clickhouse?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function drop(table: string): Promise<void> {
  await Promise.all(engines.map((engine) => engine.run(`drop table ${table}`)));
}

function tell(text: string): void {
  if (IS_EVALUATION) console.log(text);
}

it('calls equal values equal and changed ones different, in every pair of engines and every kind', async () => {
  const began = Date.now();
  const pairs = everyPair(engines);
  const wrong: PairFigures[] = [];
  for (let from = 0; from < ROWS; from += CHUNK) {
    const count = Math.min(CHUNK, ROWS - from);
    await load(engines, 'cases', randomRows(count, SEED + from), folder);
    if ((await compare(pairs, 100, 'row')).some(({ differing }) => Object.keys(differing).length > 0)) {
      wrong.push(...(await compare(pairs, 1, 'kind')).filter(({ differing }) => Object.keys(differing).length > 0));
    }
    if (from === 0 && wrong.length === 0) await plant(pairs, count);
    await drop('cases');
    tell(`${from + count} rows after ${Math.round((Date.now() - began) / 1000)} s: ${wrong.length} pairs with a false difference`);
  }
  expect(wrong).toEqual([]);
  for (let from = 0; from < CHANGED; from += 5_000) {
    const count = Math.min(5_000, CHANGED - from);
    await load(engines, 'cases', randomRows(count, SEED + from), folder);
    await load(engines, 'changed', changedRows(count, SEED + from), folder);
    const found = await compare(pairs, 1, 'kind', { source: 'cases', target: 'changed' });
    expect(found.map((pair) => pair.differing)).toEqual(pairs.map((pair) => Object.fromEntries([...kindsOf(pair).map(({ name }) => name), 'whole_row'].map((name) => [name, count]))));
    await Promise.all([drop('cases'), drop('changed')]);
  }
  tell(`${ROWS} rows of ${KINDS.length} kinds in ${pairs.length} pairs: no false difference; ${CHANGED} changes of each kind: all found`);
}, 3_600_000);

/** One value changed a row, which the digest of the row must show. */
async function plant(pairs: readonly Pair[], count: number): Promise<void> {
  await load(engines, 'planted', plantedRows(count, SEED), folder);
  const found = await compare(pairs, 1, 'row', { source: 'cases', target: 'planted' });
  const expected = pairs.map((pair) => {
    const kinds = new Set(kindsOf(pair));
    return { whole_row: Array.from({ length: count }, (_row, id) => KINDS[id % KINDS.length]).filter((kind) => kind !== undefined && kinds.has(kind)).length };
  });
  expect(found.map(({ differing }) => differing)).toEqual(expected);
  await drop('planted');
  tell(`one value changed in each of ${count} rows: all found`);
}
