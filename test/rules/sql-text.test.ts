import fc from 'fast-check';
import { loadModule, scanSync } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { sqlLiteral } from '../../src/rules/sql-text.js';

beforeAll(async () => {
  await loadModule();
});

const unusual = (...characters: string[]) =>
  fc.string({ unit: fc.oneof(fc.constantFrom(...characters), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 })), minLength: 1, maxLength: 30 });

test('whatever a text holds, the printed constant is one token', () => {
  fc.assert(
    fc.property(unusual("'", '\\', ';', '-', '"'), (value) => {
      expect(scanSync(sqlLiteral(value)).tokens).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});
