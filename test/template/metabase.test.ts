import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { neutraliseMetabase, type MetabaseTag } from '../../src/template/metabase.js';
import { toSource } from '../../src/template/rewrite.js';

beforeAll(loadModule);

const OPENED = '"app"."case_file"."opened_at"';

const tags: Record<string, MetabaseTag> = {
  team: { kind: 'value', type: 'text', defaults: [] },
  office: { kind: 'value', type: 'text', defaults: ["St John's", 'Bonn'] },
  fee: { kind: 'value', type: 'number', defaults: [] },
  rows: { kind: 'value', type: 'number', defaults: ['200'] },
  day: { kind: 'value', type: 'date', defaults: [] },
  urgent: { kind: 'value', type: 'boolean', defaults: [] },
  opened: { kind: 'field-filter', column: OPENED, type: 'timestamp', widget: 'date/all-options', defaults: [] },
  status: { kind: 'field-filter', column: 'c.status', type: 'text', widget: 'string/=', defaults: ['OPEN'] },
  unmapped: { kind: 'field-filter', column: null, type: 'unknown', widget: 'category', defaults: [] },
  bucket: { kind: 'temporal-unit', sql: `DATE_TRUNC('month', ${OPENED})`, defaults: [] },
  '#118-open-cases': { kind: 'card', id: '118', sql: 'select id from app.case_file where closed_at is null -- open\n;' },
  '#404': { kind: 'card', id: '404', sql: null },
  'snippet: recent': { kind: 'snippet', content: 'c.fee > {{fee}} [[and c.team = {{team}}]]' },
  'snippet: gone': { kind: 'snippet', content: null },
  'snippet: endless': { kind: 'snippet', content: '{{snippet: endless}} and {{snippet: endless}}' },
  case_table: { kind: 'table', relation: '"app"."case_file"' },
};

function resolve(name: string): MetabaseTag {
  return tags[name] ?? { kind: 'undefined' };
}

function variantsOf(text: string): Record<string, string> {
  return Object.fromEntries(neutraliseMetabase(text, resolve).variants.map(({ label, sql }) => [label, sql]));
}

function problemsOf(text: string): string[] {
  return neutraliseMetabase(text, resolve).problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('optional clauses', () => {
  test('fall away by default and stay in the maximal text', () => {
    expect(variantsOf('select * from app.case_file c where 1=1 [[and c.team = {{team}}]] [[and {{opened}}]]')).toEqual({
      default: 'select * from app.case_file c where 1=1  ',
      maximal:
        "select * from app.case_file c where 1=1   and c.team = 'x'     and " +
        `${OPENED} >= TIMESTAMP '2024-01-01 00:00:00' AND ${OPENED} < TIMESTAMP '2024-01-02 00:00:00'  `,
      'with team': "select * from app.case_file c where 1=1   and c.team = 'x'   ",
      'with opened': `select * from app.case_file c where 1=1    and ${OPENED} >= TIMESTAMP '2024-01-01 00:00:00' AND ${OPENED} < TIMESTAMP '2024-01-02 00:00:00'  `,
    });
  });

  test('are set in all ways while these are few, else one at a time and all but one', () => {
    const labels = (names: string[]): string[] => Object.keys(variantsOf(`select 1 from app.case_file c where true ${names.map((name) => `[[and c.${name} = {{${name}}}]]`).join(' ')}`));
    expect(labels(['team', 'fee', 'day'])).toEqual([
      'default', 'maximal', 'with team', 'with fee', 'with day', 'with team and fee', 'with team and day', 'with fee and day',
    ]);
    expect(labels(['team', 'fee', 'day', 'urgent'])).toEqual([
      'default', 'maximal', 'with team', 'with fee', 'with day', 'with urgent', 'with fee and day and urgent', 'with team and day and urgent',
    ]);
    expect(labels(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])).toHaveLength(8);
  });

  test('that share a parameter come and go together', () => {
    const text = 'select 1 from app.case_file c where true [[and c.team = {{team}}]] [[and c.fee > {{fee}} and c.team <> {{team}}]]';
    expect(variantsOf(text)).toEqual({
      default: 'select 1 from app.case_file c where true  ',
      maximal: "select 1 from app.case_file c where true   and c.team = 'x'     and c.fee > 1 and c.team <> 'x'  ",
      'with team': "select 1 from app.case_file c where true   and c.team = 'x'   ",
    });
  });

  test('with a stored value stay by default, each decided for itself', () => {
    expect(variantsOf('select 1 where true [[and {{status}} [[and c.fee > {{fee}}]]]]')['default']).toBe(
      "select 1 where true   and (c.status = 'OPEN')   ",
    );
  });

  test('reach over lines, and know no comments', () => {
    expect(variantsOf('select 1 where true\n[[ and c.fee > {{fee}}\n  -- {{team}}\n]]')['maximal']).toContain('c.fee > 1');
  });

  test('keep the place of every character', () => {
    const text = 'select 1 [[where c.team = {{team}}]] order by c.reference';
    const maximal = neutraliseMetabase(text, resolve).variants[1];
    const at = maximal?.sql.indexOf('c.reference') ?? -1;
    expect(toSource(maximal?.map ?? [], at)).toBe(text.indexOf('c.reference'));
    expect(toSource(maximal?.map ?? [], maximal?.sql.indexOf("'x'") ?? -1)).toBe(text.indexOf('{{team}}'));
  });
});

describe('parameters', () => {
  test.each([
    ['a = {{team}}', "a = 'x'"],
    ['a in ({{team}})', "a in ('x')"],
    ['a in {{team}}', "a in ('x')"],
    ['a = {{office}}', "a = 'St John''s', 'Bonn'"],
    ['a = {{fee}}', 'a = 1'],
    ['a >= {{day}}', "a >= DATE '2024-01-01'"],
    ['{{urgent}}', 'TRUE'],
    ["a like '%{{team}}%'", "a like '%x%'"],
    ['a = {{ team }}', "a = 'x'"],
    ['a = {{{team}}}', "a = {'x'}"],
    ['a = {{nowhere}}', "a = 'x'"],
  ])('%s becomes %s', (condition, expected) => {
    expect(variantsOf(`select 1 where ${condition}`)['default']).toBe(`select 1 where ${expected}`);
  });

  test('have their stored value where a number is due', () => {
    expect(variantsOf('select 1 limit {{rows}}')).toEqual({ default: 'select 1 limit 200' });
  });

  test('in comments are text', () => {
    expect(variantsOf('select 1 -- {{team}} [[x]]\n/* {{day}} */')).toEqual({ default: 'select 1 -- {{team}} [[x]]\n/* {{day}} */' });
  });

  test('say in words what was put in their place', () => {
    expect(neutraliseMetabase('select {{fee}} where {{opened}}', resolve).variants.map(({ assumptions }) => assumptions)).toEqual([
      ['{{fee}} is 1', 'the field filter {{opened}} is empty'],
      ['{{fee}} is 1', 'the field filter {{opened}} is set'],
    ]);
  });
});

describe('field filters', () => {
  function filter(type: MetabaseTag extends infer T ? (T extends { kind: 'field-filter'; type: infer V } ? V : never) : never, widget: string, defaults: string[]) {
    const tag: MetabaseTag = { kind: 'field-filter', column: 'c.x', type, widget, defaults };
    return neutraliseMetabase('select 1 [[where {{f}}]]', () => tag).variants.at(-1)?.sql.replace('select 1   where ', '').trim();
  }

  test('are the predicates that Metabase writes for their widget', () => {
    expect(filter('text', 'category', ['A', 'B'])).toBe("c.x IN ('A', 'B')");
    expect(filter('text', 'string/=', ['A', 'B'])).toBe("((c.x = 'A') OR (c.x = 'B'))");
    expect(filter('text', 'string/!=', ['A'])).toBe("(((c.x <> 'A') OR (c.x IS NULL)))");
    expect(filter('text', 'string/contains', ["d'or"])).toBe("(c.x LIKE '%d''or%')");
    expect(filter('text', 'string/does-not-contain', [])).toBe("(NOT (c.x LIKE '%x%') OR (c.x IS NULL))");
    expect(filter('number', 'number/between', ['1', '9'])).toBe('(c.x BETWEEN 1 AND 9)');
    expect(filter('number', 'number/>=', ['past30days'])).toBe('(c.x >= 1)');
    expect(filter('date', 'date/range', [])).toBe("c.x BETWEEN DATE '2024-01-01' AND DATE '2024-01-02'");
    expect(filter('date', 'date/single', [])).toBe("c.x = DATE '2024-01-01'");
    expect(filter('timestamp', 'date/relative', ['past30days'])).toBe(
      "c.x >= TIMESTAMP '2024-01-01 00:00:00' AND c.x < TIMESTAMP '2024-01-02 00:00:00'",
    );
  });

  test('without a value are true outside of an optional clause', () => {
    expect(variantsOf('select 1 where {{opened}}')['default']).toBe('select 1 where 1 = 1');
  });

  test('whose field is unknown are a problem, not a guess', () => {
    expect(problemsOf('select 1 where {{unmapped}}')).toEqual([
      'missing-reference: the field that the filter {{unmapped}} is mapped to is not in the export; add the metadata of its database',
    ]);
  });
});

describe('references', () => {
  test('to a card become its SQL in parentheses, safe behind its comment', () => {
    const { default: sql } = variantsOf('select count(*) from {{#118-open-cases}} c');
    expect(sql).toBe('select count(*) from (select id from app.case_file where closed_at is null -- open\n) c');
    expect(() => parseSync(sql ?? '')).not.toThrow();
  });

  test('to a snippet become its text, with its own parameters and optional clauses', () => {
    expect(variantsOf('select 1 from app.case_file c where {{snippet: recent}}')).toEqual({
      default: 'select 1 from app.case_file c where c.fee > 1 ',
      maximal: "select 1 from app.case_file c where c.fee > 1   and c.team = 'x'  ",
    });
  });

  test('to a table and a time unit become their SQL', () => {
    expect(variantsOf('select {{bucket}} from {{case_table}}')['default']).toBe(
      `select DATE_TRUNC('month', ${OPENED}) from "app"."case_file"`,
    );
  });

  test('to what the export lacks are problems that name it', () => {
    expect(problemsOf('select * from {{#404}} where {{snippet: gone}}')).toEqual([
      'missing-reference: card 404 could not be put in for {{#404}}',
      'missing-reference: the snippet of {{snippet: gone}} is not in the export',
    ]);
  });

  test('that include themselves end in a problem', () => {
    expect(problemsOf('select 1 where {{snippet: endless}}')).toEqual(['cyclic-reference: the snippet of {{snippet: endless}} includes itself']);
  });
});

describe('texts that Metabase refuses', () => {
  test('are read as far as they go, with a problem', () => {
    expect(problemsOf('select {{team')).toEqual(['unbalanced-template: a {{ has no }}: Metabase refuses to run this question']);
    expect(problemsOf('select 1 [[where {{urgent}}')).toEqual(['unbalanced-template: a [[ has no ]]: Metabase refuses to run this question']);
    expect(problemsOf('select array[[1,2],[3,4]]')).toEqual([
      'unbalanced-template: a [[ ]] holds no parameter: Metabase refuses to run this question',
    ]);
    expect(variantsOf('select 1 [[where {{urgent}}')['default']).toBe('select 1 where TRUE');
  });

  test('include those beyond the limits', () => {
    expect(neutraliseMetabase('x'.repeat(1_000_001), resolve)).toEqual({
      variants: [],
      problems: [{ code: 'too-large', message: 'the SQL text has 1000001 characters, more than the 1000000 that are read' }],
    });
    expect(problemsOf(`select 1 ${'[['.repeat(200)}{{team}}${']]'.repeat(200)}`)).toContain('unsupported: optional clauses nest deeper than 100');
  });
});

test('any text is rendered with maps that lead back into it', () => {
  const pieces = fc.constantFrom('[[', ']]', '{{', '}}', '{{team}}', '{{opened}}', '{{snippet: recent}}', '{{#118-open-cases}}', "'", '"', '--', '\n', '/*', '*/', ' and ', ' where ', 'a', '(', ')', '{');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')), (text) => {
      for (const { sql, map } of neutraliseMetabase(text, resolve).variants) {
        for (const { out, src, length, srcEnd, copy } of map) {
          expect(srcEnd).toBeLessThanOrEqual(text.length);
          if (copy) expect(sql.slice(out, out + length)).toBe(text.slice(src, srcEnd));
        }
      }
    }),
  );
});

test('a megabyte of markers is rendered in linear time', () => {
  expect(neutraliseMetabase('{{team}} '.repeat(100_000), resolve).variants).toHaveLength(1);
  expect(neutraliseMetabase('[[{{team}}]]'.repeat(80_000), resolve).variants).toHaveLength(2);
  expect(neutraliseMetabase('{{'.repeat(400_000), resolve).problems).toHaveLength(1);
});
