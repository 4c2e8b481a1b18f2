import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsOf, type Facts } from '../../src/rules/facts.js';
import { fill, fillFirst, fillLines, parseTemplate, TemplateError } from '../../src/rules/message.js';

const groups = groupsOf('reading');
const roleGroups = groupsOf('role');

const facts: Facts = {
  consumer: { name: 'metabase card 118 Open cases', role: 'metabase_ro', public: true, owner: '' },
  store: { name: 'production' },
  statement: { reasons: ['aggregates', 'no key'], head: 'SELECT 1' },
  cost: { calls: 1, rows_per_call: 4100, mean_ms: 840, bytes_per_call: 96_000_000, block_share: 0.384, total_ms: Number.NaN, temp_bytes: 0 },
  relation: { name: 'app.case_file', contracts: ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8'], columns_used: [], size_bytes: Number.NaN },
};

const written = (template: string) => fill(parseTemplate(template, groups), facts).text;

describe('holes', () => {
  test.each([
    ['{consumer.name} takes {cost.block_share} of {store.name}', 'metabase card 118 Open cases takes 38 % of production'],
    ['{cost.mean_ms}, {cost.bytes_per_call}, {cost.rows_per_call}', '840 ms, 92 MiB, 4,100'],
    ['{cost.calls:call/calls} of {cost.rows_per_call:row/rows}', '1 call of 4,100 rows'],
    ['because {statement.reasons}', 'because aggregates, no key'],
    ['{relation.contracts}', 'v1, v2, v3, v4, v5 and 3 more'],
    ['public: {consumer.public}', 'public: yes'],
    ['owner {consumer.owner|nobody known}', 'owner nobody known'],
    ['{cost.temp_bytes|no temporary files}', 'no temporary files'],
    ['{cost.total_ms|an unknown time}', 'an unknown time'],
    ['{cost.total_ms} and {consumer.owner}', 'unknown and unknown'],
    ['a set {{1, 2}}', 'a set {1, 2}'],
    ['two\n   lines', 'two lines'],
  ])('%j', (template, expected) => {
    expect(written(template)).toBe(expected);
  });

  test('of several wordings the first that can be filled is used, else the last', () => {
    const wordings = ['{cost.total_ms} in all', '{cost.mean_ms} a call', '{store.name}'].map((text) => parseTemplate(text, groups));
    expect(fillFirst(wordings, facts)).toBe('840 ms a call');
    expect(fillFirst(wordings.slice(0, 1), facts)).toBe('unknown in all');
  });

  test('evidence with a hole that cannot be filled is dropped, and a lone list gives a line for each entry', () => {
    const lines = ['{cost.total_ms} in all', 'uses {relation.columns_used}', '{statement.reasons}', '{relation.contracts}', '{cost.calls:call/calls}'];
    expect(fillLines(lines.map((text) => parseTemplate(text, groups)), facts)).toEqual([
      'aggregates',
      'no key',
      'v1',
      'v2',
      'v3',
      'v4',
      'v5',
      'and 3 more',
      '1 call',
    ]);
  });
});

describe('SQL in holes', () => {
  const sql = (template: string, role: Facts[string]) => fill(parseTemplate(template, roleGroups), { role, store: { name: 'production' } }).text;

  test('names are quoted where they must be', () => {
    const template = "ALTER ROLE {role.name:identifier} SET statement_timeout = '30s';";
    expect(sql(template, { name: 'metabase_ro' })).toBe("ALTER ROLE metabase_ro SET statement_timeout = '30s';");
    expect(sql(template, { name: 'j.keller' })).toBe(`ALTER ROLE "j.keller" SET statement_timeout = '30s';`);
    expect(sql(template, { name: 'Reporting-RO' })).toBe(`ALTER ROLE "Reporting-RO" SET statement_timeout = '30s';`);
  });

  test('relations are quoted part by part, and a long list stays SQL', () => {
    expect(sql('{role.may_write:relation}', { may_write: ['app.task', 'shop.order', 'Shop.Orders'] })).toBe(
      'app.task, shop."order", "Shop"."Orders"',
    );
    const many = Array.from({ length: 60 }, (_, index) => `app.t${index}`);
    expect(sql('{role.may_write:relation}', { may_write: many })).toMatch(/^app\.t0, .*app\.t39 \/\* and 20 more \*\/$/);
  });

  test('a constant cannot end itself', () => {
    expect(sql('usename = {role.name:literal}', { name: "o'hara'; DROP TABLE app.task; --" })).toBe(
      "usename = 'o''hara''; DROP TABLE app.task; --'",
    );
  });
});

test('no text from outside brings a control or invisible character into a message', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom('\u001b[2J', '\u001b]0;owned\u0007', '\u009b31m', '\r\n', '\u202e', '\u200b', '\u0000', '\ud800', 'case', ' '), { maxLength: 20 }).map((parts) => parts.join('')),
  );
  const templates = [
    '{consumer.name} reads {relation.name} because {statement.reasons}',
    '{consumer.owner|nobody}',
    'REVOKE SELECT ON {relation.name:relation} FROM {consumer.role:identifier}; {consumer.title:literal}',
  ].map((text) => parseTemplate(text, groups));
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 9 }), (text, list) => {
      const values = {
        consumer: { name: text, owner: text, role: text, title: text },
        relation: { name: text },
        statement: { reasons: list },
      };
      const all = [...templates.map((template) => fill(template, values).text), ...fillLines([parseTemplate('{statement.reasons}', groups)], values)];
      for (const message of all) expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
    }),
    { numRuns: 500 },
  );
});

test('a megabyte of title becomes a line', () => {
  const long = fill(parseTemplate('{consumer.name} reads {relation.name}', groups), {
    consumer: { name: 'Open cases '.repeat(100_000) },
    relation: { name: 'app.case_file' },
  });
  expect(long.text.length).toBeLessThanOrEqual(160 + ' reads app.case_file'.length);
  expect(long.text).toMatch(/^Open cases Open .*… reads app\.case_file$/);
});

describe('templates that are refused', () => {
  const refusal = (source: string) => {
    try {
      parseTemplate(source, groups);
    } catch (error) {
      if (error instanceof TemplateError) return `${error.message}\n${source}\n${' '.repeat(error.start)}${'^'.repeat(error.end - error.start)}`;
      throw error;
    }
    return 'not refused';
  };

  test('a fact that is misspelt', () => {
    expect(refusal('{relation.nmae} is read')).toMatchInlineSnapshot(`
      "unknown fact 'relation.nmae'; did you mean 'name'?
      {relation.nmae} is read
                ^^^^"
    `);
  });
  test('a group that is misspelt', () => {
    expect(refusal('read by {consumers.name}')).toMatchInlineSnapshot(`
      "unknown group of facts 'consumers'; did you mean 'consumer'?
      read by {consumers.name}
               ^^^^^^^^^"
    `);
  });
  test('a group alone', () => {
    expect(refusal('{consumer}')).toMatchInlineSnapshot(`
      "a hole names one fact: {group.field}, {group.field|otherwise} or {group.field:call/calls}
      {consumer}
       ^^^^^^^^"
    `);
  });
  test('a hole that is not closed', () => {
    expect(refusal('read by {consumer.name')).toMatchInlineSnapshot(`
      "this hole is not closed; write {{ for a brace
      read by {consumer.name
              ^"
    `);
  });
  test('a brace alone', () => {
    expect(refusal('a } alone')).toMatchInlineSnapshot(`
      "this brace closes nothing; write }} for a brace
      a } alone
        ^"
    `);
  });
  test('a number as a name', () => {
    expect(refusal('{cost.calls:identifier}')).toMatchInlineSnapshot(`
      ":identifier is for texts and lists, and cost.calls is a number
      {cost.calls:identifier}
       ^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a form that does not exist', () => {
    expect(refusal('{relation.name:quoted}')).toMatchInlineSnapshot(`
      "a hole is written :identifier, :relation, :literal or with a noun as :call/calls, not :quoted
      {relation.name:quoted}
       ^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a noun beside a unit', () => {
    expect(refusal('{cost.mean_ms:millisecond/milliseconds}')).toMatchInlineSnapshot(`
      "a noun goes with a plain number, and cost.mean_ms is a number in ms
      {cost.mean_ms:millisecond/milliseconds}
       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('an expression', () => {
    expect(refusal('{cost.calls + 1}')).toMatchInlineSnapshot(`
      "a hole names one fact: {group.field}, {group.field|otherwise} or {group.field:call/calls}
      {cost.calls + 1}
       ^^^^^^^^^^^^^^"
    `);
  });
});
