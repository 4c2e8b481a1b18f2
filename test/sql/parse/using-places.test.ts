import fc from 'fast-check';
import { expect, test } from 'vitest';
import { POSTGRES } from '../../../src/sql/dialect.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { usingPlaces } from '../../../src/sql/parse/using-places.js';

const parse = await createPostgresParser();

/** For each join in the order of its clause in the text: what stands at its places, and where. */
function clauses(text: string): string[] {
  return [...usingPlaces(text, parse(text).statements, POSTGRES).values()]
    .sort((one, other) => (one[0]?.start ?? 0) - (other[0]?.start ?? 0))
    .map((spans) => spans.map(({ start, end }) => `${text.slice(start, end)}@${start}`).join(' '));
}

function placesOf(text: string, word: string): string[] {
  return [...text.matchAll(new RegExp(word, 'gi'))].map(({ 0: found, index }) => `${found}@${index}`);
}

test('each join has the clause behind it, also where several have the same names', () => {
  const text = 'SELECT 1 FROM app.task t JOIN app.team e USING (key) JOIN (app.unit u JOIN app.case_file c USING (key)) USING (KEY)';
  expect(clauses(text)).toEqual(placesOf(text, 'key'));
});

test('common tables, sub-queries and both branches of a union have their own', () => {
  const text = `WITH o AS (SELECT key FROM a JOIN b USING (key)) SELECT (SELECT max(1) FROM d JOIN e USING (key)) FROM o JOIN f USING (key)
    UNION ALL SELECT 2 FROM g JOIN h USING (key)`;
  expect(clauses(text)).toEqual(placesOf(text, '(?<=USING \\()key'));
});

test('several columns, quoted names and comments', () => {
  const text = 'SELECT 1 FROM a JOIN b USING (/* the */ Key, "Größe") -- USING (key)';
  expect(clauses(text)).toEqual([`Key@${text.indexOf('Key')} "Größe"@${text.indexOf('"Größe"')}`]);
});

test('what is no join has no place', () => {
  for (const text of ['DELETE FROM a USING b WHERE a.key = b.key', "SELECT 'JOIN b USING (key)' FROM a NATURAL JOIN b", 'CREATE INDEX ON a USING btree (key)', 'SELECT a FROM b ORDER BY a USING <']) {
    expect(clauses(text)).toEqual([]);
  }
});

test('every clause of a chain or a nest of joins is found', () => {
  const name = fc.constantFrom('key', 'case_id', '"Team"');
  const tree: fc.Memo<string> = fc.memo((depth) => (depth <= 1 ? fc.constant('app.t') : fc.oneof(fc.constant('app.t'), fc.tuple(tree(depth - 1), tree(depth - 1), name).map(([left, right, key]) => `(${left} JOIN ${right} USING (${key}))`))));
  fc.assert(
    fc.property(tree(5), tree(4), name, (left, right, key) => {
      const text = `SELECT 1 FROM ${left} JOIN ${right} USING (${key})`;
      expect(clauses(text)).toEqual([...text.matchAll(/(?<=USING \()[^)]+/g)].map(({ 0: found, index }) => `${found}@${index}`));
    }),
  );
});
