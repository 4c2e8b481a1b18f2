import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neutraliseLiquid, type LiquidEnvironment } from '../../src/template/liquid.js';
import { toSourceSpan } from '../../src/template/rewrite.js';

function texts(text: string, environment: LiquidEnvironment = {}): Record<string, string> {
  return Object.fromEntries(neutraliseLiquid(text, environment).variants.map(({ label, sql }) => [label, sql]));
}

function only(text: string, environment: LiquidEnvironment = {}): string {
  const { variants, problems } = neutraliseLiquid(text, environment);
  expect([problems, variants.length]).toEqual([[], 1]);
  return variants[0]?.sql ?? '';
}

describe('what a template puts out', () => {
  test('a text without constructs stays as it is', () => {
    expect(neutraliseLiquid('SELECT 1')).toEqual({ variants: [{ label: 'default', sql: 'SELECT 1', map: [], assumptions: [] }], problems: [] });
  });

  test('literals, assigned names and filters are known', () => {
    expect(only("{% assign t = 'ca' | append: 'ses' %}SELECT * FROM {{ t | upcase }} LIMIT {{ 5 | times: 2 }}")).toBe('SELECT * FROM CASES LIMIT 10');
    expect(only("{% assign a = 'id,status' | split: ',' %}SELECT {% for c in a %}{{ c }}, {% endfor %}1 FROM cases")).toBe('SELECT id, status, 1 FROM cases');
    expect(only('SELECT {% for n in (1..3) %}{{ n }} + {% endfor %}0')).toBe('SELECT 1 + 2 + 3 + 0');
    expect(only('{% capture f %}closed_at{% endcapture %}SELECT {{ f }} FROM cases')).toBe('SELECT closed_at FROM cases');
  });

  test('blanks next to a dash go away', () => {
    expect(only('SELECT a   {%- assign x = 1 -%}   , b')).toBe('SELECT a, b');
  });

  test('comments and forms are left out, raw text stays', () => {
    expect(only('SELECT 1{% comment %} {% if x %} {% endcomment %} + 2')).toBe('SELECT 1 + 2');
    expect(only("SELECT '{% raw %}{{ x }}{% endraw %}'")).toBe("SELECT '{{ x }}'");
    expect(only('SELECT 1\n{% form %}\nregion:\n  type: select\n{% endform %}')).toBe('SELECT 1\n');
  });

  test('what is unknown is filled by the slot it stands in', () => {
    const { variants } = neutraliseLiquid("SELECT * FROM cases WHERE region = {{ region }} AND note = '{{ note }}' LIMIT {{ rows }}");
    expect(variants[0]?.sql).toBe("SELECT * FROM cases WHERE region = NULL AND note = '1' LIMIT 1");
    expect(neutraliseLiquid('SELECT * FROM {{ _user_attributes["schema"] }}').problems).toEqual([
      { code: 'dynamic-relation', message: 'the parameter _user_attributes.schema names a relation that only the running tool knows' },
    ]);
  });
});

describe("Looker's tags", () => {
  test('the text of a condition survives as a read', () => {
    expect(only('SELECT 1 FROM o WHERE {% condition o.created %} o.created_at {% endcondition %}')).toBe('SELECT 1 FROM o WHERE ( o.created_at ) IS NOT NULL');
    expect(only('SELECT 1 FROM o WHERE {% incrementcondition %} o.id -- key{% endincrementcondition %}')).toBe('SELECT 1 FROM o WHERE ( o.id -- key\n) IS NOT NULL');
    expect(only('SELECT 1 FROM o -- WHERE {% condition f %} o.id {% endcondition %} soon\nLIMIT 1')).toBe('SELECT 1 FROM o -- WHERE ( o.id ) IS NOT NULL soon\nLIMIT 1');
    expect(only('SELECT 1 WHERE {% condition f %}{% endcondition %}')).toBe('SELECT 1 WHERE 1 = 1');
  });

  test('the ends of a period are points in time', () => {
    expect(only("SELECT {% date_start day %}, '{% date_end day %}', DATE {% date_start day %}")).toBe("SELECT TIMESTAMP '2024-01-01 00:00:00', '2024-01-01', DATE '2024-01-01'");
  });

  test('a parameter gives one variant a value that it allows', () => {
    const variables = new Map([['orders.by', { values: ['day', 'week', 'month'], written: 'raw' as const }]]);
    expect(texts("SELECT date_trunc('{% parameter orders.by %}', o.at) FROM o", { variables })).toEqual({
      default: "SELECT date_trunc('day', o.at) FROM o",
      'orders.by = week': "SELECT date_trunc('week', o.at) FROM o",
      'orders.by = month': "SELECT date_trunc('month', o.at) FROM o",
    });
  });

  test('a quoted parameter is a literal, and compared with its quotes', () => {
    const variables = new Map([['unit', { values: ['eur', "o'ne"], written: 'quoted' as const }]]);
    expect(only("SELECT {% parameter unit %}", { variables })).toBe("SELECT 'eur'");
    expect(texts(`SELECT {% if unit._parameter_value == "'eur'" %}a{% else %}b{% endif %} FROM t`, { variables })).toEqual({
      default: 'SELECT a FROM t',
      "unit = o'ne": 'SELECT b FROM t',
    });
  });
});

describe('branches', () => {
  const period = 'SELECT 1 FROM {% if d.day._in_query %}by_day{% elsif d.week._in_query %}by_week{% else %}total{% endif %}';

  test('without knowledge every branch is a variant, the last one first', () => {
    expect(texts(period)).toEqual({ default: 'SELECT 1 FROM total', maximal: 'SELECT 1 FROM by_day', 'elsif d.week._in_query': 'SELECT 1 FROM by_week' });
  });

  test('each says which branch it took', () => {
    expect(neutraliseLiquid(period).variants.map(({ assumptions }) => assumptions)).toEqual([
      ['it does not hold: d.day._in_query'],
      ['it holds: d.day._in_query'],
      ['it holds: d.week._in_query'],
    ]);
    expect(neutraliseLiquid('SELECT {% unless x %}a{% else %}b{% endunless %}').variants.map(({ sql, assumptions }) => [sql, ...assumptions])).toEqual([
      ['SELECT b', 'it holds: x'],
      ['SELECT a', 'it does not hold: x'],
    ]);
    expect(neutraliseLiquid("SELECT {% case x %}{% when 'a' %}1{% else %}2{% endcase %}").variants.map(({ sql, assumptions }) => [sql, ...assumptions])).toEqual([
      ['SELECT 2', "it does not hold: x is 'a'"],
      ['SELECT 1', "it holds: x is 'a'"],
    ]);
  });

  test('what the tool knows decides', () => {
    expect(only(period, { truth: (name) => name === 'd.week._in_query' })).toBe('SELECT 1 FROM by_week');
  });

  test('an optional part is left out by default and kept in the maximal text', () => {
    expect(texts("SELECT a {% if _user_attributes['role'] == 'lead' %}, salary {% endif %}FROM staff")).toEqual({
      default: 'SELECT a FROM staff',
      maximal: 'SELECT a , salary FROM staff',
    });
  });

  test('a choice without an else takes its first branch, so that no gap is left', () => {
    expect(texts('SELECT 1 FROM {% if x %}a{% elsif y %}b{% endif %}')).toMatchObject({ default: 'SELECT 1 FROM a', 'elsif y': 'SELECT 1 FROM b' });
  });

  test('the same condition goes the same way everywhere', () => {
    const sqls = Object.values(texts('SELECT {% if m %}month{% else %}day{% endif %} FROM t GROUP BY {% if m %}month{% else %}day{% endif %}'));
    expect(sqls).toEqual(['SELECT day FROM t GROUP BY day', 'SELECT month FROM t GROUP BY month']);
  });

  test('case, unless, and, or and contains', () => {
    const variables = new Map([['size', { values: ['small', 'large'] }]]);
    expect(texts("SELECT {% case size %}{% when 'small', 'tiny' %}s{% when 'large' %}l{% else %}o{% endcase %}", { variables })).toEqual({ default: 'SELECT s', 'size = large': 'SELECT l' });
    expect(texts("SELECT {% unless size == 'small' %}1{% else %}2{% endunless %}", { variables })).toEqual({ default: 'SELECT 2', 'size = large': 'SELECT 1' });
    expect(only("SELECT {% if true and false or true %}1{% else %}2{% endif %}")).toBe('SELECT 1');
    expect(only("SELECT {% if 'abc' contains 'b' and 2 > 1 %}1{% endif %}")).toBe('SELECT 1');
  });

  test('at most eight texts come of one template', () => {
    const many = Array.from({ length: 20 }, (_, index) => `{% if c${index} %}a${index},{% endif %}`).join('');
    expect(neutraliseLiquid(`SELECT ${many} 1`).variants).toHaveLength(8);
  });
});

describe('definitions', () => {
  const definitions = new Map([
    ['open_cases', "SELECT * FROM cases WHERE status = '{{ status }}'"],
    ['urgent', 'SELECT * FROM {{ @open_cases as o }} WHERE o.urgent;'],
    ['loop', 'SELECT * FROM {{ @loop as l }}'],
  ]);

  test('stand in parentheses under their alias, one within another', () => {
    expect(only('SELECT * FROM {{ @urgent as u }}', { definitions })).toBe("SELECT * FROM (\nSELECT * FROM (\nSELECT * FROM cases WHERE status = '1'\n) AS o WHERE o.urgent\n) AS u");
  });

  test('that contain themselves or are missing are problems', () => {
    expect(neutraliseLiquid('SELECT * FROM {{ @loop as l }}', { definitions }).problems).toEqual([{ code: 'cyclic-reference', message: 'the definition loop contains itself' }]);
    expect(neutraliseLiquid('SELECT * FROM {{ @gone as g }}', { definitions })).toMatchObject({
      variants: [{ sql: 'SELECT * FROM tpl_gone AS g' }],
      problems: [{ code: 'missing-reference', message: 'the definition gone is not in the export' }],
    });
  });
});

describe('what is malformed or hostile', () => {
  test('an open tag and a lost end are named', () => {
    expect(neutraliseLiquid('SELECT {% if a %} 1').problems).toEqual([{ code: 'unbalanced-template', message: 'the tag if is not closed' }]);
    expect(neutraliseLiquid('SELECT 1 {% endif %}').problems).toEqual([{ code: 'unbalanced-template', message: 'the tag endif has no beginning' }]);
  });

  test('a tag that nobody knows is said to be left out', () => {
    expect(neutraliseLiquid("SELECT 1 {% include 'x' %}").problems).toEqual([{ code: 'unsupported', message: 'the tag include of its template is not known and was left out' }]);
  });

  test('loops end', () => {
    const nested = '{% for a in (1..1000000000) %}{% for b in (1..1000000000) %}x{% endfor %}{% endfor %}';
    expect(neutraliseLiquid(`SELECT ${nested}`).problems.map(({ code }) => code)).toContain('too-large');
    const captured = '{% for a in (1..900) %}{% capture c %}{% for b in (1..900) %}{% capture d %}{% for e in (1..900) %}x{% endfor %}{% endcapture %}{% endfor %}{% endcapture %}{% endfor %}';
    expect(neutraliseLiquid(`SELECT ${captured} 1`).problems.map(({ code }) => code)).toContain('too-large');
  });

  test('texts that double themselves end', () => {
    expect(neutraliseLiquid(`{% assign a = 'xxxxxxxx' %}${'{% assign a = a | append: a %}'.repeat(60)}SELECT '{{ a }}'`).variants).toHaveLength(1);
    const definitions = new Map(Array.from({ length: 60 }, (_, index) => [`d${index}`, `SELECT 1 FROM {{ @d${index + 1} as a }}, {{ @d${index + 2} as b }}`]));
    expect(neutraliseLiquid('SELECT 1 FROM {{ @d0 as x }}', { definitions }).problems.length).toBeGreaterThan(0);
  });

  test('names of an object of the language are names like others', () => {
    expect(only("SELECT {{ constructor.constructor }}, {{ '__proto__' | constructor }}, {{ toString | hasOwnProperty: 'x' }}")).toBe('SELECT NULL, NULL, NULL');
  });

  test('deep nesting is refused, not followed', () => {
    expect(neutraliseLiquid(`SELECT 1 ${'{% if a %}'.repeat(5_000)}`).problems.map(({ code }) => code)).toContain('unbalanced-template');
  });

  test('a text too long is refused', () => {
    expect(neutraliseLiquid('x'.repeat(1_000_001)).problems).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('positions', () => {
  const piece = fc.constantFrom(
    'SELECT ', 'a', ', ', "'x'", ' FROM t ', '{{ v }}', "'{{ v }}'", '{% if c %}', '{% else %}', '{% endif %}', '{% assign v = 1 %}', '{%- if d -%}', '{% parameter p %}',
    '{% condition f %}', '{% endcondition %}', '{% for i in (1..2) %}', '{% endfor %}', '-- note\n', '{{', '%}', '\n', ' é ', '{% date_start f %}', '{% case v %}', "{% when 'a' %}", '{% endcase %}',
  );

  test('every copied character leads back to itself, whatever the template', () => {
    const variables = new Map([['p', { values: ['a', 'b'], written: 'raw' as const }]]);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const { variants, problems } = neutraliseLiquid(text, { variables });
        expect(variants.length + problems.length).toBeGreaterThan(0);
        for (const { sql, map } of variants) {
          for (const { out, src, length, srcEnd, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
          if (map.length === 0) expect(sql).toBe(text);
        }
      }),
    );
  });

  test('what was generated leads to its construct', () => {
    const text = 'SELECT {{ amount }} FROM cases';
    const [variant] = neutraliseLiquid(text).variants;
    const { start, end } = toSourceSpan(variant?.map ?? [], (variant?.sql ?? '').indexOf('NULL'));
    expect(text.slice(start, end)).toBe('{{ amount }}');
  });
});
