import { expect, test } from 'vitest';
import { dialectOf, POSTGRES } from '../../../src/sql/dialect.js';
import { createSqlparserFrontEnd } from '../../../src/sql/parse/sqlparser.js';
import { isTrap, isTrapMessage } from '../../../src/sql/parse/sqlparser/trap.js';

/** In a file of its own: it breaks the module that all tests of a file share. */
test('a text that breaks the module is thrown as a trap of WebAssembly, not told as a refusal', async () => {
  const frontEnd = await createSqlparserFrontEnd();
  const text = `select 1 from t where ${Array.from({ length: 5000 }, () => "status = 'OPEN'").join(' or ')}`;
  let thrown: unknown;
  try {
    frontEnd.parse(text, dialectOf('snowflake') ?? POSTGRES);
  } catch (error) {
    thrown = error;
  }
  expect(isTrap(thrown)).toBe(true);
  expect(thrown).toMatchObject({ message: 'memory access out of bounds' });
});

test('a refusal that speaks of columns named like a trap is none', () => {
  expect(isTrapMessage('sql parser error: Expected: end of statement, found: unreachable at Line: 1, Column: 10')).toBe(false);
  expect(isTrapMessage('sql parser error: Expected: end of statement, found: "memory access out of bounds" at Line: 1, Column: 10')).toBe(false);
  expect(isTrapMessage('unreachable')).toBe(true);
  expect(isTrapMessage('memory access out of bounds')).toBe(true);
});
