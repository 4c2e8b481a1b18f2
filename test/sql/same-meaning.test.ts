import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../../src/sql/fingerprint.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { reachOf } from '../../src/sql/reach.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, region text);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, amount numeric, placed_at timestamptz);
  CREATE INDEX ON shop.orders (customer_id);
`;

let index: SchemaIndex;
let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(DDL));
});

function statementOf(sql: string) {
  const [first] = parse(sql).statements;
  if (!first) throw new Error(`not parsed: ${sql}`);
  return first.statement;
}

/** Everything that a statement means, in an order of its own. */
function meaning(sql: string) {
  const { outputs, direct, uses, references, block } = resolveStatement(statementOf(sql), lineageContext(index, parse, { searchPath: ['shop'] }));
  expect(references.resolved).toBe(references.total);
  return {
    outputs: outputs.map(({ name, flows }) => [name, [...flows].map(([column, flow]) => `${column}:${flow.mask}`).sort()]),
    direct: [...direct].map(([relation, columns]) => [relation, [...columns].sort()]).sort(),
    uses: [...new Set(uses.map((use) => `${use.role} ${use.column}`))].sort(),
    reach: [...reachOf(block, index)].sort(),
  };
}

interface Parts {
  one: string;
  two: string;
  literal: string;
  output: string;
  join: string;
  condition: number;
  order: boolean;
}

const ALIASES = ['c', 'o', 'buyer', 'x1', '"Order"', 'orders', 'customer'];

const parts: fc.Arbitrary<Parts> = fc.record({
  one: fc.constantFrom(...ALIASES),
  two: fc.constantFrom(...ALIASES),
  literal: fc.oneof(fc.integer({ min: 0, max: 9999 }).map(String), fc.stringMatching(/^[a-z ]{0,8}$/).map((text) => `'${text}'`)),
  output: fc.constantFrom('{1}.email', 'lower({1}.region)', 'sum({2}.amount) OVER (PARTITION BY {1}.region)', '({2}.amount, {1}.email)', 'CASE WHEN {2}.amount > 3 THEN {1}.email END', '{2}.*'),
  join: fc.constantFrom('JOIN', 'LEFT JOIN', 'RIGHT JOIN'),
  condition: fc.nat(5),
  order: fc.boolean(),
}).filter(({ one, two }) => one !== two);

const CONDITIONS = [
  '{1}.customer_id = {v}', '{2}.order_id IN ({v}, {v})', '{1}.region = {v} OR {2}.amount IS NULL',
  'EXISTS (SELECT 1 FROM shop.orders i WHERE i.customer_id = {1}.customer_id AND i.order_id = {v})',
  '{1}.email LIKE {v}', '({1}.customer_id, {2}.order_id) = ({v}, {v})',
];

function text({ one, two, literal, output, join, condition, order }: Parts): string {
  const sql = `SELECT ${output} FROM shop.customer AS {1} ${join} shop.orders AS {2} ON {2}.customer_id = {1}.customer_id WHERE ${CONDITIONS[condition] ?? ''}${order ? ' ORDER BY {2}.placed_at' : ''}`;
  return sql.replaceAll('{1}', one).replaceAll('{2}', two).replaceAll('{v}', literal);
}

/** The same text with other white space, comments and case of words outside of quotes. */
function reformatted(sql: string, seed: readonly number[]): string {
  const gaps = [' ', '\n', '\t  ', ' /* SELECT * FROM secret */ ', ' -- note\n'];
  return sql.split(/('[^']*'|"[^"]*")/).map((piece, position) => {
    if (position % 2 === 1) return piece;
    const cased = (seed[0] ?? 0) % 2 === 0 ? piece.toLowerCase() : piece.toUpperCase();
    let gap = 0;
    return cased.replaceAll(' ', () => gaps[(seed[gap++ % seed.length] ?? 0) % gaps.length] ?? ' ');
  }).join('');
}

test('property: a query within SELECT * FROM (…) has the same sources and reaches its tables the same way', () => {
  fc.assert(fc.property(parts, fc.integer({ min: 1, max: 3 }), (query, depth) => {
    const inner = text(query);
    let wrapped = inner;
    for (let level = 0; level < depth; level++) wrapped = `SELECT * FROM (${wrapped}) AS wrapped`;
    expect(meaning(wrapped)).toEqual(meaning(inner));
    expect(fingerprint(statementOf(wrapped))).toBe(fingerprint(statementOf(inner)));
  }), { numRuns: 300 });
});

test('property: other aliases of the tables change nothing', () => {
  fc.assert(fc.property(parts, parts, (query, other) => {
    expect(meaning(text({ ...query, one: other.one, two: other.two }))).toEqual(meaning(text(query)));
  }), { numRuns: 300 });
});

test('property: a fingerprint is blind to formatting and to the values of literals', () => {
  fc.assert(fc.property(parts, parts, fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), (query, other, seed) => {
    const sql = text(query);
    expect(fingerprint(statementOf(reformatted(text({ ...query, literal: other.literal }), seed)))).toBe(fingerprint(statementOf(sql)));
    expect(fingerprint(statementOf(sql.replaceAll('shop.orders', 'shop.returns')))).not.toBe(fingerprint(statementOf(sql)));
  }), { numRuns: 300 });
});
