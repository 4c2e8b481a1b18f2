import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/model/catalog.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { engine as postgres } from '../../src/stores/postgres.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';
import { catalogOfDdl, verdictsOf } from './support/oracle.js';
import { randomEstate, type RandomEstate } from './support/random-estate.js';

let parsers: Parsers;
let server: TestServer;
let client: pg.Client;
const engine = scratchEngine('pglite');

beforeAll(async () => {
  parsers = await createParsers();
  server = await startServer(bundledServer());
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.end();
  await Promise.all([parsers.close(), engine.close(), server.stop()]);
});

/** More, and others, with TIDEMARK_ORACLE_SEEDS=first:amount. */
const [FIRST = 1, AMOUNT = 24] = (process.env['TIDEMARK_ORACLE_SEEDS'] ?? '1:24').split(':').map(Number);

interface Told {
  /** Queries whose fate is not what was said, each with both. */
  wrong: string[];
  fails: number;
  differs: number;
}

async function judged(seeds: readonly number[], catalogOf: (estate: RandomEstate) => Promise<Catalog>): Promise<Told> {
  const told: Told = { wrong: [], fails: 0, differs: 0 };
  const counts = { migrations: 0, queries: 0, unchangedButTold: 0 };
  for (const seed of seeds) {
    const estate = randomEstate(seed, 12);
    const verdicts = await verdictsOf(client, estate, { parsers, scratch: () => engine.open(), catalogOf });
    if (verdicts === null) continue;
    counts.migrations++;
    for (const { query, truth, reason, said } of verdicts) {
      counts.queries++;
      if (truth === 'fails') told.fails++;
      else if (truth === 'differs') told.differs++;
      else if (said.meaning) counts.unchangedButTold++;
      if ((truth === 'fails') !== said.breaks || (truth === 'differs' && !said.meaning)) told.wrong.push(`${seed}: ${estate.migration}\n   ${query}\n   ${truth} ${reason}; said ${JSON.stringify(said)}`);
    }
  }
  console.info(`impact beside PostgreSQL 18: ${JSON.stringify({ ...counts, fails: told.fails, differs: told.differs, wrong: told.wrong.length })}`);
  return told;
}

describe('what PostgreSQL 18 refuses after a migration is what breaks, and no answer changes unsaid', () => {
  test('with the schema from DDL', async () => {
    const { wrong, fails, differs } = await judged(Array.from({ length: AMOUNT }, (_, at) => FIRST + at), catalogOfDdl);
    expect(wrong).toEqual([]);
    expect(fails).toBeGreaterThan(20);
    expect(differs).toBeGreaterThan(5);
  }, 180_000);

  test('with the schema as a server gives it', async () => {
    const { wrong, fails } = await judged(Array.from({ length: Math.ceil(AMOUNT / 2) }, (_, at) => 500 + FIRST + at), async ({ ddl }) => {
      await server.run(['CREATE DATABASE shop']);
      try {
        await server.run([...ddl], 'shop');
        const store = await postgres.open({ name: 'shop', url: server.url('shop') }, noContext);
        try {
          return (await store.catalog()).value;
        } finally {
          await store.close();
        }
      } finally {
        await server.run(['DROP DATABASE shop WITH (FORCE)']);
      }
    });
    expect(wrong).toEqual([]);
    expect(fails).toBeGreaterThan(5);
  }, 180_000);
});
