import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';
import { withParameters } from '../../../src/sql/parse/driver-placeholders.js';
import { lexingOf } from '../../../src/sql/parse/lexing.js';
import { walkStatement } from '../../../src/sql/walk.js';

const LEXING = lexingOf('postgres');
const rewritten = (text: string): string | null => withParameters(text, LEXING)?.text ?? null;

test.each([
  ['SELECT name FROM reader WHERE reader_id=?', 'SELECT name FROM reader WHERE reader_id=$1'],
  ['INSERT INTO loan (book_id, reader_id) VALUES (?, ?)', 'INSERT INTO loan (book_id, reader_id) VALUES ($1, $2)'],
  ['SELECT name FROM reader WHERE reader_id = ?1 OR guardian_id = ?1', 'SELECT name FROM reader WHERE reader_id = $1 OR guardian_id = $1'],
  ['SELECT name FROM reader WHERE email = %s LIMIT 21', 'SELECT name FROM reader WHERE email = $1 LIMIT 21'],
  ['SELECT name FROM reader WHERE email = %(email)s AND branch = %(branch)s', 'SELECT name FROM reader WHERE email = $1 AND branch = $2'],
  ['SELECT loan_id %% 7 FROM loan WHERE reader_id = %s', 'SELECT loan_id % 7 FROM loan WHERE reader_id = $1'],
  ['SELECT due_on::date FROM loan WHERE due_on < :day AND branch = :branch', 'SELECT due_on::date FROM loan WHERE due_on < $1 AND branch = $2'],
  ['SELECT due_on FROM loan WHERE loan_id = @id', 'SELECT due_on FROM loan WHERE loan_id = $1'],
  ['SELECT due_on FROM loan WHERE branch = {{ branch }} LIMIT ${rows}', 'SELECT due_on FROM loan WHERE branch = $1 LIMIT $2'],
  ['SELECT tags ? ? FROM book', 'SELECT tags ? $1 FROM book'],
])('%s', (text, expected) => {
  expect(rewritten(text)).toBe(expected);
});

test.each([
  ["a string: SELECT '?', ':name', '%s'", "SELECT '?', ':name', '%s'"],
  ['a quoted name', 'SELECT "what?" FROM "a:b"'],
  ['a comment', 'SELECT 1 -- why? :name\n/* %s @p0 */'],
  ['a dollar quote', 'SELECT $body$ ? :name %s $body$'],
  ['an operator of JSON', "SELECT detail ? 'key', detail ?| array['a'], detail ?& array['b'] FROM event"],
  ['a cast, a slice and a remainder', 'SELECT loan_id::text, tags[1:2], loan_id % 7 FROM loan'],
])('leaves %s', (_what, text) => {
  expect(rewritten(text)).toBeNull();
});

test('spans are places in the text as it is written', async () => {
  const text = "SELECT größe, title FROM book WHERE title = %(title)s AND shelf IN (?, ?) ORDER BY added_on";
  const { statements, diagnostics } = await parsePostgres(text);
  expect(diagnostics).toEqual([]);
  expect(statements.map(({ span }) => span)).toEqual([{ start: 0, end: text.length }]);
  const named: string[] = [];
  for (const { statement } of statements) {
    walkStatement(statement, {
      expression: (expression) => {
        if (expression.type === 'column') named.push(text.slice(expression.span.start, expression.span.end));
      },
      from: (item) => {
        if (item.type === 'table') named.push(text.slice(item.span.start, item.span.end));
      },
    });
  }
  expect(named.sort()).toEqual(['added_on', 'book', 'größe', 'shelf', 'title', 'title'].sort());
});

test('a text that ends in a placeholder is whole', async () => {
  const { statements, diagnostics, frontEnd } = await parsePostgres('UPDATE loan SET returned_on = ? WHERE loan_id = ?');
  expect({ diagnostics, frontEnd, types: statements.map(({ statement }) => statement.type) }).toEqual({ diagnostics: [], frontEnd: 'libpg-query', types: ['update'] });
});

test('an absolute value stays one where the operator stands apart', async () => {
  const { statements } = await parsePostgres('SELECT @ balance FROM account');
  const [first] = statements;
  expect(first?.statement).toMatchObject({ query: { body: { projections: [{ expression: { type: 'operation', operator: '@' } }] } } });
});

test('what cannot be read so either keeps the message about what is written', async () => {
  const { diagnostics } = await parsePostgres('SELECT FROM WHERE ? ?');
  expect(diagnostics).toMatchObject([{ severity: 'error', offset: 12 }]);
});

test('any text is taken, and every offset leads back into it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('?', '%s', '%(a)s', ':a', '@a', "'x'", '"y"', ' ', 'and', '(', ')', ',', '::', '{{a}}', '${b}', '#{c}', 'é', '$$', '--', '\n', '1'), { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      const found = withParameters(text, LEXING);
      if (found === null) return;
      let before = 0;
      for (let offset = 0; offset <= found.text.length; offset++) {
        const original = found.original(offset);
        expect(original).toBeGreaterThanOrEqual(before);
        expect(original).toBeLessThanOrEqual(text.length);
        before = original;
      }
      expect(found.original(found.text.length)).toBe(text.length);
    }),
    { numRuns: 500 },
  );
});
