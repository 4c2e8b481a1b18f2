import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMap, fileOffset, findSyntaxError, locate, pointerStep } from '../../../src/sources/common/json-position.js';

/** Every string of a value by its pointer. */
function stringsOf(value: unknown, pointer = ''): [string, string][] {
  if (typeof value === 'string') return [[pointer, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsOf(inner, pointer + pointerStep(key)));
}

/** The same value written in another way: escapes where none are needed, keys twice, blanks of all kinds. */
function writeOddly(value: unknown): string {
  if (typeof value === 'string') {
    return `"${[...value].map((character) => (character.length === 1 && 'aeiou/'.includes(character) ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : JSON.stringify(character).slice(1, -1))).join('')}"`;
  }
  if (Array.isArray(value)) return `[\n\t${value.map(writeOddly).join(' ,\r\n')} ]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value).flatMap(([key, inner]) => [`${JSON.stringify(key)}: "shadowed"`, `${JSON.stringify(key)} : ${writeOddly(inner)}`]).join(' , ')}\n}`;
  }
  return JSON.stringify(value);
}

describe('a located string', () => {
  test('is where a person finds it', () => {
    const text = '{\n  "panels": [ { "targets": [ { "rawSql": "select\\n  1 as \\"one\\", \'\\u00e9\' as e" } ] } ]\n}';
    const pointer = '/panels/0/targets/0/rawSql';
    const span = locate(text, [pointer]).get(pointer);
    expect(text.slice(span?.start, span?.end)).toBe('"select\\n  1 as \\"one\\", \'\\u00e9\' as e"');
    const sql = 'select\n  1 as "one", \'é\' as e';
    expect(text.slice(fileOffset(text, span ?? { start: 0, end: 0, isString: true }, sql.indexOf('one')))).toMatch(/^one/);
  });

  test('has at every mapped offset the character that stands there', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, oddly) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const text = oddly ? writeOddly(plain) : JSON.stringify(plain, null, 2);
        expect(JSON.parse(text)).toEqual(plain);
        const strings = stringsOf(plain);
        const spans = locate(text, strings.map(([pointer]) => pointer));
        for (const [pointer, decoded] of strings) {
          const span = spans.get(pointer);
          expect(span?.isString).toBe(true);
          if (span === undefined) continue;
          const offsets = decodeMap(text, span);
          expect(offsets).toHaveLength(decoded.length + 1);
          expect(offsets.at(-1)).toBe(span.end - 1);
          for (let offset = 0; offset < decoded.length; offset++) {
            const at = offsets[offset] ?? -1;
            expect(fileOffset(text, span, offset)).toBe(at);
            expect(JSON.parse(`"${text.slice(at, offsets[offset + 1])}"`)).toBe(decoded.charAt(offset));
          }
        }
      }),
    );
  });

  test('may have a key with slashes and tildes', () => {
    const text = '{"a/b": {"c~d": ["x", "y"]}}';
    expect(locate(text, ['/a~1b/c~0d/1']).get('/a~1b/c~0d/1')).toEqual({ start: 22, end: 25, isString: true });
  });

  test('is not looked for where the pointer leads nowhere', () => {
    expect(locate('{"a": 1}', ['/b', '/a/c']).size).toBe(0);
  });
});

test('values that are no strings have the place of their first character', () => {
  const span = locate('{"dataset_query": {"a": 1}}', ['/dataset_query']).get('/dataset_query');
  expect(span).toEqual({ start: 18, end: 19, isString: false });
  expect(fileOffset('{"dataset_query": {"a": 1}}', span ?? { start: 0, end: 0, isString: true }, 5)).toBe(18);
});

test('nesting without end is no danger', () => {
  const depth = 200_000;
  const text = `${'['.repeat(depth)}"deep"${']'.repeat(depth)}`;
  const pointer = '/0'.repeat(2_000);
  expect(locate(text, [pointer]).get(pointer)?.start).toBe(2_000);
  expect(findSyntaxError(text)).toBeNull();
  expect(findSyntaxError('{"a":'.repeat(depth))).toEqual({ offset: 5 * depth, expected: 'a value; the file is cut short' });
});

describe('the first error', () => {
  test.each([
    ['{"a": [1, 2', 11, 'a comma or ]; the file is cut short'],
    ['{"a": 1,}', 8, 'a key in double quotes'],
    ['{"a" 1}', 5, 'a colon'],
    ['[1 2]', 3, 'a comma or ]'],
    ['{a: 1}', 1, 'a key in double quotes or }'],
    ['{"a": "x\ny"}', 6, 'a well-formed string'],
    ['[1, // no\n 2]', 4, 'JSON without comments'],
    ['{} {}', 3, 'the end of the file'],
    ['', 0, 'a value; the file is cut short'],
  ])('of %j is at %i: %s', (text, offset, expected) => {
    expect(findSyntaxError(text)).toEqual({ offset, expected });
  });

  test('is found exactly where JSON.parse refuses the text', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', 'true', 'null', ' ', '\n', 'x', '-', '\\');
    fc.assert(
      fc.property(fc.oneof(fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')), fc.jsonValue().map((value) => JSON.stringify(value))), (text) => {
        let refused = false;
        try {
          JSON.parse(text);
        } catch {
          refused = true;
        }
        expect(findSyntaxError(text) !== null).toBe(refused);
      }),
      { numRuns: 2_000 },
    );
  });
});
