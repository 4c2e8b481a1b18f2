import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Classification, classify } from '../../../src/facts/workload/classify.js';
import type { Sender } from '../../../src/facts/workload/identity.js';
import type { Rhythm, WorkloadClass } from '../../../src/model/workload.js';
import { defaultThresholds } from '../../../src/config/defaults.js';
import { lineageContext, resolveStatement } from '../../../src/sql/lineage.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { SchemaIndex } from '../../../src/sql/schema-index.js';
import { shapeOf } from '../../../src/sql/shape.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text UNIQUE, region text, joined_at timestamptz);
  CREATE TABLE shop.purchase (purchase_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, status text, total numeric, placed_at timestamptz);
  CREATE INDEX ON shop.purchase (customer_id);
`;
const ORDER: Record<WorkloadClass, number> = { operational: 0, unknown: 1, mixed: 1, analytical: 2 };

let parse: Parse;
let index: SchemaIndex;
let renamed: SchemaIndex;
let empty: SchemaIndex;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(DDL));
  renamed = new SchemaIndex(await catalogFromDdl(rename(DDL)));
  empty = new SchemaIndex(await catalogFromDdl(''));
});

/** Other names for all that the catalogue has, which say other things. */
function rename(text: string): string {
  const names: Record<string, string> = { customer: 'events_olap', purchase: 'lookup', customer_id: 'status', purchase_id: 'created_at', email: 'day', region: 'order_id', status: 'uuid', total: 'token', placed_at: 'key', joined_at: 'slug' };
  return text.replace(/[a-z_]+/g, (word) => names[word] ?? word);
}

function verdict(sql: string, catalogue = index, signals: { sender?: Sender; rhythm?: Rhythm } = {}): Classification {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  const resolution = resolveStatement(statement, lineageContext(catalogue, parse, { searchPath: ['shop'] }));
  return classify({ statement, shape: shapeOf(statement), resolution, index: catalogue, thresholds: defaultThresholds, cost: null, rhythm: signals.rhythm ?? null, sender: signals.sender ?? null });
}

interface Parts { shown: string; from: string; where: string[]; group: string; order: string; limit: string }

function written({ shown, from, where, group, order, limit }: Parts): string {
  return `SELECT ${shown} FROM ${from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}${group}${order}${limit}`;
}

const condition = fc.constantFrom("p.status = 'OPEN'", 'p.customer_id = 7', 'p.purchase_id = 5', "p.placed_at > '2026-01-01'", 'p.total > 100', 'p.customer_id IN (1, 2, 3)');
const statements = fc.record({
  shown: fc.constantFrom('p.purchase_id, p.total', '*', 'count(*)', 'p.status, sum(p.total)', 'DISTINCT p.status', 'p.status, rank() OVER (ORDER BY p.total)', 'max(p.placed_at)'),
  from: fc.constantFrom('shop.purchase p', 'shop.purchase p JOIN shop.customer c ON c.customer_id = p.customer_id', 'shop.purchase p LEFT JOIN shop.customer c USING (customer_id)'),
  where: fc.uniqueArray(condition, { maxLength: 3 }),
  order: fc.constantFrom('', ' ORDER BY 1', ' ORDER BY 1 DESC'),
  limit: fc.constantFrom('', ' LIMIT 20'),
}).map((parts): Parts => ({ ...parts, group: parts.shown.startsWith('p.status, sum') ? ' GROUP BY p.status' : '' }));

const run = (holds: (parts: Parts) => void): void => fc.assert(fc.property(statements, holds), { numRuns: 300, seed: 20_260_504 });

test('the value of a unique key more never makes a statement more analytical', () => {
  run((parts) => {
    const keyed = { ...parts, where: [...parts.where, 'p.purchase_id = 481'] };
    expect(ORDER[verdict(written(keyed)).class]).toBeLessThanOrEqual(ORDER[verdict(written(parts)).class]);
    expect(ORDER[verdict(written(keyed)).class]).toBe(0);
  });
});

test('without its limit no statement is less analytical', () => {
  run((parts) => {
    for (const catalogue of [index, empty]) expect(ORDER[verdict(written({ ...parts, limit: '' }), catalogue).class]).toBeGreaterThanOrEqual(ORDER[verdict(written(parts), catalogue).class]);
  });
});

test('with a catalogue names decide nothing', () => {
  run((parts) => {
    const [one, other] = [verdict(written(parts)), verdict(rename(written(parts)), renamed)];
    expect([other.class, other.confidence]).toEqual([one.class, one.confidence]);
  });
});

test('a parameter counts as the literal in its place', () => {
  run((parts) => {
    let number = 0;
    const sql = written(parts);
    const prepared = sql.replace(/(?<=[=>(,] ?)('[^']*'|\b\d+\b)|(?<=LIMIT )\d+/g, () => `$${++number}`);
    for (const catalogue of [index, empty]) expect(verdict(prepared, catalogue).class, prepared).toBe(verdict(sql, catalogue).class);
  });
});

const REPORTING: Sender = { role: 'metabase_ro', purpose: 'reporting', applications: ['Metabase'], card: null, tool: 'metabase' };
const APPLICATION: Sender = { role: 'shop_app', purpose: 'application', applications: [], card: null, tool: null };
const CLOCK: Rhythm = { period_seconds: 300, from: 'starts', confidence: 0.95, words: 'every 5 min, 4 s after the full minute' };

test('what a key reaches stays operational whoever sends it, and by whatever clock', () => {
  run((parts) => {
    const sql = written({ ...parts, where: ['p.purchase_id = 481'] });
    expect(verdict(sql, index, { sender: REPORTING, rhythm: CLOCK })).toMatchObject({ class: 'operational', confidence: verdict(sql).confidence });
  });
});

test('clock and sender stand in the evidence of a report, and make it surer', () => {
  const sql = 'SELECT status, count(*) FROM shop.purchase GROUP BY status';
  const alone = verdict(sql);
  const seen = verdict(sql, index, { sender: REPORTING, rhythm: CLOCK });
  expect(seen.reasons).toEqual([...alone.reasons, 'every 5 min, 4 s after the full minute', 'role metabase_ro (reporting), seen as Metabase']);
  expect(seen.confidence).toBeGreaterThan(alone.confidence);
  expect(verdict(sql, index, { sender: APPLICATION })).toMatchObject({ class: 'analytical', confidence: expect.closeTo(alone.confidence - 0.1) });
});

test('they settle what shape leaves open', () => {
  const sql = 'SELECT p.total, c.region FROM shop.purchase p JOIN shop.customer c USING (customer_id) WHERE p.status = $1';
  expect(verdict(sql).class).toBe('mixed');
  expect(verdict(sql, index, { sender: REPORTING }).class).toBe('analytical');
  expect(verdict(sql, index, { sender: APPLICATION }).class).toBe('operational');
  expect(verdict('EXECUTE monthly(1)', index, { sender: REPORTING })).toMatchObject({ class: 'analytical', confidence: 0.5 });
});
