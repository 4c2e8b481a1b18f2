import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { fillHoles, type Hole, type HoleOptions } from '../../src/template/holes.js';
import { toSource } from '../../src/template/rewrite.js';
import { wrapFragment } from '../../src/template/wrap.js';

const parse = await createPostgresParser();

/** Holes are written as <name>, <name:type>, <name=value|value> or <!> for a marker. */
function holesOf(text: string): Hole[] {
  return [...text.matchAll(/<(!|[a-z_]+)(?::([a-z]+))?(?:=([^>]*))?>/g)].map((match): Hole => {
    const [whole, name = '', type, values] = match;
    const place = { start: match.index, end: match.index + whole.length, name };
    if (name === '!') return { ...place, text: '' };
    const typed = type === 'number' || type === 'date' || type === 'text' ? { type: type as 'number' } : {};
    return { ...place, ...typed, ...(values === undefined ? {} : { values: values.split('|') }) };
  });
}

function fill(text: string, options?: HoleOptions): string[] {
  return fillHoles(text, holesOf(text), options).variants.map(({ sql }) => sql);
}

describe('a hole is filled by the place it stands in', () => {
  test.each([
    ['SELECT * FROM cases WHERE host IN (<host>)', 'SELECT * FROM cases WHERE host IN (NULL)'],
    ['SELECT * FROM cases WHERE host IN <host>', 'SELECT * FROM cases WHERE host IN (NULL)'],
    ["SELECT * FROM cases WHERE host = '<host>'", "SELECT * FROM cases WHERE host = '1'"],
    ["SELECT * FROM cases WHERE d > '<start_date>'", "SELECT * FROM cases WHERE d > '2024-01-01'"],
    ['SELECT "<column>" FROM cases', 'SELECT "v" FROM cases'],
    ['SELECT * FROM <schema>.cases', 'SELECT * FROM tpl_schema.cases'],
    ['SELECT * FROM cases_<env>', 'SELECT * FROM cases_v'],
    ['SELECT 1 FROM cases LIMIT <n>', 'SELECT 1 FROM cases LIMIT 1'],
    ["SELECT now() - interval '<days> days'", "SELECT now() - interval '1 days'"],
    ['SELECT * FROM cases WHERE <filter> ORDER BY 1', 'SELECT * FROM cases WHERE TRUE ORDER BY 1'],
    ['SELECT * FROM cases WHERE n > <n:number> AND d = <d:date>', "SELECT * FROM cases WHERE n > 1 AND d = DATE '2024-01-01'"],
    ['SELECT 1 <!>FROM cases<!> -- <note>', 'SELECT 1  FROM cases  -- <note>'],
  ])('%s', (text, sql) => {
    expect(fill(text)).toEqual([sql]);
    expect(parse(sql).diagnostics).toEqual([]);
  });

  test('values of a name give one text each, one hole at a time, eight at most', () => {
    expect(fill('SELECT * FROM <schema=north|south>.cases_<year=a|b>')).toEqual([
      'SELECT * FROM north.cases_a', 'SELECT * FROM south.cases_a', 'SELECT * FROM north.cases_b',
    ]);
    expect(fill(`SELECT * FROM cases_<year=${Array.from({ length: 30 }, (_, index) => index).join('|')}>`)).toHaveLength(8);
  });

  test('unknown values may be bound, one number a name, above those that are there', () => {
    expect(fill('SELECT $2, <a>, <b>, <a>', { unknown: 'bound' })).toEqual(['SELECT $2, $3, $4, $3']);
  });

  test('a relation or a whole statement that nobody knows is a problem', () => {
    expect(fillHoles('SELECT * FROM <t>', holesOf('SELECT * FROM <t>')).problems).toEqual([{ code: 'dynamic-relation', message: 'the parameter t names a relation that only the running tool knows' }]);
    expect(fillHoles(' <q> ;', holesOf(' <q> ;'), { word: 'variable' })).toEqual({ variants: [], problems: [{ code: 'dynamic-sql', message: 'the whole statement is the variable q' }] });
    expect(fill('<q=SELECT 1|SELECT 2>')).toEqual(['SELECT 1', 'SELECT 2']);
    expect(fillHoles('  ', [])).toEqual({ variants: [], problems: [{ code: 'unreadable', message: 'the text is empty' }] });
  });

  test('a stored value stands as it is where it cannot break the text, and nowhere else', () => {
    const pasted = (text: string, value: string): string => {
      const start = text.indexOf('@');
      return fillHoles(text, [{ start, end: start + 1, name: 'p', pasted: value }]).variants[0]?.sql ?? '';
    };
    expect(pasted("SELECT * FROM cases WHERE s = '@'", 'open')).toContain("'open'");
    expect(pasted("SELECT * FROM cases WHERE s = '@'", "o' OR 1=1 --")).toContain("'1'");
    expect(pasted('SELECT * FROM cases WHERE s IN (@)', "'a','b'")).toContain("('a','b')");
    expect(pasted('SELECT * FROM cases WHERE n > @', '-12.5')).toContain('> -12.5');
    expect(pasted('SELECT * FROM cases WHERE n > @', '1; DROP TABLE cases')).toContain('> NULL');
    expect(pasted('SELECT * FROM cases_@ c', '2026')).toContain('cases_2026');
  });

  test('any text with any holes keeps what it copies, letter by letter', () => {
    const piece = fc.constantFrom('SELECT ', '<a>', '<b:date>', '<t=x|y>', '<!>', ' FROM ', "'", '"', '--', '\n', '/*', '*/', '$$', '(', ')', ' WHERE ', 'ü', '😀', ', ', ';');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        for (const { sql, map } of fillHoles(text, holesOf(text)).variants) {
          if (map.length === 0) expect(sql).toBe(text);
          expect(map.reduce((sum, { length }) => sum + length, 0)).toBe(map.length === 0 ? 0 : sql.length);
          for (const { out, src, srcEnd, length, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
        }
      }),
    );
  });
});

describe('a fragment stands in a statement', () => {
  const variant = (sql: string) => ({ label: 'default', sql, map: [], assumptions: [] });
  test.each([
    ['expression', 'sum(amount) -- total', 'SELECT (\nsum(amount) -- total\n) AS value FROM app.fee AS f'],
    ['predicate', 'amount > 0', 'SELECT 1 FROM app.fee AS f WHERE (\namount > 0\n)'],
    ['relation', 'app.fee', 'SELECT * FROM app.fee AS f'],
    ['statement', 'SELECT 1', 'SELECT 1'],
  ] as const)('as %s', (kind, raw, sql) => {
    const wrapped = wrapFragment(variant(raw), kind, 'app.fee', 'f');
    expect(wrapped.sql).toBe(sql);
    expect(parse(sql).diagnostics).toEqual([]);
    for (const word of raw.split(/\W+/).filter((part) => part !== '')) expect(raw.slice(toSource(wrapped.map, sql.indexOf(raw) + raw.indexOf(word)))).toMatch(new RegExp(`^${word}`));
  });

  test('without a relation that anybody knows', () => {
    expect(wrapFragment(variant('now()'), 'expression', null).sql).toBe('SELECT (\nnow()\n) AS value');
  });
});
