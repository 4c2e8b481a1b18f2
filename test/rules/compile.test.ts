import { describe, expect, test } from 'vitest';
import { compileRule } from '../../src/rules/compile.js';
import { formatProblem } from '../../src/rules/problem.js';

/** A rule that is in order; each test breaks it in one place. */
const sound = `id: worklist-read-by-reports
title: A report reads the worklist
level: warning
area: coupling
subject: reading
match: >
  consumer.kind == "card"
  && relation.name == "read_model.case_worklist_item"
  && relation.readers > 2
message: "{consumer.name} reads {relation.name}"
evidence:
  - "{relation.readers:reader/readers}"
why: The worklist belongs to one screen.
fix: Read the mart.
clause: Part 066 §22 read model and mart
weight: relation.readers
examples:
  given:
    consumer: { kind: card }
  bad:
    - name: four cards
      facts:
        relation: { name: read_model.case_worklist_item, readers: 4 }
  good:
    - name: one card
      facts:
        relation: { name: read_model.case_worklist_item, readers: 1 }
`;

/** The rule with one part changed, and what is said about it. */
function said(from: string, to: string): string {
  if (!sound.includes(from)) throw new Error(`the rule has no ${from}`);
  return refusal(sound.replace(from, to));
}

function refusal(text: string): string {
  const { rule, problems } = compileRule(text, 'rules/worklist-read-by-reports.yaml');
  return rule === null ? problems.map(formatProblem).join('\n') : 'not refused';
}

test('the rule that the tests break is in order', () => {
  expect(refusal(sound)).toBe('not refused');
});

describe('the form of the file', () => {
  test('an unknown key', () => {
    expect(said('clause:', 'claus:')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:1:1 the key 'clause' is missing
      rules/worklist-read-by-reports.yaml:15:1 unknown key 'claus'; did you mean 'clause'?
        15 | claus: Part 066 §22 read model and mart
           | ^^^^^"
    `);
  });
  test('an unknown key in an example', () => {
    expect(said('      facts:\n        relation: { name: read_model.case_worklist_item, readers: 4 }', '      fact:\n        relation: { readers: 4 }')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:22:7 unknown key 'fact'; did you mean 'facts'?
        22 |       fact:
           |       ^^^^"
    `);
  });
  test('a level that does not exist', () => {
    expect(said('level: warning', 'level: warn')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:3:8 level: must be one of error, warning, note
         3 | level: warn
           |        ^^^^"
    `);
  });
  test('a subject that does not exist', () => {
    expect(said('subject: reading', 'subject: statement')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:5:10 subject: must be one of access, reading, exposure, card, role, column, metric, store, session, index, growth, movement, declaration, grouping, contract, publication, migration, suppression, classified, design, official, restatement, history, correction, pipeline, product, flow, asset; did you mean 'restatement'?
         5 | subject: statement
           |          ^^^^^^^^^"
    `);
  });
  test('a missing key', () => {
    expect(said('fix: Read the mart.\n', '')).toMatchInlineSnapshot(`"rules/worklist-read-by-reports.yaml:1:1 the key 'fix' is missing"`);
  });
  test('a key without a value', () => {
    expect(said('why: The worklist belongs to one screen.', 'why:')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:13:5 why: must be a text
        13 | why:
           |     ^"
    `);
  });
  test('an id in capitals', () => {
    expect(said('id: worklist-read-by-reports', 'id: Worklist_Read')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:1:5 id: an id is made of lower-case words joined by hyphens
         1 | id: Worklist_Read
           |     ^^^^^^^^^^^^^"
    `);
  });
  test('no good example', () => {
    expect(said('  good:\n    - name: one card\n      facts:\n        relation: { name: read_model.case_worklist_item, readers: 1 }\n', '  good: []\n')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:24:9 examples.good: needs at least one example
        24 |   good: []
           |         ^^"
    `);
  });
  test('a weight above one', () => {
    expect(said('weight: relation.readers', 'weight: 7')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:16:9 weight: must be a number from 0 to 1 or the name of a fact, group.field
        16 | weight: 7
           |         ^"
    `);
  });
  test('a list instead of a rule', () => {
    expect(refusal('- id: one\n- id: two\n')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:1:1 a rule must be a mapping of keys
         1 | - id: one
           | ^^^^^^^^^"
    `);
  });
  test('an empty file', () => {
    expect(refusal('')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:1:1 a rule must be a mapping of keys
         1 | 
           | ^"
    `);
  });
  test('a file that is no YAML', () => {
    expect(said('title: A report reads the worklist', 'title: "A report')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:2:17 is not YAML: missing closing "quote
         2 | title: "A report
           |                 ^"
    `);
  });
  test('a key that stands twice', () => {
    expect(said('level: warning', 'level: warning\nlevel: error')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:4:1 this key stands twice
         4 | level: error
           | ^"
    `);
  });
  test('two rules in one file', () => {
    expect(refusal(`${sound}---\n${sound}`)).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:28:1 a file holds one rule, and here begins another document
        28 | ---
           | ^^^"
    `);
  });
});

describe('the predicate', () => {
  test('a misspelt fact in a folded scalar', () => {
    expect(said('relation.readers > 2', 'relation.reader > 2')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:9:15 match: unknown fact 'relation.reader'; did you mean 'readers'?
         9 |   && relation.reader > 2
           |               ^^^^^^"
    `);
  });
  test('a misspelt fact in a literal scalar with an indentation of its own', () => {
    expect(said('match: >\n  consumer.kind == "card"\n  && relation.name', 'match: |-  # over three lines\n  consumer.kind == "card"\n    && relation.nam')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:8:17 match: unknown fact 'relation.nam'; did you mean 'name'?
         8 |     && relation.nam == "read_model.case_worklist_item"
           |                 ^^^"
    `);
  });
  test('a misspelt fact in double quotes', () => {
    const match = sound.slice(sound.indexOf('match:'), sound.indexOf('message:'));
    expect(said(match, 'match: "consumer.kind == \\"card\\" && relation.reader > 2"\n')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:6:47 match: unknown fact 'relation.reader'; did you mean 'readers'?
         6 | match: "consumer.kind == \\"card\\" && relation.reader > 2"
           |                                               ^^^^^^"
    `);
  });
  test('a comparison of a number with a whole number', () => {
    expect(said('relation.readers > 2', 'relation.readers == 2')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:9:6 match: '==' does not go with number and whole number; write 2.0
         9 |   && relation.readers == 2
           |      ^^^^^^^^^^^^^^^^^^^^^"
    `);
  });
  test('a regular expression', () => {
    expect(said('relation.readers > 2', 'relation.name.matches("^(a+)+$")')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:9:20 match: matches() is refused: it runs a regular expression without a bound on its time; use like(text, pattern), where * stands for any characters
         9 |   && relation.name.matches("^(a+)+$")
           |                    ^^^^^^^"
    `);
  });
  test('an expression that ends too early', () => {
    expect(said('  && relation.readers > 2', '  && relation.readers >')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:9:24 match: the expression ends too early
         9 |   && relation.readers >
           |                        ^"
    `);
  });
});

describe('texts, paths and examples', () => {
  test('a hole that names no fact', () => {
    expect(said('{consumer.name} reads', '{consumer.nam} reads')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:10:21 message: unknown fact 'consumer.nam'; did you mean 'name'?
        10 | message: "{consumer.nam} reads {relation.name}"
           |                     ^^^"
    `);
  });
  test('a hole in a text that has none', () => {
    expect(said('belongs to one screen', 'of {store.name} belongs to one screen')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:13:22 why is the same for every finding; holes stand in message, evidence and fix
        13 | why: The worklist of {store.name} belongs to one screen.
           |                      ^^^^^^^^^^^^"
    `);
  });
  test('a weight that is no number', () => {
    expect(said('weight: relation.readers', 'weight: relation.zone')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:16:9 weight: must be a number, and relation.zone is a string
        16 | weight: relation.zone
           |         ^^^^^^^^^^^^^"
    `);
  });
  test('a weight that names no fact', () => {
    expect(said('weight: relation.readers', 'weight: relation.reader')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:16:9 unknown fact 'relation.reader'; did you mean 'readers'?
        16 | weight: relation.reader
           |         ^^^^^^^^^^^^^^^"
    `);
  });
  test('an example with a misspelt fact', () => {
    expect(said('readers: 4', 'reader: 4')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:23:58 unknown fact 'relation.reader'; did you mean 'readers'?
        23 |         relation: { name: read_model.case_worklist_item, reader: 4 }
           |                                                          ^^^^^^"
    `);
  });
  test('an example with a group of another subject', () => {
    expect(said('    consumer: { kind: card }', '    role: { name: metabase_ro }')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:19:5 unknown group of facts 'role'; this rule sees statement, cost, consumer, store, relation, threshold
        19 |     role: { name: metabase_ro }
           |     ^^^^"
    `);
  });
  test('an example with a text for a number', () => {
    expect(said('readers: 4', 'readers: four')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:23:67 relation.readers is a number, not a string
        23 |         relation: { name: read_model.case_worklist_item, readers: four }
           |                                                                   ^^^^"
    `);
  });
  test('an example with a text that is unknown', () => {
    expect(said('kind: card', 'kind: null')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:19:23 only a number can be unknown; write an empty text for consumer.kind
        19 |     consumer: { kind: null }
           |                       ^^^^"
    `);
  });
  test('SQL where no statement is judged', () => {
    const text = `id: big-metric
title: A metric
level: note
area: drift
subject: metric
match: metric.consumers > 9
message: "{metric.name}"
why: Because.
fix: Nothing.
clause: Part 066 §20
examples:
  bad: [{ name: many, facts: { metric: { consumers: 10 } } }]
  good: [{ name: SQL, sql: SELECT 1 }]
`;
    expect(refusal(text)).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:13:23 sql gives facts of a statement, and rules about a metric see none
        13 |   good: [{ name: SQL, sql: SELECT 1 }]
           |                       ^^^"
    `);
  });
  test('every problem of a file is said at once, in order', () => {
    const broken = sound.replace('relation.readers > 2', 'relation.reader > 2').replace('{consumer.name} reads', '{consumer.nam} reads').replace('readers: 4', 'reader: 4');
    expect(compileRule(broken, 'rule.yaml').problems.map(({ line, column }) => [line, column])).toEqual([
      [9, 15],
      [10, 21],
      [23, 58],
    ]);
  });
});

describe('hostile files', () => {
  test('control and text-direction characters', () => {
    expect(said('why: The worklist', 'why: "\\e[2J\\u202eThe worklist"\nx:')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:13:7 control and text-direction characters are not allowed in rules
        13 | why: "\\e[2J\\u202eThe worklist"
           |       ^"
    `);
  });
  test('aliases, which can make a small file large', () => {
    expect(said('    consumer: { kind: card }', '    consumer: &c { kind: card }\n    store: *c')).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:20:12 aliases are not used in rules; write the value out
        20 |     store: *c
           |            ^^"
    `);
  });
  test('nesting without end', () => {
    expect(refusal(`id: ${'['.repeat(50_000)}`).split('\n')[0]).toMatchInlineSnapshot(`"rules/worklist-read-by-reports.yaml:1:1 is nested too deeply"`);
  });
  test('a long line is shown around the place', () => {
    expect(said('relation.readers > 2', `${'relation.readers > 2 || '.repeat(20)}relation.reader > 2`)).toMatchInlineSnapshot(`
      "rules/worklist-read-by-reports.yaml:9:495 match: unknown fact 'relation.reader'; did you mean 'readers'?
         9 | ation.readers > 2 || relation.reader > 2
           |                               ^^^^^^"
    `);
  });
});
