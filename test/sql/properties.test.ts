import fc from 'fast-check';
import { parseSync } from 'libpg-query';
import pg from 'pg';
import { deparseSync } from 'pgsql-deparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../src/cli/demo/postgres-server.js';
import { fingerprint } from '../../src/sql/fingerprint.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { normalConditions } from '../../src/sql/predicate.js';
import { SchemaIndex, relationKey } from '../../src/sql/schema-index.js';
import { type Naming, type RandomQuery, SCHEMA, choices, randomQuery } from './support/random-query.js';

let parse: Parse;
let index: SchemaIndex;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(SCHEMA));
});

const PLAIN: Naming = (id) => `n${id}`;
const QUOTED: Naming = (id) => `"Name ${id}, in quotes"`;
/** The words of the schema itself, so that a name that is looked up by mistake is found. */
const WORDS = ['status', 'officer', 'email', 'case_file', 'task', 'name', 'fee', 'unit', 'done', 'priority', 'app', 'title', 'effort', 'urgent', 'active'];
const CONFUSING: Naming = (id) => WORDS[id] ?? `${WORDS[id % WORDS.length] ?? ''}_${id}`;

const query = fc.gen().map((generate) => randomQuery(choices(generate, fc.nat)));

function statementOf(sql: string, read: Parse = parse) {
  const { statements, diagnostics } = read(sql);
  const [first, another] = statements;
  if (!first || another) throw new Error(`${diagnostics[0]?.message ?? 'no statement'}: ${sql}`);
  return first.statement;
}

function fingerprintOf(sql: string): string {
  const relationOf = (schema: string | null, name: string): { key: string; columns: readonly { name: string }[] } | null => {
    const relation = index.find(schema, name, []);
    return relation && { key: relationKey(relation), columns: relation.columns };
  };
  const statement = statementOf(sql);
  return `${fingerprint(statement)} ${fingerprint(statement, { relationOf })}`;
}

/** What a query means: of each output its sources and what is left of them, and all that groups and decides. */
function meaning(sql: string) {
  const { outputs, direct, uses, references, opaque, diagnostics } = resolveStatement(statementOf(sql), lineageContext(index, parse));
  expect({ sql, unresolved: references.total - references.resolved, opaque: [...opaque], diagnostics }).toEqual({ sql, unresolved: 0, opaque: [], diagnostics: [] });
  return {
    outputs: outputs.map(({ flows }) => [...flows].map(([column, { mask, transformation }]) => `${column} ${mask} ${transformation}`).sort()),
    direct: [...direct].map(([relation, columns]) => `${relation}: ${[...columns].sort().join(', ')}`).sort(),
    grouping: [...new Set(uses.filter(({ kind }) => kind === 'grouping').map(({ column }) => column))].sort(),
    conditions: [...new Set(uses.filter(({ kind }) => kind === 'condition').map(({ role, column }) => `${role} ${column}`))].sort(),
  };
}

function namesOf(sql: string): string[] {
  return resolveStatement(statementOf(sql), lineageContext(index, parse)).outputs.map(({ name }) => name);
}

function reformatted(sql: string, seed: readonly number[]): string {
  const gaps = [' ', '\n', '\t  ', ' /* SELECT secret FROM app.officer; */ ', ' -- note, with \' a quote\n'];
  let position = 0;
  return sql
    .split(/('[^']*'|"[^"]*")/)
    .map((piece, number) => {
      if (number % 2 === 1) return piece;
      const cased = (seed[0] ?? 0) % 2 === 0 ? piece.toLowerCase() : piece.toUpperCase();
      return cased.replaceAll(' ', () => gaps[(seed[position++ % seed.length] ?? 0) % gaps.length] ?? ' ');
    })
    .join('');
}

const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 9 });

describe('properties of random queries', () => {
  test('printing and reading again changes nothing', () => {
    fc.assert(fc.property(query, ({ write }) => {
      const sql = write(PLAIN);
      const printed = deparseSync(parseSync(sql));
      expect(meaning(printed)).toEqual(meaning(sql));
      expect(fingerprintOf(printed)).toBe(fingerprintOf(sql));
      expect(normalConditions(statementOf(printed))).toEqual(normalConditions(statementOf(sql)));
    }), { numRuns: 500 });
  });

  test.each([['quoted', QUOTED], ['the words of the schema', CONFUSING]])('other names change nothing but names: %s', (_name, naming) => {
    fc.assert(fc.property(query, ({ write, outputs }) => {
      const [sql, other] = [write(PLAIN), write(naming)];
      expect(meaning(other)).toEqual(meaning(sql));
      expect(fingerprintOf(other)).toBe(fingerprintOf(sql));
      expect(namesOf(other)).toEqual(outputs.map((output) => (typeof output === 'number' ? naming(output).replaceAll('"', '') : output)));
    }), { numRuns: 500 });
  });

  test('SELECT * FROM (…) around it changes nothing', () => {
    fc.assert(fc.property(query, fc.integer({ min: 1, max: 3 }), ({ write }, depth) => {
      const sql = write(PLAIN);
      let wrapped = sql;
      for (let level = 0; level < depth; level++) wrapped = `SELECT * FROM (${wrapped}) AS source`;
      expect(meaning(wrapped)).toEqual(meaning(sql));
      expect(fingerprintOf(`${wrapped} LIMIT 2000`)).toBe(fingerprintOf(sql));
      expect(normalConditions(statementOf(wrapped))).toEqual(normalConditions(statementOf(sql)));
    }), { numRuns: 300 });
  });

  test('naming its columns around it changes nothing', () => {
    fc.assert(fc.property(query, ({ write, outputs }) => {
      const sql = write(PLAIN);
      const names = outputs.map((output) => (typeof output === 'number' ? PLAIN(output) : output));
      const wrapped = `SELECT ${names.map((name) => `"source"."${name}" AS "${name}"`).join(', ')} FROM (${sql}) AS "source" LIMIT 1048575`;
      expect(meaning(wrapped)).toEqual(meaning(sql));
      // A star within hides how many columns there are.
      if (!sql.includes('*')) expect(fingerprintOf(wrapped)).toBe(fingerprintOf(sql));
    }), { numRuns: 300 });
  });

  test('a common table or a view around it changes nothing', async () => {
    const queries = fc.sample(query, 150).map(({ write }) => write(PLAIN));
    for (const sql of queries) {
      const { outputs, grouping, conditions } = meaning(sql);
      const common = meaning(`WITH source AS (${sql}) SELECT * FROM source`);
      expect(common).toEqual(meaning(sql));
      const viewed = new SchemaIndex(await catalogFromDdl(`${SCHEMA}; CREATE VIEW app.seen AS ${sql}`));
      const through = resolveStatement(statementOf('SELECT * FROM app.seen'), lineageContext(viewed, parse));
      const uses = (kind: 'grouping' | 'condition'): string[] =>
        [...new Set(through.uses.filter((use) => use.kind === kind).map(({ role, column }) => (kind === 'grouping' ? column : `${role} ${column}`)))].sort();
      expect({
        outputs: through.outputs.map(({ flows }) => [...flows].map(([column, { mask, transformation }]) => `${column} ${mask} ${transformation}`).sort()),
        grouping: uses('grouping'), conditions: uses('condition'),
      }).toEqual({ outputs, grouping, conditions });
    }
  });

  test('formatting and comments change nothing', () => {
    fc.assert(fc.property(query, seeds, ({ write }, seed) => {
      const sql = write(PLAIN);
      const other = reformatted(sql, seed);
      expect(meaning(other)).toEqual(meaning(sql));
      expect(fingerprintOf(other)).toBe(fingerprintOf(sql));
    }), { numRuns: 300 });
  });

  test('another relation or another column gives another fingerprint', () => {
    fc.assert(fc.property(query, ({ write }) => {
      const sql = write(PLAIN);
      const changed = [sql.replace('app.officer ', 'app.unit '), sql.replace('.status', '.tags'), sql.replace(' JOIN ', ' FULL JOIN '), sql.replace('sum(', 'max(')];
      const read = changed.filter((other) => other !== sql).map(fingerprintIfRead);
      expect(read).not.toContain(fingerprint(statementOf(sql)));
    }), { numRuns: 300 });
  });

  test('the beginning of a query is read or refused, and never throws', () => {
    fc.assert(fc.property(query, fc.double({ min: 0, max: 1, noNaN: true }), ({ write }, share) => {
      const sql = write(QUOTED);
      const cut = sql.slice(0, Math.floor(sql.length * share));
      const { statements, diagnostics } = parse(cut);
      for (const { statement } of statements) resolveStatement(statement, lineageContext(index, parse));
      expect(statements.length + diagnostics.length).toBeGreaterThan(cut.trim() === '' ? -1 : 0);
    }), { numRuns: 1000 });
  });
});

function fingerprintIfRead(sql: string): string | null {
  const statement = parse(sql).statements[0]?.statement;
  return statement ? fingerprint(statement) : null;
}

describe('against a server', () => {
  let server: PostgresServer;
  let client: pg.Client;

  beforeAll(async () => {
    server = await startPostgres({});
    client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    await client.query(SCHEMA);
  }, 90_000);

  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  const sample = (): RandomQuery[] => fc.sample(query, { numRuns: 200, seed: 4711 });

  test('the server accepts them under any names', async () => {
    const refused: string[] = [];
    for (const { write } of sample()) {
      for (const naming of [PLAIN, QUOTED, CONFUSING]) {
        const sql = write(naming);
        await client.query(`EXPLAIN ${sql}`).catch((error: unknown) => refused.push(`${String(error)}: ${sql}`));
      }
    }
    expect(refused).toEqual([]);
  });

  const RECORDED = `
    SELECT DISTINCT d.refobjid::regclass::text || '.' || a.attname AS name
    FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE r.ev_class = $1::regclass AND d.refobjid <> r.ev_class`;

  test('the columns that the server records of a view are those that are read in it', async () => {
    for (const { write } of sample()) {
      const sql = write(PLAIN);
      // Whole rows are recorded as the table without columns.
      if (sql.includes('to_json')) continue;
      await client.query(`CREATE TEMPORARY VIEW seen AS ${sql}`);
      const { rows } = await client.query<{ name: string }>(RECORDED, ['seen']);
      await client.query('DROP VIEW seen');
      const { direct } = resolveStatement(statementOf(sql), lineageContext(index, parse));
      const read = [...direct].flatMap(([relation, columns]) => [...columns].map((column) => `${relation}.${column}`));
      expect({ sql, columns: read.sort() }).toEqual({ sql, columns: rows.map(({ name }) => name).sort() });
    }
  });
});
