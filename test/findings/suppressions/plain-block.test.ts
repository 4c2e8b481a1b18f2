import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { plainBlock } from '../../../src/findings/suppressions/plain-block.js';

test('an entry as it is written is read', () => {
  expect(plainBlock(['  - rule: unused-card', '    consumer: "metabase card 118: Open cases"', '    reason: OPS-231', '    statements:', '      - aaaaaaaaaaaa', '      - "123456789012"'])).toEqual({
    rule: 'unused-card', consumer: 'metabase card 118: Open cases', reason: 'OPS-231', statements: ['aaaaaaaaaaaa', '123456789012'],
  });
});

test('what is read is what YAML reads', () => {
  const value = fc.oneof(
    fc.constantFrom('a', 'a b', 'a: b', 'a #b', 'a#b', 'a:b', 'a:', '# c', '"a"', '"a: b"', '"a', "'a'", '[aaaaaaaaaaaa]', '[aaaaaaaaaaaa, "123456789012"]', '[a, b]', '>-', '&a', '*a', '', 'a ', '...', '1e3', 'null'),
    fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const line = fc.oneof(
    fc.record({ indent: fc.constantFrom('    ', '    ', '    ', '  ', ''), key: fc.constantFrom('consumer', 'reason', 'statements', 'owner'), value, gap: fc.constantFrom(' ', ' ', ' ', '', '  ') }).map((given) => `${given.indent}${given.key}:${given.gap}${given.value}`),
    fc.constantFrom('      - aaaaaaaaaaaa', '      - "bbbbbbbbbbbb"', '      - x', '    # c', '', '      more'),
  );
  fc.assert(fc.property(value, fc.array(line, { maxLength: 4 }), (first, lines) => {
    const block = [`  - rule: ${first}`, ...lines];
    fc.pre(block.every((one) => !/[\r\n]/.test(one)));
    const read = plainBlock(block);
    if (read === null) return;
    const document = parseDocument(block.join('\n'), { schema: 'failsafe', prettyErrors: false, logLevel: 'silent' });
    expect(document.errors).toEqual([]);
    expect(document.toJS()).toEqual([read]);
  }), { numRuns: 2_000 });
});
