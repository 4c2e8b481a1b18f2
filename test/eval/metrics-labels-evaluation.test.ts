import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPairs, type PairCase } from '../../eval/metrics/pair-cases.js';
import { checkLabel, glanceAtLabel } from '../../eval/metrics/verify/label.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** Random databases for each label. By default a glance, which finds a label that no longer fits its schema. */
const WORLDS = Number(process.env['TIDEMARK_EVAL_WORLDS'] ?? '0');
const TIMEOUT_MS = WORLDS === 0 ? 120_000 : 6 * 3_600_000;

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url(), application_name: 'test' });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

async function faultsOf(pairs: readonly PairCase[]): Promise<string[]> {
  const faults: string[] = [];
  for (const pair of pairs) {
    const found = WORLDS === 0 ? await glanceAtLabel(client, pair) : await checkLabel(client, pair, WORLDS);
    faults.push(...found.map((fault) => `${pair.id}: ${fault}`));
  }
  return faults;
}

describe.each(['tuning', 'untouched', 'held-out', 'second-sight'])('labels of %s', (part) => {
  it('are what PostgreSQL answers', async () => {
    const pairs = readPairs(part);
    const count = (verdicts: readonly string[]): number => pairs.filter((pair) => pair.verdicts.some((verdict) => verdicts.includes(verdict))).length;
    expect(pairs.length).toBeGreaterThanOrEqual(60);
    expect(count(['equal', 'equal-under']) / pairs.length).toBeGreaterThan(0.4);
    expect(count(['stricter', 'looser', 'overlapping', 'different']) / pairs.length).toBeGreaterThan(0.4);
    expect(await faultsOf(pairs)).toEqual([]);
  }, TIMEOUT_MS);
});
