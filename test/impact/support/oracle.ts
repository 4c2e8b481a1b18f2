import type pg from 'pg';
import { impactOf } from '../../../src/impact/index.js';
import { applyMigrations, readMigrations } from '../../../src/migrations/index.js';
import { emptyCatalog } from '../../../src/sql/catalog.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { ScratchSpace } from '../../../src/model/scratch-engine.js';
import type { Parsers } from '../../../src/sql/parse/parsers.js';
import { boundaryOf } from './casework.js';
import type { RandomEstate } from './random-estate.js';

/** What a query does on a server. */
export type Fate = 'fails' | 'differs' | 'same';

export interface Verdict {
  query: string;
  truth: Fate;
  reason: string;
  said: { breaks: boolean; meaning: boolean; sentence: string };
}

/** Values as the server writes them: numbers and moments are compared as such, whatever their digits and zones. */
const RAW = { getTypeParser: () => (value: string) => value } as const;

async function answered(client: pg.Client, sql: string): Promise<{ error: string } | { shape: string; rows: string }> {
  await client.query('SAVEPOINT q');
  try {
    const { rows, fields } = await client.query<unknown[]>({ text: sql, rowMode: 'array', types: RAW });
    return { shape: fields.map(({ name }) => name).join(','), rows: rows.map((row) => JSON.stringify(row.map(plain))).sort().join('\n') };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT q');
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value)) return Number(Number(value).toPrecision(12));
  return value.replace(/(\d\d:\d\d:\d\d)\+\d\d(?::\d\d)?$/, '$1').replace(/ 00:00:00$/, '').replace(/^t$/, 'true').replace(/^f$/, 'false');
}

/**
 * What the server says of each query that runs before the migration; null where it refuses the migration itself.
 *
 * @param client of an empty database; it is left as it was
 */
export async function truthOf(client: pg.Client, { ddl, rows, queries, migration }: RandomEstate): Promise<Map<string, { fate: Fate; reason: string }> | null> {
  await client.query('BEGIN');
  try {
    await client.query("SET LOCAL TimeZone = 'Europe/Amsterdam'");
    for (const sql of [...ddl, ...rows]) await client.query(sql);
    const before = new Map<string, Awaited<ReturnType<typeof answered>>>();
    for (const sql of queries) before.set(sql, await answered(client, sql));
    await client.query('SAVEPOINT m');
    try {
      await client.query(migration);
    } catch {
      return null;
    }
    const found = new Map<string, { fate: Fate; reason: string }>();
    for (const [sql, was] of before) {
      if ('error' in was) continue;
      const now = await answered(client, sql);
      if ('error' in now) found.set(sql, { fate: 'fails', reason: now.error });
      else found.set(sql, now.shape === was.shape && now.rows === was.rows ? { fate: 'same', reason: '' } : { fate: 'differs', reason: now.shape === was.shape ? 'rows' : 'columns' });
    }
    return found;
  } finally {
    await client.query('ROLLBACK');
  }
}

export async function catalogOfDdl({ ddl }: RandomEstate): Promise<Catalog> {
  return (await applyMigrations(emptyCatalog(), await readMigrations([{ path: 'schema.sql', text: ddl.join('\n') }]))).after;
}

export interface Means {
  parsers: Parsers;
  scratch: () => Promise<ScratchSpace | null>;
  catalogOf: (estate: RandomEstate) => Promise<Catalog>;
}

/** What the server does beside what is said of it; null where the server refuses the migration itself. */
export async function verdictsOf(client: pg.Client, estate: RandomEstate, { parsers, scratch, catalogOf }: Means): Promise<Verdict[] | null> {
  const truth = await truthOf(client, estate);
  if (truth === null) return null;
  const queries = [...truth.keys()];
  const catalog = await catalogOf(estate);
  const boundary = boundaryOf(catalog, parsers, { cards: Object.fromEntries(queries.map((sql, at) => [`q${at}q`, sql])) });
  const files = await readMigrations([{ path: '1.sql', text: estate.migration }]);
  const { after, changes, unknown } = await applyMigrations(catalog, files);
  const { impacts } = await impactOf({ boundary, others: [], after, files, changes, unknown, parse: parsers.postgres, takenAt: '2026-11-22T12:00:00Z', timeZone: 'Europe/Amsterdam', scratch });
  return queries.map((query, at) => {
    const own = impacts.filter(({ thing }) => thing.name.endsWith(` q${at}q`));
    const fate = truth.get(query);
    return {
      query, truth: fate?.fate ?? 'same', reason: fate?.reason ?? '',
      said: { breaks: own.some(({ effect }) => effect === 'breaks'), meaning: own.some(({ effect }) => effect === 'meaning'), sentence: own.map(({ sentence }) => sentence).join(' | ') },
    };
  });
}
