import fc from 'fast-check';
import { Document, parseDocument, Scalar } from 'yaml';
import { expect, test } from 'vitest';
import { isTextScalar, scalarOffsets } from '../../src/rules/scalar-offsets.js';

/** The scalar under `match` of a YAML text. */
function scalarOf(text: string): Scalar<string> {
  const node = parseDocument(text, { keepSourceTokens: true }).get('match', true);
  if (!isTextScalar(node)) throw new Error('no text under match');
  return node;
}

const styles: Scalar.Type[] = [Scalar.BLOCK_FOLDED, Scalar.BLOCK_LITERAL, Scalar.PLAIN, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE];
const words = fc.constantFrom('role.name', '==', '"select"', "'it''s'", '&&', '(', ')', '# no comment', '\\', 'é', '𝒳', 'a:b', '-1.0');
const value = fc
  .array(fc.array(words, { minLength: 1, maxLength: 6 }).map((line) => line.join(' ')), { minLength: 1, maxLength: 5 })
  .map((lines) => lines.join('\n'));

test('every character that is not blank is found where it stands, in every style of scalar', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(...styles), fc.integer({ min: 20, max: 80 }), (text, style, lineWidth) => {
      const scalar = new Scalar(text);
      scalar.type = style;
      const document = new Document({ id: 'a-rule' });
      document.set('match', scalar);
      const file = document.toString({ lineWidth });
      const node = scalarOf(file);
      const offset = scalarOffsets(node, file);
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      for (let index = 0; index < node.value.length; index += 1) {
        const character = node.value.charAt(index);
        if (/\s/.test(character)) continue;
        const there = file.charAt(offset(index));
        // In quotes an escape stands for the character and begins with a backslash or a doubled quote.
        expect(quoted && there === '\\' ? character : there).toBe(character);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['folded', 'match: >\n  role.can_login\n  && role.nmae == ""\n'],
  ['folded with an indentation of its own', 'match: >2-   # why\n    role.can_login\n    && role.nmae == ""\n'],
  ['literal', 'match: |\n  role.can_login\n\n    && role.nmae == ""\n'],
  ['plain over two lines', 'match: role.can_login\n  && role.nmae == ""\n'],
  ['single quotes', "match: 'role.purpose == \"it''s\"\n  && role.nmae == \"\"'\n"],
  ['double quotes with escapes', 'match: "role.purpose == \\"\\u00e9\\x41\\U0001d4b3\\" \\\n   && role.nmae == \\"\\""\n'],
])('a word is found in a scalar that is %s', (_, file) => {
  const node = scalarOf(file);
  expect(scalarOffsets(node, file)(node.value.indexOf('nmae'))).toBe(file.indexOf('nmae'));
});
