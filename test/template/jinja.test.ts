import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callable, neutraliseJinja, object, parseMacros, unknown, type JinjaEnvironment, type JinjaValue } from '../../src/template/jinja.js';
import { toSourceSpan } from '../../src/template/rewrite.js';

const globals = new Map<string, JinjaValue>([
  ['ref', callable('ref', ([name], _, site) => object(`analytics.${site.text(name)}`, [['identifier', name]]))],
  ['config', callable('config', () => '')],
  ['is_incremental', callable('is_incremental', () => unknown('is_incremental()'))],
  ['chosen', callable('chosen', ([column], _, site) => unknown(`chosen('${site.text(column)}')`, { type: 'text', isEmptyUntouched: true }))],
  ['ds', unknown('ds', { type: 'date' })],
  ['region', unknown('region', { values: ['north', 'south'] })],
]);
const environment: JinjaEnvironment = { globals };

function render(text: string, more: Partial<JinjaEnvironment> = {}) {
  const result = neutraliseJinja(text, { ...environment, ...more });
  for (const { sql, map } of result.variants) {
    for (const { out, src, length, srcEnd, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
    expect(map.length > 0 || sql === text).toBe(true);
    let end = 0;
    for (const { out, src, length, srcEnd } of map) {
      expect([out, src >= 0, src <= srcEnd, srcEnd <= text.length]).toEqual([end, true, true, true]);
      end += length;
    }
    if (map.length > 0) expect(end).toBe(sql.length);
  }
  return result;
}

function sqlOf(text: string, more: Partial<JinjaEnvironment> = {}): string | undefined {
  return render(text, more).variants[0]?.sql;
}

function textsOf(text: string): Record<string, string> {
  return Object.fromEntries(render(text).variants.map(({ label, sql }) => [label, sql.replace(/\s+/g, ' ').trim()]));
}

describe('what is known is written', () => {
  test.each([
    ['{{ "a" ~ 1 ~ none }}', 'a1None'],
    ["{{ ['case_id', 'status'] | join(', ') }}", 'case_id, status'],
    ["{{ 'Status' | upper }} {{ ' x ' | trim }}", 'STATUS x'],
    ["{% set columns = ['a', 'b', 'c'] %}{{ columns[1:] | join('+') }} {{ columns[-1] }} {{ columns | length }}", 'b+c c 3'],
    ["{% set days = {'week': 7, 'month': 30,} %}{% for name, count in days.items() %}{{ name }}={{ count }};{% endfor %}", 'week=7;month=30;'],
    ["{% for c in ['a', 'b'] %}{{ c }}{{ ', ' if not loop.last }}{% endfor %}", 'a, b'],
    ["{% for c in [] %}{{ c }}{% else %}1{% endfor %}", '1'],
    ["{% for c in [1, 2, 3, 4] if c is even %}{{ c }}{% endfor %}", '24'],
    ["{% if 2 > 1 and 'a' in ['a'] and x is not defined %}yes{% else %}no{% endif %}", 'yes'],
    ["{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", '3'],
    ['{% set list = [] %}{% do list.append("a") %}{% do list.extend(["b"]) %}{{ list }}', "['a', 'b']"],
    ["{{ 7 // 2 }} {{ 7 % 4 }} {{ -7 % 4 }} {{ 2 ** 3 }} {{ (1 + 2) * 3 }}", '3 3 1 8 9'],
    ["{{ '%s_%s' | format('a', 'b') }} {{ '{}-{x}'.format('a', x='b') }} {{ '%d' % 3 }}", 'a_b a-b 3'],
    ["{% raw %}{{ not_a_tag }}{% endraw %}", '{{ not_a_tag }}'],
    ['a {#- a comment -#} b', 'ab'],
    ["{% with a = 'x' %}{{ a }}{% endwith %}{% filter upper %}y{% endfilter %}", 'xY'],
    ["{{ missing | default('d') }} {{ none is none }} {{ 3 is divisibleby 3 }} {{ {'a': 1}.get('b', 2) }}", 'd True True 2'],
    ["{{ 'a' 'b' }} {{ true }} {{ ('x', 'y') | first }} {{ 1.5 | int }} {{ '12' | int + 1 }}", 'ab True x 1 13'],
    ["{{ [{'k': 'b'}, {'k': 'a'}] | map(attribute='k') | sort | join }} {{ [1, 1, 2] | unique | list }}", 'ab [1, 2]'],
    ["{{ [{'n': 1}, {'n': 2}] | selectattr('n', '==', 2) | map(attribute='n') | first }}", '2'],
  ])('%s', (template, sql) => {
    expect(sqlOf(`select ${template}`)).toBe(`select ${sql}`);
  });

  test('white space is trimmed where the tags say so', () => {
    expect(sqlOf('select a\n  {%- if true %}, b {%- endif -%}  \n from t')).toBe('select a, bfrom t');
  });

  test('blocks are captured with the places of their text', () => {
    const text = '{% set open_cases %}select case_id from app.case_file{% endset %}select * from ({{ open_cases }}) as c';
    const [variant] = render(text).variants;
    expect(variant?.sql).toBe('select * from (select case_id from app.case_file) as c');
    const span = toSourceSpan(variant?.map ?? [], variant?.sql.indexOf('app.case_file') ?? 0);
    expect(span.start).toBe(text.indexOf('app.case_file'));
  });
});

describe('macros', () => {
  test('take presets, keywords, the rest, and a caller', () => {
    const text = `{% macro cents(column, places=2) %}round({{ column }} / 100, {{ places }}){% endmacro %}
{% macro in_case(name) %}case {{ caller('x') }} end as {{ name }}{% endmacro %}
select {{ cents('amount') }}, {{ cents(places=0, column='fee') }}, {% call(v) in_case('kind') %}when {{ v }} then 1{% endcall %} from shop.payment`;
    expect(sqlOf(text)?.trim()).toBe('select round(amount / 100, 2), round(fee / 100, 0), case when x then 1 end as kind from shop.payment');
  });

  test('of other files are called by name, and return values', () => {
    const macros = parseMacros("{% macro columns_of(kind) %}{% if kind == 'short' %}{{ return(['a', 'b']) }}{% endif %}{{ return([]) }}{% endmacro %}{% test positive(model, column_name) %}select * from {{ model }} where {{ column_name }} < 0{% endtest %}");
    expect([...macros.keys()]).toEqual(['columns_of', 'test_positive']);
    expect(sqlOf("select {{ columns_of('short') | join(', ') }} from t", { macros })).toBe('select a, b from t');
  });

  test('of packages are found by their path, and `return` outside of a macro writes its value', () => {
    const macros = new Map([...parseMacros("{% macro star() %}{% do return('a, b') %}{% endmacro %}")].map(([name, macro]) => [`dbt_utils.${name}`, macro]));
    expect(sqlOf("select {{ dbt_utils.star() }} from {{ return('t') }} where x", { macros })).toBe('select a, b from t where x');
  });

  test('that nobody defines become functions that keep their arguments as SQL', () => {
    const { variants, problems } = render("select {{ trim_or_null('c.name') }}, {{ dbt_utils.surrogate_key(['a', 'b'], x=1) }}, {{ label('it''s (') }} from t");
    expect(variants[0]?.sql).toBe("select trim_or_null(c.name), dbt_utils_surrogate_key(a, b, 1), label('its (') from t");
    expect(variants[0]?.assumptions).toContain('the macro trim_or_null is read as a function of the database');
    expect(problems).toEqual([]);
  });

  test('an unknown one that is the whole statement is a problem', () => {
    expect(render("{{ audit_helper('orders') }}").problems).toEqual([{ code: 'dynamic-sql', message: 'the whole statement is what the macro audit_helper gives' }]);
  });

  test('imports and includes ask the loader', () => {
    const files: Record<string, string> = { 'm.sql': '{% macro one() %}1{% endmacro %}', 'open.sql': "status = 'OPEN' and {{ ds }}" };
    const load = (name: string): string | null => files[name] ?? null;
    expect(sqlOf("{% import 'm.sql' as m %}{% from 'm.sql' import one as eins %}select {{ m.one() }}, {{ eins() }} where {% include 'open.sql' %}", { load })).toBe(
      "select 1, 1 where status = 'OPEN' and TRUE",
    );
    expect(render("select 1 {% include 'gone.sql' %}", { load }).problems[0]).toEqual({ code: 'missing-reference', message: 'the included template "gone.sql" is not among the files' });
  });
});

describe('what only the running tool knows', () => {
  test('is filled by its slot, in strings too', () => {
    expect(sqlOf("select * from t where a = '{{ ds }}' and b > {{ ds }} and c in ({{ \"'\" ~ \"','\".join(chosen('c')) ~ \"'\" }}) limit {{ n }}")).toBe(
      "select * from t where a = '2024-01-01' and b > DATE '2024-01-01' and c in ('x') limit 1",
    );
  });

  test('gives a variant for each value of a name', () => {
    expect(textsOf('select * from sales_{{ region }}')).toEqual({ default: 'select * from sales_north', 'region = south': 'select * from sales_south' });
  });

  test('stays as it stands in comments', () => {
    expect(sqlOf('select 1 -- by {{ author }}\nfrom t')).toBe('select 1 -- by {{ author }}\nfrom t');
  });

  test('decides conditions: untouched first, then all, then one at a time', () => {
    expect(textsOf("select 1 from t {% if is_incremental() %}where a{% endif %}")).toEqual({ default: 'select 1 from t', maximal: 'select 1 from t where a' });
    expect(textsOf("select {% if a == 1 %}1{% elif a == 2 %}2{% else %}3{% endif %} from t {% if b %}where x{% endif %}")).toEqual({
      default: 'select 3 from t', maximal: 'select 1 from t where x', 'if a == 1': 'select 1 from t', 'if a == 2': 'select 2 from t', 'if b': 'select 3 from t where x',
    });
  });

  test('keeps equal conditions equal, and their opposites opposite', () => {
    expect(textsOf('select 1 {% if a %}, 2{% endif %}{% if not a %}, 3{% endif %}{% if a %}, 4{% endif %}')).toEqual({ default: 'select 1 , 3', maximal: 'select 1 , 2, 4' });
  });

  test('is none, empty and undefined while nobody has chosen anything', () => {
    expect(textsOf("select 1 {% if ds is none %}a{% endif %}{% if chosen('x') != [] %}b{% endif %}{% if chosen('x') | length == 0 %}c{% endif %}")['default']).toBe('select 1 ac');
    expect(textsOf("{% for f in chosen('x') %}{{ f }}{% endfor %} select 1")).toEqual({ default: 'select 1', maximal: "'x' select 1" });
  });

  test('as a list of unknown length has one item', () => {
    expect(sqlOf('select {% for m in methods() %}sum({{ m }}){% if not loop.last %},{% endif %}{% endfor %} from t')).toBe('select sum(NULL) from t');
  });

  test('no more than eight variants are made', () => {
    const many = Array.from({ length: 12 }, (_, index) => `{% if c${index} %}, ${index}{% endif %}`).join('');
    expect(render(`select a${many}`).variants.map(({ label }) => label)).toHaveLength(8);
  });
});

describe('bad templates', () => {
  test('cost the tag that cannot be read', () => {
    const { variants, problems } = render('select {{ a b }} from t {% if ( %}where x{% endif %}');
    expect(variants[0]?.sql.trim()).toBe('select NULL from t');
    expect(problems.map(({ message }) => message)).toEqual([
      'the template expression "a b" cannot be read: "b" is not expected there',
      'the template expression "(" cannot be read: the end is not expected there',
    ]);
  });

  test.each([
    ['select {{ x', '{{ is not closed'],
    ['select {% if a %} 1', '{% if %} is not closed'],
    ['select 1 {% endfor %}', '{% endfor %} closes nothing'],
    ['{% raw %} select 1', '{% raw %} is not closed'],
  ])('%s', (template, cause) => {
    expect(render(template).problems).toContainEqual({ code: 'unbalanced-template', message: `the template cannot be read: ${cause}` });
  });

  test('that do not fit together keep their text', () => {
    expect(sqlOf('select {{ n }} from t {% if a %} where b')?.replace(/\s+/g, ' ')).toBe('select NULL from t where b');
  });

  test.each([
    "{{ range.constructor('return process')() }}",
    "{{ ''.constructor.constructor('return process')() }}",
    "{{ [].__proto__.polluted }}{% set x = {} %}{{ x.__defineGetter__('a', 1) }}{{ x['constructor'] }}",
    '{{ cycler.__init__.__globals__.os.popen("id") }}',
  ])('reach nothing of the host: %s', (template) => {
    const { variants } = render(`select 1 as a, ${template}`);
    expect(JSON.stringify(variants)).not.toMatch(/native code|\[object/);
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    '{{ range(1000000000) | join }}',
    '{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}',
    "{{ 'a' * 1000000000 }}",
    '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}',
    "{% set ns = namespace(s='aaaaaaaaaa') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    '{% set l = [] %}{% for i in range(9) %}{% do l.append(l) %}{% endfor %}{{ l }}',
    `{{ ${'('.repeat(5_000)} }}`,
    `{{ a${'.b'.repeat(20_000)} }}`,
    `{{ 1${' + 1'.repeat(10_000)} }}`,
    '{% if a %}'.repeat(3_000),
  ])('end in a problem: %#', (template) => {
    expect(render(`select 1 ${template}`).problems).not.toEqual([]);
  });

  test('an include of itself ends', () => {
    expect(render("select 1 {% include 'self.sql' %}", { load: () => "{% include 'self.sql' %}" }).problems[0]?.code).toBe('too-large');
  });
});

describe('for any template', () => {
  const fragment = fc.constantFrom(
    'select a, b from t ', "where c = 'x' ", '{{ ds }}', '{{ columns }}', "{{ ref('orders') }}", '{% if a %}', '{% elif b == 1 %}', '{% else %}', '{% endif %}',
    '{% for x in [1, 2] %}', '{% endfor %}', '{{ x }}', '{% set y = "z" %}', '{% set q %}', '{% endset %}', '{{ q }}', '{%- if c -%}', '{# note #}', '{% raw %}', '{% endraw %}',
    '{% macro m(p) %}', '{% endmacro %}', '{{ m(1) }}', "{{ other('a.b') }}", ' ', '\n', '{{', '}}', '{%', '%}', "'", '"', '--', '/*', '*/', '\ue000\ue002\ue001', '🙂', '$$',
  );

  test('copied text is the same letter by letter, and nothing is thrown', () => {
    fc.assert(fc.property(fc.array(fragment, { maxLength: 25 }), (parts) => {
      const { variants, problems } = render(parts.join(''));
      expect(variants.length + problems.length).toBeGreaterThan(0);
    }), { numRuns: 1_500 });
  });

  test('text without tags is its own variant', () => {
    fc.assert(
      fc.property(fc.string().filter((text) => text.trim() !== '' && !/\{[{%#]/.test(text)), (text) => {
        expect(render(text)).toEqual({ variants: [{ label: 'default', sql: text, map: [], assumptions: [] }], problems: [] });
      }),
    );
  });

  test('any expression is read or refused', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const { variants, problems } = render(`select {{ ${text} }}`);
      expect(variants.length + problems.length).toBeGreaterThan(0);
    }));
  });
});
