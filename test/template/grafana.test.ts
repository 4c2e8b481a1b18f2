import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { neutraliseGrafana, type GrafanaContext, type GrafanaVariable } from '../../src/template/grafana.js';
import { toSource, toSourceSpan } from '../../src/template/rewrite.js';

beforeAll(loadModule);

function variable(name: string, values: string[], options: Partial<GrafanaVariable> = {}): [string, GrafanaVariable] {
  return [name, { name, multi: false, values, current: values.slice(0, 1), allValue: null, ...options }];
}

const context: GrafanaContext = {
  timescale: false,
  variables: new Map([
    variable('team', [], { multi: true }),
    variable('officer', []),
    variable('schema', ['app', 'archive']),
    variable('env', ['eu', 'us']),
    variable('step', ['5m', '1h']),
    variable('limit', ['50', '100']),
    variable('state', ['OPEN', 'DONE'], { multi: true, current: ['$__all'] }),
    variable('column', ['opened_at', 'closed_at']),
    variable('statement', ['select 1 from app.task', 'select 2 from app.officer']),
    variable('a', ['x']),
    variable('b', ['y']),
  ]),
};

const FROM = "'2024-01-01T00:00:00Z'";
const TO = "'2024-01-02T00:00:00Z'";

function variantsOf(text: string, timescale = false): Record<string, string> {
  return Object.fromEntries(neutraliseGrafana(text, { ...context, timescale }).variants.map(({ label, sql }) => [label, sql]));
}

function defaultOf(text: string): string {
  return variantsOf(text)['default'] ?? '';
}

function problemsOf(text: string): string[] {
  return neutraliseGrafana(text, context).problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('macros', () => {
  test.each([
    ['$__time(opened_at)', 'opened_at AS "time"'],
    ['$__timeEpoch(opened_at)', 'extract(epoch from opened_at) as "time"'],
    ['$__timeFilter(c.opened_at)', `c.opened_at BETWEEN ${FROM} AND ${TO}`],
    ['$__timeFilter(to_timestamp(created))', `to_timestamp(created) BETWEEN ${FROM} AND ${TO}`],
    ['$__timeFrom()', FROM],
    ['$__timeTo', TO],
    ["$__timeGroup(opened_at, '5m', NULL)", 'floor(extract(epoch from opened_at)/300)*300'],
    ["$__timeGroupAlias(opened_at,'1h')", 'floor(extract(epoch from opened_at)/3600)*3600 AS "time"'],
    ["$__timeGroup(opened_at,'$step')", 'floor(extract(epoch from opened_at)/300)*300'],
    ['$__timeGroup(opened_at,$__interval)', 'floor(extract(epoch from opened_at)/60)*60'],
    ["$__timeGroup(opened_at,'500ms')", 'floor(extract(epoch from opened_at)/0.5)*0.5'],
    ['$__unixEpochFilter(e)', 'e >= 1704067200 AND e <= 1704153600'],
    ['$__unixEpochNanoFilter(e)', 'e >= 1704067200000000000 AND e <= 1704153600000000000'],
    ['$__unixEpochFrom()', '1704067200'],
    ["$__unixEpochGroup(e,'1m')", 'floor((e)/60)*60'],
    ["$__unixEpochGroupAlias(e,'1m')", 'floor((e)/60)*60 AS "time"'],
  ])('%s becomes %s', (macro, expected) => {
    expect(defaultOf(`select ${macro} from t`)).toBe(`select ${expected} from t`);
  });

  test('followed by a comma take the alias, as the engine does', () => {
    expect(defaultOf("select $__timeGroup(at,'1m'), 1")).toBe('select floor(extract(epoch from at)/60)*60 AS "time", 1');
  });

  test('use the buckets of TimescaleDB where the data source is set to', () => {
    expect(variantsOf("select $__timeGroupAlias(at,'5m') from t", true)['default']).toBe(`select time_bucket('300.000s',at) AS "time" from t`);
  });

  test('that are unknown keep their arguments', () => {
    expect(defaultOf('select 1 where $__within(c.opened_at, 3) and b')).toBe('select 1 where (c.opened_at) IS NOT NULL and b');
    expect(defaultOf('select $__round(c.fee, 2)')).toBe('select c.fee');
    expect(defaultOf('select 1 where $__conditionalAll(team in ($team), $team)')).toBe("select 1 where team in ('x')");
  });

  test('without their argument are a problem', () => {
    expect(problemsOf('select 1 where $__timeFilter()')).toEqual([
      'unsupported: $__timeFilter lacks its argument: Grafana refuses to run this query',
    ]);
  });

  test('in comments are left alone', () => {
    expect(defaultOf('select 1 -- $__timeFilter(x) $team\n')).toBe('select 1 -- $__timeFilter(x) $team\n');
  });

  test('map their arguments letter by letter and the rest to the macro', () => {
    const text = 'select 1 where $__timeFilter(c.opened_at)';
    const { sql, map } = neutraliseGrafana(text, context).variants[0] ?? { sql: '', map: [] };
    expect(toSource(map, sql.indexOf('c.opened_at'))).toBe(text.indexOf('c.opened_at'));
    expect(toSourceSpan(map, sql.indexOf('BETWEEN'))).toEqual({ start: text.indexOf('$__'), end: text.length });
  });

  test('lose no column that stands in an argument', () => {
    const names = ['__time', '__timeFilter', '__timeGroup', '__timeGroupAlias', '__unixEpochFilter', '__unixEpochGroup', '__timeEpoch', '__unheardOf', '__dateFilter'];
    const column = fc.constantFrom('opened_at', 'c.opened_at', 'to_timestamp(c.created)', '"Opened at"', 'coalesce(a, b)', "data->>'at'");
    const interval = fc.constantFrom("'5m'", "'$step'", '$__interval', '${step}');
    fc.assert(
      fc.property(fc.constantFrom(...names), column, interval, fc.constantFrom('select ', 'select 1 where '), (name, argument, step, before) => {
        expect(defaultOf(`${before}$${name}(${argument}, ${step})`)).toContain(argument);
      }),
    );
  });
});

describe('variables', () => {
  test.each([
    ['team in ($team)', "team in ('x')"],
    ['team in (${team:singlequote})', "team in ('x')"],
    ['team in $team', "team in ('x')"],
    ["officer = '$officer'", "officer = '1'"],
    ['officer = ${officer:sqlstring}', "officer = 'x'"],
    ['officer_id = $officer', 'officer_id = 1'],
    ["state in ($state)", "state in ('OPEN','DONE')"],
    ["state ~ '${state:pipe}'", "state ~ 'OPEN|DONE'"],
    ["state ~ '^${state:regex}$'", "state ~ '^(OPEN|DONE)$'"],
    ["state = any('${state:glob}')", "state = any('{OPEN,DONE}')"],
    ["state = '[[state]]'", "state = 'OPEN,DONE'"],
    ["at > now() - interval '$__interval'", "at > now() - interval '1m'"],
    ['at > to_timestamp($__from / 1000)', 'at > to_timestamp(1704067200000 / 1000)'],
    ["at > '${__from:date:iso}'", "at > '2024-01-01T00:00:00.000Z'"],
    ["at > '${__from:date:YYYY-MM-DD}'", "at > '2024-01-01'"],
    ['at > to_timestamp(${__to:date:seconds})', 'at > to_timestamp(1704153600)'],
    ["owner = '${__user.login}'", "owner = 'user'"],
    ["password = 'pa$word'", "password = 'pa$word'"],
    ["price ~ '^[0-9]+$'", "price ~ '^[0-9]+$'"],
  ])('%s becomes %s', (condition, expected) => {
    expect(defaultOf(`select 1 from t where ${condition}`)).toBe(`select 1 from t where ${expected}`);
  });

  test('that change the statement give one text for each known value', () => {
    expect(variantsOf('select 1 from $schema.case_file')).toEqual({
      default: 'select 1 from app.case_file',
      'schema=archive': 'select 1 from archive.case_file',
    });
    expect(variantsOf('select 1 from case_$env limit $limit')).toEqual({
      default: 'select 1 from case_eu limit 50',
      'env=us': 'select 1 from case_us limit 50',
    });
    expect(variantsOf('select max($column) from t')).toEqual({
      default: 'select max(opened_at) from t',
      'column=closed_at': 'select max(closed_at) from t',
    });
    expect(variantsOf('$statement')).toEqual({
      default: 'select 1 from app.task',
      'statement=select 2 from app.officer': 'select 2 from app.officer',
    });
  });

  test('vary one at a time, up to eight texts, and say how many are left', () => {
    const values = Array.from({ length: 12 }, (_, index) => `tenant_${index}`);
    const many = new Map([variable('tenant', values)]);
    const { variants, problems } = neutraliseGrafana('select 1 from $tenant.orders', { variables: many, timescale: false });
    expect(variants).toHaveLength(8);
    expect(problems).toEqual([{ code: 'dynamic-relation', message: '4 more values of its variables give other statements, which are not read' }]);
  });

  test('that name a relation nobody knows are a problem', () => {
    expect(problemsOf('select 1 from $officer.task')).toEqual(['dynamic-relation: $officer names a relation that only the running dashboard knows']);
    expect(problemsOf('select 1 from task_$officer')).toEqual(['dynamic-relation: $officer names a relation that only the running dashboard knows']);
    expect(defaultOf('select 1 from $officer.task')).toBe('select 1 from tpl_officer.task');
  });

  test('that are the whole query and unknown leave nothing to read', () => {
    expect(neutraliseGrafana(' $officer ', context)).toEqual({
      variants: [],
      problems: [{ code: 'unsupported', message: 'the whole query is the variable $officer, whose values are not in the export' }],
    });
  });

  test('that the dashboard does not define are a problem', () => {
    expect(problemsOf('select 1 where a = $elsewhere')).toEqual(['missing-reference: $elsewhere is no variable of this dashboard']);
  });

  test('side by side are not a dollar quote, and a dollar quote is no variable', () => {
    expect(defaultOf("select '$a$b', $a$b from t")).toBe("select 'xy', xy from t");
    expect(defaultOf('select $$it is $team now$$, $q$ $officer $q$')).toBe('select $$it is 1 now$$, $q$ 1 $q$');
  });
});

test('texts beyond the limit are refused', () => {
  expect(neutraliseGrafana('x'.repeat(1_000_001), context).problems).toEqual([
    { code: 'too-large', message: 'the SQL text has 1000001 characters, more than the 1000000 that are read' },
  ]);
});

test('templates never run code, whatever a variable or macro is called', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const { variants } = neutraliseGrafana(`select \${${name}} , $${name} , $__${name}(x) from t`, context);
    expect(variants[0]?.sql).toBe('select 1 , 1 , x from t');
  }
});

test('any text is rendered with maps that lead back into it', () => {
  const pieces = fc.constantFrom('$team', '${schema}', '$__timeFilter(', "$__timeGroup(a,'$step')", '[[state]]', '$$', '$', '{', '}', '(', ')', ',', "'", '"', '--', '\n', '/*', '*/', ' from ', ' where ', ' and ', 'a', '.');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')), (text) => {
      for (const { sql, map } of neutraliseGrafana(text, context).variants) {
        for (const { out, src, length, srcEnd, copy } of map) {
          expect(srcEnd).toBeLessThanOrEqual(text.length);
          if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
        }
      }
    }),
  );
});

test('a megabyte of macros is rendered in linear time, however they nest', () => {
  expect(neutraliseGrafana('$__timeFilter(a) and '.repeat(30_000), context).variants).toHaveLength(1);
  expect(neutraliseGrafana('$__timeFilter('.repeat(70_000), context).variants).toHaveLength(1);
  expect(problemsOf('$__timeFilter('.repeat(5_000) + ')'.repeat(5_000))).toContain('unsupported: macros nest deeper than 100');
  expect(neutraliseGrafana('${a:'.repeat(200_000), context).variants).toHaveLength(1);
  expect(neutraliseGrafana('$a '.repeat(300_000), context).variants).toHaveLength(1);
});

test('macros that write their argument twice, and long lists, do not grow without end', () => {
  const nested = neutraliseGrafana(`select ${'$__unixEpochFilter('.repeat(90)}e${')'.repeat(90)}`, context);
  expect([nested.variants, nested.problems.map(({ code }) => code)]).toEqual([[], ['too-large']]);
  const values = Array.from({ length: 20_000 }, (_, index) => `tenant_${index}`);
  const many = new Map([variable('all', values, { multi: true, current: ['$__all'] })]);
  const listed = neutraliseGrafana('select 1 where a in ($all) '.repeat(30_000), { variables: many, timescale: false });
  expect([listed.variants, listed.problems.map(({ code }) => code)]).toEqual([[], ['too-large']]);
});

test('what Grafana could run is SQL for PostgreSQL afterwards', () => {
  const queries = [
    "select $__timeGroupAlias(opened_at,'5m'), count(*) as n from $schema.case_file where $__timeFilter(opened_at) and team in ($team) group by 1 order by 1",
    "select $__time(at), value from metric where metric = '$officer' and at between $__timeFrom() and $__timeTo()",
    "select date_bin('$step', at, now()) from t where x = $officer limit $limit",
    "with w as (select * from case_${env} where $__unixEpochFilter(e)) select $__unixEpochGroup(e, '$__interval') from w group by 1",
  ];
  for (const { sql } of queries.flatMap((query) => neutraliseGrafana(query, context).variants)) expect(() => parseSync(sql), sql).not.toThrow();
});
