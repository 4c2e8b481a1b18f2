import { describe, expect, test } from 'vitest';
import { parseSuppressions } from '../../../src/findings/suppressions/parse.js';

const RULES = new Map([['dashboard-reads-internal', 'dashboard-reads-internal'], ['card-reads-internal', 'dashboard-reads-internal'], ['unused-card', 'unused-card']]);

function parse(text: string, by: 'baseline' | 'waiver' = 'waiver') {
  return parseSuppressions(text, '.tidemark/waivers.yaml', by, RULES);
}

/** What a person reads of a file that cannot be used. */
function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'it was read';
}

const WHOLE = `# what we live with
version: 1
entries:
  # asked by Finance
  - rule: dashboard-reads-internal
    consumer: reports/monthly.sql
    relation: app.case_file
    store: production
    reason: "OPS-231: moves with the casework contract"
    owner: Operations Analytics
    until: 2027-01-31
    statements: [b1b2c3d4e5f6, 123456789012]

  - rule: could-not-look
    consumer: grafana panel Shop live / Orders
    relation: everything it reads
    reason: a template that nobody has the values of
`;

test('an entry says what it hides, why, whose it is, how long, and where it stands', () => {
  expect(parse(WHOLE, 'baseline')).toEqual({
    file: '.tidemark/waivers.yaml',
    problems: [],
    entries: [
      {
        by: 'baseline', rule: 'dashboard-reads-internal', consumer: 'reports/monthly.sql', relation: 'app.case_file', store: 'production', reason: 'OPS-231: moves with the casework contract',
        owner: 'Operations Analytics', until: '2027-01-31', statements: ['123456789012', 'b1b2c3d4e5f6'], place: { file: '.tidemark/waivers.yaml', line: 5 },
      },
      {
        by: 'baseline', rule: 'could-not-look', consumer: 'grafana panel Shop live / Orders', relation: 'everything it reads', store: null, reason: 'a template that nobody has the values of',
        owner: null, until: null, statements: null, place: { file: '.tidemark/waivers.yaml', line: 14 },
      },
    ],
  });
});

test('line ends of Windows, a byte order mark and a list in one line are read alike', () => {
  const strip = (file: ReturnType<typeof parse>) => file.entries.map((one) => ({ ...one, place: null }));
  expect(parse(`\ufeff${WHOLE.replaceAll('\n', '\r\n')}`)).toEqual(parse(WHOLE));
  const flow = 'entries: [{rule: unused-card, reason: kept for the audit}, {rule: unused-card, consumer: a, reason: b}]';
  expect(strip(parse(flow))).toEqual(strip(parse('entries:\n- rule: unused-card\n  reason: kept for the audit\n- rule: unused-card\n  consumer: a\n  reason: b\n')));
  expect(strip(parse(`{"version": 1, "entries": [{"rule": "unused-card", "reason": "kept for the audit"}, {"rule": "unused-card", "consumer": "a", "reason": "b"}]}`))).toEqual(strip(parse(flow)));
});

test.each(['', '\n', '# nothing yet\n', 'version: 1\n', 'version: 1\nentries:\n', 'entries: []\n', '---\nversion: 1\nentries:\n# none\n'])('%j holds no entries', (text) => {
  expect(parse(text)).toEqual({ file: '.tidemark/waivers.yaml', entries: [], problems: [] });
});

test('a former name of a rule is the rule', () => {
  expect(parse('entries:\n  - rule: card-reads-internal\n    reason: x\n').entries.map(({ rule }) => rule)).toEqual(['dashboard-reads-internal']);
});

test('a broken entry costs itself, and says what is wrong', () => {
  const broken = `version: 1
entries:
  - rule: dashboard-reads-internal
    consumer: reports/monthly.sql
    reason: OPS-231: moves
  - rule: dashboard-reads-internl
    consumer: a.sql
    reason: x
  - rule: unused-card
    consumer: [a, b]
    reason: x
  - rule: unused-card
    comsumer: b.sql
    reason: x
  - rule: unused-card
    consumer: c.sql
  - rule: unused-card
    consumer: d.sql
    reason: x
    until: soon
  - rule: unused-card
    consumer: e.sql
    reason: x
    until: 2027-02-30
  - rule: unused-card
    consumer: f.sql
    reason: x
    statements: [abc]
  - rule: unused-card
    consumer: *everybody
    reason: x
  - just a text
  - rule: unused-card
    rule: dashboard-reads-internal
    reason: x
  - {rule: unused-card, consumer: "g.sql
    reason: never closed
  - rule: unused-card
    consumer: h.sql
    reason: the only one that holds
`;
  const { entries, problems } = parse(broken);
  expect(entries.map(({ consumer }) => consumer)).toEqual(['h.sql']);
  expect(problems.map(({ place, rule, consumer, cause }) => `${place.line} ${[rule, consumer].join(' ').trim()}: ${cause}`)).toMatchInlineSnapshot(`
    [
      "5 : it is no YAML: a text with a colon and a blank in it needs quotes",
      "6 dashboard-reads-internl a.sql: there is no rule 'dashboard-reads-internl'; did you mean 'dashboard-reads-internal'?",
      "9 unused-card: consumer is a text, and here it is a list or a map",
      "12 unused-card: the key 'comsumer' is not known; did you mean 'consumer'?",
      "15 unused-card c.sql: it gives no reason",
      "17 unused-card d.sql: the date 'soon' is none; write it as 2027-01-31",
      "21 unused-card e.sql: the date '2027-02-30' is none; write it as 2027-01-31",
      "25 unused-card f.sql: statements is a list of digests of 12 letters and digits each, as tidemark baseline write gives them",
      "29 : it uses an alias (*name); write out what is meant, in quotes where it begins with *",
      "32 : it is no list of keys such as rule: and consumer:",
      "34 : it is no YAML: a key stands twice",
      "37 : it is no YAML: Missing closing "quote",
    ]
  `);
  expect(new Set(problems.map(({ fault }) => fault))).toEqual(new Set(['unreadable']));
});

test('the same twice is told; two that name different statements are not the same', () => {
  const twice = (first: string, second: string) => parse(`entries:\n  - rule: unused-card\n    consumer: a\n    reason: x\n${first}  - rule: unused-card\n    consumer: a\n    reason: y\n${second}`);
  expect(twice('', '').problems.map(({ cause, place }) => `${place.line}: ${cause}`)).toEqual(['5: the same stands at line 2 already; keep one of both']);
  expect(twice('    statements: [aaaaaaaaaaaa]\n', '    statements: [aaaaaaaaaaaa, bbbbbbbbbbbb]\n').problems).toHaveLength(1);
  expect(twice('    statements: [aaaaaaaaaaaa]\n', '    statements: [bbbbbbbbbbbb]\n')).toMatchObject({ problems: [], entries: [{ reason: 'x' }, { reason: 'y' }] });
});

describe('a file that cannot be used', () => {
  test('says where, what, and what to do', () => {
    const texts = {
      conflict: WHOLE.replace('  - rule: could', '<<<<<<< HEAD\n  - rule: could').concat('=======\n>>>>>>> main\n'),
      'half of a conflict': WHOLE.concat('=======\n'),
      list: '- rule: unused-card\n  reason: x\n',
      text: 'nothing\n',
      'wrong key': 'version: 1\nentires:\n  - rule: unused-card\n',
      'no list': 'entries: unused-card\n',
      newer: 'version: 2\nentries: []\n',
      'no version': 'version: one\nentries: []\n',
      'no YAML': 'version: 1\nentries: [\n',
      binary: '\u0000\u0001\u0002: {',
      deep: `entries: ${'['.repeat(20_000)}`,
      large: ' '.repeat(11 * 2 ** 20),
    };
    expect(Object.entries(texts).map(([name, text]) => `${name}: ${refusal(text)}`).join('\n')).toMatchInlineSnapshot(`
      "conflict: SuppressionFileError: .tidemark/waivers.yaml:14 holds a mark of a merge conflict: <<<<<<< HEAD
        Keep the entries of both sides, take the marks out, then run tidemark baseline prune.
      half of a conflict: SuppressionFileError: .tidemark/waivers.yaml:18 holds a mark of a merge conflict: =======
        Keep the entries of both sides, take the marks out, then run tidemark baseline prune.
      list: SuppressionFileError: .tidemark/waivers.yaml:1 begins with a list, where a map is needed
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      text: SuppressionFileError: .tidemark/waivers.yaml:1 begins with a text, where a map is needed
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      wrong key: SuppressionFileError: .tidemark/waivers.yaml:2 has the unknown key 'entires'; did you mean 'entries'?
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      no list: SuppressionFileError: .tidemark/waivers.yaml:1 has no list below entries:
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      newer: SuppressionFileError: .tidemark/waivers.yaml:1 has version 2, and this tidemark knows up to 1
        Use a newer tidemark, or write the file again with this one.
      no version: SuppressionFileError: .tidemark/waivers.yaml:1 has a version that is no number
        Write version: 1.
      no YAML: SuppressionFileError: .tidemark/waivers.yaml:3 is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      binary: SuppressionFileError: .tidemark/waivers.yaml:1 is no YAML: Flow map in block collection must be sufficiently indented and end with a }
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      deep: SuppressionFileError: .tidemark/waivers.yaml:1 is no YAML: it is nested too deeply
        It holds version: 1 and entries:, a list of blocks as tidemark baseline write makes them.
      large: SuppressionFileError: .tidemark/waivers.yaml is larger than 10 MB, which no list for people is
        Name the file that tidemark baseline write wrote."
    `);
  });

  test('aliases that grow without end cost nothing', () => {
    const bomb = `entries:\n  - &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'.split('').map((name, index) => `  - &${name} [${`*${'abcdefghi'.charAt(index)}, `.repeat(9)}x]\n`).join('')}`;
    expect(parse(bomb).problems).toHaveLength(10);
    expect(parse(`entries: [${'{a: &a [x], b: *a},'.repeat(500)}]`).problems).toHaveLength(500);
  });
});
