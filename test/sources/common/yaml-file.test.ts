import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { YamlFile } from '../../../src/sources/common/yaml-file.js';
import { SourceFile } from '../../../src/sources/common/source-file.js';

function fileOf(text: string): YamlFile {
  const file = YamlFile.read(text);
  if (file instanceof YamlFile) return file;
  throw new Error(file.message);
}

/** What stands in the file at the character of a value where `sought` begins. */
function shown(text: string, pointer: string, sought: string, length = sought.length): string {
  const file = fileOf(text);
  const value = pointer.split('/').slice(1).reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : Object(at)[key]), file.value);
  const offset = file.place(pointer)?.offsetOf(String(value).indexOf(sought)) ?? -1;
  return text.slice(offset, offset + length);
}

describe('a text in YAML is followed back to its file', () => {
  const styles: [string, string][] = [
    ['a block', 'sql: |\n  SELECT region,\n    count(*)\n  FROM cases\n'],
    ['a kept block with an indent of its own', 'sql: |2+\n    SELECT region,\n  count(*) FROM cases\n\n'],
    ['a folded block', 'sql: >-\n  SELECT region,\n  count(*)\n\n  FROM cases\n'],
    ['a plain text over lines', 'sql: SELECT region,\n  count(*)\n  FROM cases\n'],
    ['single quotes', "sql: 'SELECT region, ''open'' AS state,\n  count(*)\n\n  FROM cases'\n"],
    ['double quotes', 'sql: "SELECT region,\\n  count(*) \\u2192 \\\n  \\x41 FROM cases"\n'],
    ['Windows line ends', 'sql: |\r\n  SELECT region,\r\n  count(*)\r\n  FROM cases\r\n'],
  ];
  test.each(styles)('as %s', (_, text) => {
    for (const word of ['SELECT', 'region', 'count', 'FROM', 'cases']) expect(shown(text, '/sql', word)).toBe(word);
  });

  test('behind an alias, in lists, in several documents and under a key of any form', () => {
    expect(shown('a: &q |\n  SELECT 1\nb: *q\n', '/b', 'SELECT')).toBe('SELECT');
    expect(shown('list:\n  - {sql: SELECT 2}\n  - sql: "SELECT 3"\n', '/list/1/sql', 'SELECT 3')).toBe('SELECT 3');
    expect(shown('a: 1\n---\nsql: SELECT 4\n', '/1/sql', 'SELECT 4')).toBe('SELECT 4');
    expect(shown('2024: SELECT 5\n', '/2024', 'SELECT 5')).toBe('SELECT 5');
  });

  test('whatever the writer of YAML makes of a text', () => {
    const lost: string[] = [];
    const word = fc.constantFrom('SELECT', 'count(*)', "'it''s'", '"Ü"', '-- note', '\n', '\n\n', '  ', '\t', '#', ': ', '\\', '😀', '- ', '{{ x }}', '|', '>');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const, 'BLOCK_LITERAL' as const, 'BLOCK_FOLDED' as const), fc.integer({ min: 20, max: 90 }), (words, style, lineWidth) => {
        const text = stringify({ card: { sql: words.join(' ') } }, { defaultStringType: style, lineWidth });
        const file = fileOf(text);
        // The writer may fold blanks away; what counts is what a reader gets.
        const { sql } = z.object({ card: z.object({ sql: z.string() }) }).parse(file.value).card;
        const place = file.place('/card/sql');
        for (let at = 0; at < sql.length; at++) {
          const unit = sql.charAt(at);
          // What stands for itself is found as it is; the rest is an escape, a doubled quote or a fold.
          if (/[A-Za-z(*)]/.test(unit) && text.charAt(place?.offsetOf(at) ?? -1) !== unit) lost.push(`${JSON.stringify(text)} at ${at}`);
        }
        return lost.length === 0;
      }),
    );
    expect(lost).toEqual([]);
  });
});

describe('a YAML file that is a template itself', () => {
  test('is read with its braces, and keeps its places', () => {
    const text = '{% if prod %}\ntable_name: {{ schema }}.cases\n{% endif %}\nsql: {{ "SELECT" }} 1 # {{ x }}\nother: 1\n';
    const file = new SourceFile('dataset.yaml', text);
    expect(file.value).toEqual({ table_name: '{{ schema }}.cases', sql: '{{ "SELECT" }} 1', other: 1 });
    expect(file.position(file.places(['/sql']).get('/sql')?.start ?? -1)).toEqual({ line: 4, column: 6 });
  });
});

describe('hostile YAML', () => {
  test('is refused in words, within its bounds', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\n`;
    expect(YamlFile.read(bomb)).toMatchObject({ message: 'its aliases are too many or name no anchor' });
    expect(YamlFile.read('a: *nobody\n')).toHaveProperty('message');
    expect(YamlFile.read('['.repeat(100_000))).toHaveProperty('message');
    expect(YamlFile.read('a: [1, 2\nb: "x')).toMatchObject({ offset: expect.any(Number) });
    expect(fileOf('__proto__: {polluted: 1}\nconstructor: 2\n').value).not.toHaveProperty('polluted');
  });

  test('a broken file says where, and nothing of what it holds', () => {
    expect(new SourceFile('x.yaml', 'password: "s3cr3t\nsql: SELECT 1\n').syntaxProblem).toEqual({ format: 'YAML', line: expect.any(Number), column: expect.any(Number), message: expect.not.stringContaining('s3cr3t') });
  });
});
