import { describe, expect, test } from 'vitest';
import { compileRule } from '../../src/rules/compile.js';
import { testRules, type ExampleOptions } from '../../src/rules/examples.js';
import { listFacts } from '../../src/rules/facts.js';
import { findRule, rulePage } from '../../src/rules/page.js';
import { formatProblem } from '../../src/rules/problem.js';
import type { Rule } from '../../src/rules/rule.js';

const text = `id: worklist-read-by-reports
title: A report reads the worklist
level: warning
area: coupling
subject: reading
match: >
  consumer.kind == "card"
  && (relation.readers > 2 || statement.selects_star)
  && relation.zone == "read_model"
message: "{consumer.name} reads {relation.name}"
why: >
  The worklist belongs
  to one screen.
fix: "REVOKE SELECT ON {relation.name:relation} FROM {consumer.role:identifier};"
clause: Part 066 §22 read model and mart
aliases: [worklist-used]
examples:
  given:
    consumer: { kind: card, role: metabase_ro }
    relation: { name: read_model.case_worklist_item, zone: read_model }
  bad:
    - name: four cards
      facts:
        relation: { readers: 4 }
    - name: a star
      sql: SELECT * FROM read_model.case_worklist_item
  good:
    - name: two cards
      facts:
        relation: { readers: 2 }
    - name: nobody counted the cards
`;

function ruleOf(source: string): Rule {
  const { rule, problems } = compileRule(source, 'rules/worklist-read-by-reports.yaml');
  if (rule === null) throw new Error(problems.map(formatProblem).join('\n'));
  return rule;
}

const run = (source: string, options: ExampleOptions = {}) => testRules([ruleOf(source)], options);

test('tells of each example whether it does what it should', async () => {
  const results = await run(text, { statementFacts: (sql) => ({ selects_star: sql.includes('*') }) });
  expect(results.map(({ kind, name, line, outcome, finding }) => [kind, name, line, outcome, finding?.message ?? null])).toEqual([
    ['bad', 'four cards', 22, 'passed', 'metabase card 118 Open cases reads read_model.case_worklist_item'],
    ['bad', 'a star', 25, 'passed', 'metabase card 118 Open cases reads read_model.case_worklist_item'],
    ['good', 'two cards', 28, 'passed', null],
    ['good', 'nobody counted the cards', 31, 'passed', null],
  ]);
});

describe('what is said of an example that fails', () => {
  const messages = async (source: string, options?: ExampleOptions) =>
    (await run(source, options)).flatMap(({ outcome, message }) => (outcome === 'passed' ? [] : [message])).join('\n');

  test('a bad one that is not found', async () => {
    const changed = text.replace('readers: 4', 'readers: 2, zone: mart');
    expect(await messages(changed, { statementFacts: () => ({ selects_star: true }) })).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:22:13 worklist-read-by-reports: the bad example 'four cards' is not found
        fails    relation.readers > 2 || statement.selects_star
                   relation.readers = 2
                   statement.selects_star = false
        fails    relation.zone == "read_model"
                   relation.zone = "mart""
    `);
  });

  test('a bad one that cannot be decided', async () => {
    const changed = text.replace('readers: 4', 'readers: null');
    expect(await messages(changed, { statementFacts: () => ({ selects_star: true }) })).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:22:13 worklist-read-by-reports: the bad example 'four cards' is not found
        unknown  relation.readers > 2 || statement.selects_star
                   relation.readers = unknown
                   statement.selects_star = false"
    `);
  });

  test('a good one that is found', async () => {
    const changed = text.replace('readers: 2', 'readers: 3');
    expect(await messages(changed, { statementFacts: () => ({ selects_star: true }) })).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:28:13 worklist-read-by-reports: the good example 'two cards' is found: metabase card 118 Open cases reads read_model.case_worklist_item
        holds    consumer.kind == "card"
                   consumer.kind = "card"
        holds    relation.readers > 2 || statement.selects_star
                   relation.readers = 3
                   statement.selects_star = false
        holds    relation.zone == "read_model"
                   relation.zone = "read_model""
    `);
  });

  test('SQL, where nothing reads SQL', async () => {
    expect(await messages(text)).toMatchInlineSnapshot(`"rules/worklist-read-by-reports.yaml:25:13 worklist-read-by-reports: the bad example 'a star' is written in SQL, and nothing here reads SQL"`);
  });

  test('SQL that cannot be read', async () => {
    const statementFacts = () => {
      throw new Error('syntax error at or near "FORM"');
    };
    expect(await messages(text, { statementFacts })).toMatchInlineSnapshot(`"rules/worklist-read-by-reports.yaml:25:13 worklist-read-by-reports: the bad example 'a star' cannot be run: syntax error at or near "FORM""`);
  });
});

test('a page has everything that a rule says, and the facts it reads', () => {
  const { examples, ...page } = rulePage(ruleOf(text));
  expect(page).toMatchInlineSnapshot(`
    {
      "aliases": [
        "worklist-used",
      ],
      "area": "coupling",
      "clause": "Part 066 §22 read model and mart",
      "evidence": [],
      "facts": [
        {
          "doc": "an outermost * over a relation",
          "path": "statement.selects_star",
          "type": "bool",
          "unit": null,
        },
        {
          "doc": "card (found in a dashboard source), code (found in the code of an application) or role (only seen in the statistics)",
          "path": "consumer.kind",
          "type": "string",
          "unit": null,
        },
        {
          "doc": "internal, contract, read_model, raw, mart, semantic, secure, control or unknown",
          "path": "relation.zone",
          "type": "string",
          "unit": null,
        },
        {
          "doc": "how many dashboard consumers read this relation directly",
          "path": "relation.readers",
          "type": "number",
          "unit": null,
        },
      ],
      "file": "rules/worklist-read-by-reports.yaml",
      "fix": [
        "REVOKE SELECT ON {relation.name:relation} FROM {consumer.role:identifier};",
      ],
      "id": "worklist-read-by-reports",
      "level": "warning",
      "match": "consumer.kind == "card" && (relation.readers > 2 || statement.selects_star) && relation.zone == "read_model"",
      "message": [
        "{consumer.name} reads {relation.name}",
      ],
      "subject": "reading",
      "title": "A report reads the worklist",
      "why": "The worklist belongs to one screen.",
    }
  `);
  expect(examples.map(({ kind, name, sql }) => [kind, name, sql])).toEqual([
    ['bad', 'four cards', null],
    ['bad', 'a star', 'SELECT * FROM read_model.case_worklist_item'],
    ['good', 'two cards', null],
    ['good', 'nobody counted the cards', null],
  ]);
  expect(examples[0]?.facts['relation']).toEqual({ name: 'read_model.case_worklist_item', zone: 'read_model', readers: 4 });
});

test('a rule is found by its id and by a former one', () => {
  const rules = [ruleOf(text)];
  expect(findRule(rules, 'worklist-read-by-reports')).toBe(rules[0]);
  expect(findRule(rules, 'worklist-used')).toBe(rules[0]);
  expect(findRule(rules, 'worklist')).toBeUndefined();
});

test('the facts of a subject are listed with type, unit and meaning', () => {
  expect(listFacts('store')).toContainEqual({
    path: 'store.analytical_block_share',
    type: 'number',
    unit: 'share',
    doc: 'part of all blocks touched by analytical statements',
  });
  expect(listFacts('role').map(({ path }) => path)).toContain('threshold.statement_timeout_seconds_max');
});
