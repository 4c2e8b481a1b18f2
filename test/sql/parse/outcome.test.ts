import { expect, test } from 'vitest';
import { oneLine, withoutValues } from '../../../src/sql/parse/outcome.js';

test.each([
  ["sql parser error: Expected: end of statement, found: 'secret' at Line: 1, Column: 25", 'Expected: end of statement, found a literal'],
  ['sql parser error: Expected: end of statement, found: 41111 at Line: 1, Column: 25', 'Expected: end of statement, found a literal'],
  ["sql parser error: Expected: end of statement, found: N'secret' at Line: 1, Column: 25", 'Expected: end of statement, found a literal'],
  ['sql parser error: Expected: end of statement, found: $$secret$$ at Line: 1, Column: 25', 'Expected: end of statement, found a literal'],
  ["sql parser error: Expected: ',' or ')' after column definition, found: x at Line: 2, Column: 5", "Expected: ',' or ')' after column definition, found: x"],
  ['sql parser error: Expected: an expression, found: EOF', 'Expected: an expression, found: EOF'],
  ["Parse error at line 1, column 31: Expected RParen, got end of input ('') near [b = 'secret' t]", "Expected RParen, got end of input ('…')"],
  ["Parse error at line 1, column 42: Expected And, got String ('sec''ret') near [a 4111]", "Expected And, got String ('…')"],
  ['syntax error at or near "select"', 'syntax error at or near "select"'],
  ['syntax error at or near "$1"', 'syntax error at or near "$1"'],
  [`syntax error at or near "E'secret'"`, 'syntax error at a literal'],
  [`unterminated quoted string at or near "'secret and all that follows"`, 'unterminated quoted string'],
])('a message keeps the reason, without place and values: %s', (message, kept) => {
  expect(withoutValues(message)).toBe(kept);
});

test('a message of any length and characters is one line that a terminal can bear', () => {
  expect(oneLine('no \u001b[31m colour,\r\nno \u202e direction')).toBe('no �[31m colour,�no � direction');
  expect(oneLine('x'.repeat(5000))).toHaveLength(201);
});
