import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sqlIdentifier, sqlQualified, sqlRelation } from '../../src/text/sql-name.js';

beforeAll(async () => {
  await loadModule();
});

/** The role that PostgreSQL's own parser finds in the statement, and how many statements it finds. */
function roleIn(sql: string): { role: string; statements: number } {
  const tree = z
    .object({ stmts: z.array(z.object({ stmt: z.object({ AlterRoleSetStmt: z.object({ role: z.object({ rolename: z.string() }) }) }) })) })
    .parse(parseSync(sql));
  return { role: tree.stmts[0]?.stmt.AlterRoleSetStmt.role.rolename ?? '', statements: tree.stmts.length };
}

const unusual = (...characters: string[]) =>
  fc.string({ unit: fc.oneof(fc.constantFrom(...characters), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 })), minLength: 1, maxLength: 30 });

test('whatever a role is called, the printed SQL is one statement about that role', () => {
  // PUBLIC is no role; names that begin or end with a blank are trimmed.
  const name = unusual('"', "'", ';', '-', '.', ' ', '\\', '$').filter((text) => text.trim() === text && text !== 'public');
  fc.assert(
    fc.property(name, (role) => {
      expect(roleIn(`ALTER ROLE ${sqlIdentifier(role)} SET statement_timeout = '30s';`)).toEqual({ role, statements: 1 });
    }),
    { numRuns: 500 },
  );
});

test('a relation keeps its schema apart', () => {
  expect(sqlRelation('app.case_file')).toBe('app.case_file');
  expect(sqlRelation('shop.order')).toBe('shop."order"');
  expect(sqlRelation('Shop.Orders 2024')).toBe('"Shop"."Orders 2024"');
  expect(sqlRelation('task')).toBe('task');
  expect(sqlQualified({ schema: 'shop.eu', name: 'order' })).toBe('"shop.eu"."order"');
  expect(sqlQualified({ schema: '', name: 'task' })).toBe('task');
});

test('every key word that PostgreSQL reserves is quoted', () => {
  const words = ['user', 'order', 'table', 'select', 'left', 'authorization', 'window', 'freeze', 'default', 'end'];
  for (const word of words) expect(sqlIdentifier(word)).toBe(`"${word}"`);
  for (const word of ['task', 'orders', 'case_file', 'status', 'name', 'date']) expect(sqlIdentifier(word)).toBe(word);
});
