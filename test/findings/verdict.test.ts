import { beforeAll, describe, expect, test } from 'vitest';
import { unknownFacts } from '../../src/facts/schema.js';
import { subjects as subjectSchemas, type Subject, type SubjectId } from '../../src/facts/subjects.js';
import { verdicts, type VerdictContext } from '../../src/findings/verdict.js';
import { defaultThresholds } from '../../src/config/defaults.js';
import type { Area } from '../../src/model/finding.js';
import type { Coverage } from '../../src/model/report.js';
import type { Gap } from '../../src/model/snapshot.js';
import { groupsOf } from '../../src/rules/facts.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { judge } from '../../src/rules/run.js';

let rules: Rule[] = [];
beforeAll(async () => {
  rules = await loadRules();
});

type Values = Record<string, Record<string, string | boolean | number | string[]>>;

/** A subject with what is given; everything else is unknown. */
function subject(id: SubjectId, given: Values, consumer: string, relation: string, owner: string | null = null): Subject {
  const groups = Object.entries(groupsOf(id)).filter(([group]) => group in subjectSchemas[id]);
  const facts = Object.fromEntries(groups.map(([group, schema]) => [group, { ...unknownFacts(schema), ...given[group] }]));
  const store = given['store']?.['name'];
  return { subject: id, facts, locations: [], consumer, owner, store: typeof store === 'string' ? store : 'production', relation };
}

const production = { name: 'production', role: 'operational', engine: 'postgres' };
const warehouse = { name: 'warehouse', role: 'warehouse', engine: 'duckdb' };

function store(facts: Record<string, string | number | string[]> = {}): Subject {
  return subject('store', { store: { ...production, analytical_block_share: 0, analytical_time_share: 0, analytical_statements: 0, ...facts } }, '', '');
}

function card(title: string, owner: string | null, statement: Record<string, string | boolean | string[]> = {}, cost: Record<string, number> = {}): Subject {
  const name = `metabase card ${title}`;
  const given = { store: production, statement: { class: 'analytical', ...statement }, consumer: { name, kind: 'card' }, cost: { temp_bytes: 0, ...cost } };
  return subject('access', given, name, 'app.case_file', owner);
}

function reading(title: string, relation: string, facts: Record<string, string | string[] | number> = {}): Subject {
  const name = `metabase card ${title}`;
  return subject('reading', { store: production, consumer: { name, kind: 'card' }, relation: { name: relation, zone: 'internal', kind: 'table', readers: 1, ...facts } }, name, relation);
}

function exposure(title: string, column: string, facts: Record<string, string> = {}, consumer: Record<string, string | boolean> = {}): Subject {
  const name = `metabase card ${title}`;
  const given = {
    store: production,
    consumer: { name, kind: 'card', ...consumer },
    exposure: { column, class: 'direct', kind: 'email', use: 'shown', mask: 'raw', confidence: 0.95, ...facts },
  };
  return subject('exposure', given, name, column);
}

function metric(name: string, facts: Record<string, string | number | string[]>): Subject {
  return subject('metric', { store: production, metric: { name, relation: 'app.case_file', ...facts } }, '', name);
}

function role(name: string, facts: Record<string, string | number | boolean | string[]> = {}): Subject {
  const guarded = {
    purpose: 'reporting', can_login: true, read_only: true, has_connection_limit: true, operational_writes: 0,
    statement_timeout_seconds: 30, idle_in_transaction_timeout_seconds: 10, lock_timeout_seconds: 5,
    temp_file_limit_bytes: 2 ** 30, work_mem_bytes: 2 ** 22, parallel_workers: 0, ...facts,
  };
  return subject('role', { store: production, role: { name, ...guarded } }, `role ${name}`, '');
}

const looked: Coverage = {
  statements: { total: 40, parsed: 40, partial: 0, unparsed: 0 },
  queries: { total: 31, parsed: 31, partial: 0, unparsed: 0, problems: 0 },
  relations: 24,
  views: { total: 0, agree: 0, differ: 0 },
  columns: { resolved: 300, total: 300 },
  attributedBlockShare: 0.9,
};

/** The verdict of one area on an estate that rules have judged. */
function verdictOf(area: Area, subjects: Subject[], more: { coverage?: Coverage; gaps?: VerdictContext['gaps'] } = {}) {
  const { findings, undecided } = judge(rules, subjects, { thresholds: defaultThresholds });
  const tallies = new Map(rules.flatMap(({ id, tally }) => (tally === null ? [] : [[id, tally] as const])));
  const { coverage = looked, gaps = [] } = more;
  const verdict = verdicts(findings, { subjects, coverage, gaps, undecided, tallies }).find((one) => one.area === area);
  return verdict === undefined ? '' : `${verdict.outcome}: ${verdict.sentence}`;
}

describe('workload', () => {
  test('the share of the store that reporting takes, by how many statements and owners', () => {
    const subjects = [
      store({ analytical_block_share: 0.384, analytical_time_share: 0.41, analytical_statements: 4 }),
      card('1 Cases by month', 'Case Operations'),
      card('2 Backlog', 'Case Operations'),
      card('3 Revenue', 'Finance'),
      card('4 Orders', null),
      card('5 One case', 'Case Operations', { class: 'operational' }),
    ];
    expect(verdictOf('workload', subjects)).toMatchInlineSnapshot(`"violated: reporting is 38 % of block reads on production (41 % of time): 4 statements of 2 owners, 1 without an owner"`);
  });
  test('how far the statistics can be trusted, where that is not in full', () => {
    const doubts = { statistics_trust: 0.7, statistics_doubts: ['the statistics cover 12 min only', 'the server has lost the text of 1 statement'] };
    const subjects = [store({ analytical_block_share: 0.384, analytical_time_share: 0.41, analytical_statements: 1, ...doubts }), card('1 Cases by month', 'Case Operations')];
    expect(verdictOf('workload', subjects)).toMatchInlineSnapshot(`"violated: reporting is 38 % of block reads on production (41 % of time): 1 statement of 1 owner; with care, as the statistics cover 12 min only"`);
    expect(verdictOf('workload', [store({ analytical_block_share: 0.384, analytical_time_share: Number.NaN, statistics_trust: 1, statistics_doubts: ['an interval spans midnight'] }), card('1 Cases by month', 'Case Operations')])).toMatchInlineSnapshot(`"violated: reporting is 38 % of block reads on production: 1 statement of 1 owner"`);
  });
  test('where much could not be classified, what it is at least', () => {
    const subjects = [store({ analytical_block_share: Number.NaN, analytical_time_share: Number.NaN, analytical_block_share_min: 0.31 }), card('1 Cases by month', 'Case Operations')];
    expect(verdictOf('workload', subjects)).toMatchInlineSnapshot(`"violated: reporting is at least 31 % of block reads on production: 1 statement of 1 owner"`);
  });
  test('without statistics the share is unknown, and said to be', () => {
    expect(verdictOf('workload', [store({ analytical_block_share: Number.NaN }), card('1 Cases by month', 'Case Operations')])).toMatchInlineSnapshot(`"violated: reporting runs on production: 1 statement of 1 owner; its share of block reads is unknown"`);
  });
  test('a replica that is the warehouse', () => {
    const replica = store({ name: 'production-replica', role: 'replica', analytical_block_share: 0.64, analytical_statements: 23 });
    expect(verdictOf('workload', [store(), replica])).toMatchInlineSnapshot(`"violated: reporting is 64 % of block reads on the replica production-replica: 23 statements"`);
  });
  test('an export alone', () => {
    const statement = { class: 'operational', exports: true, kind: 'copy_to', relations: ['shop.customer'] };
    expect(verdictOf('workload', [store(), card('9 Mailing', null, statement)])).toMatchInlineSnapshot(`"violated: metabase card 9 Mailing exports shop.customer from production"`);
  });
  test('nothing found, all looked at', () => {
    expect(verdictOf('workload', [store(), card('5 One case', null, { class: 'operational' })])).toMatchInlineSnapshot(`"holds: no analytical work was found on production among 1 statement"`);
  });
  test('nothing found, but no statistics', () => {
    expect(verdictOf('workload', [store({ analytical_block_share: Number.NaN }), card('5 One case', null, { class: 'operational' })])).toMatchInlineSnapshot(`"undetermined: no analytical work was found on production among 1 statement, but production gave no statistics of statements"`);
  });
  test('nothing found, but some statements were not understood', () => {
    expect(verdictOf('workload', [store(), card('6 Old report', null, { class: 'unknown' })])).toMatchInlineSnapshot(`"undetermined: no analytical work was found on production among 1 statement, but 1 statement could not be classified"`);
  });
  test('nothing found, and nothing seen of the store', () => {
    expect(verdictOf('workload', [store()])).toMatchInlineSnapshot(`"undetermined: no statement of production was seen"`);
  });
  test('nothing looked at', () => {
    expect(verdictOf('workload', [])).toMatchInlineSnapshot(`"undetermined: no operational store was looked at"`);
  });
});

describe('drift', () => {
  test('the metric with the most definitions', () => {
    const subjects = [
      metric('revenue', { verdict: 'stricter', definitions: 2, consumers: 9 }),
      metric('open cases', { verdict: 'different', definitions: 4, consumers: 6 }),
      metric('orders shipped', { verdict: 'equal', definitions: 1, consumers: 2 }),
    ];
    expect(verdictOf('drift', subjects)).toMatchInlineSnapshot(`"violated: open cases has 4 definitions among 6 consumers; 1 more metric contradicts itself"`);
    expect(verdictOf('drift', subjects.slice(1))).toMatchInlineSnapshot(`"violated: open cases has 4 definitions among 6 consumers"`);
  });
  test('agreement, by a constraint too', () => {
    expect(verdictOf('drift', [metric('open cases', { verdict: 'equal-under', definitions: 2, consumers: 2 })])).toMatchInlineSnapshot(`"holds: no contradiction was found among the definitions of 1 metric"`);
  });
  test('what could not be decided is not agreement', () => {
    expect(verdictOf('drift', [metric('revenue', { verdict: 'undecided', definitions: 2, consumers: 2 })])).toMatchInlineSnapshot(`"undetermined: no contradiction was found among the definitions of 1 metric, but 1 metric could not be decided"`);
  });
  test('no metric was recognised', () => {
    expect(verdictOf('drift', [])).toMatchInlineSnapshot(`"undetermined: no metric was recognised in 31 dashboard queries"`);
  });
  test('no dashboards were given', () => {
    const coverage = { ...looked, queries: { total: 0, parsed: 0, partial: 0, unparsed: 0, problems: 0 } };
    expect(verdictOf('drift', [], { coverage })).toMatchInlineSnapshot(`"undetermined: no dashboard query was given"`);
  });
});

describe('coupling', () => {
  const calm = (title: string) => card(title, null, { class: 'operational' });

  test('how many queries hang on how many tables, and what would serve them', () => {
    const subjects = [
      ...['1 Cases', '2 Backlog', '3 Tasks', '4 Contract'].map(calm),
      reading('1 Cases', 'app.case_file', { contracts: ['integration.v_case_opened_v1'] }),
      reading('2 Backlog', 'app.case_file', { contracts: ['integration.v_case_opened_v1'] }),
      reading('2 Backlog', 'app.task'),
      reading('3 Tasks', 'app.task'),
      reading('4 Contract', 'integration.v_case_opened_v1', { zone: 'contract' }),
    ];
    expect(verdictOf('coupling', subjects)).toMatchInlineSnapshot(`"violated: 3 of 4 dashboard queries read 2 internal tables; 1 contract view would serve 1 of them"`);
    expect(verdictOf('coupling', subjects.slice(0, 5))).toMatchInlineSnapshot(`"violated: 1 of 4 dashboard queries reads 1 internal table; 1 contract view would serve it"`);
    expect(verdictOf('coupling', [calm('3 Tasks'), reading('3 Tasks', 'app.task')])).toMatchInlineSnapshot(`"violated: 1 of 1 dashboard query reads 1 internal table; no contract view offers what it uses"`);
  });
  test('readers that no dashboard explains', () => {
    const given = { store: production, consumer: { name: 'role j.keller', kind: 'role', role_purpose: 'person' }, relation: { name: 'app.task', zone: 'internal', kind: 'table' } };
    expect(verdictOf('coupling', [subject('reading', given, 'role j.keller', 'app.task')])).toMatchInlineSnapshot(`"violated: 1 role reads 1 internal table, and no dashboard explains it"`);
  });
  test('nothing found, all looked at', () => {
    expect(verdictOf('coupling', [calm('4 Contract'), reading('4 Contract', 'integration.v_case_opened_v1', { zone: 'contract' })])).toMatchInlineSnapshot(`"holds: no internal table was found among what 1 dashboard query reads"`);
  });
  test('nothing found, but a zone is unknown and a query was not read', () => {
    const coverage = { ...looked, queries: { ...looked.queries, parsed: 29, unparsed: 2 } };
    expect(verdictOf('coupling', [calm('7 Import'), reading('7 Import', 'public.import_2019', { zone: 'unknown' })], { coverage })).toMatchInlineSnapshot(`"undetermined: no internal table was found among what 1 dashboard query reads, but 2 dashboard queries could not be read, and the zone of 1 relation on production is unknown"`);
  });
});

describe('privacy', () => {
  test('the column that is worst used, how, and by how many', () => {
    const subjects = [
      exposure('1 Customers', 'shop.customer.email'),
      exposure('2 Mailing', 'shop.customer.email'),
      exposure('2 Mailing', 'shop.customer.full_name', { kind: 'full_name', mask: 'pseudonymous-weak' }),
    ];
    expect(verdictOf('privacy', subjects)).toMatchInlineSnapshot(`"violated: shop.customer.email is shown raw by 2 cards; 1 more column or relation is concerned"`);
    expect(verdictOf('privacy', subjects.slice(0, 1))).toMatchInlineSnapshot(`"violated: shop.customer.email is shown raw by metabase card 1 Customers"`);
  });
  test('a public card comes first', () => {
    const subjects = [exposure('1 Customers', 'shop.customer.email'), exposure('8 Public', 'shop.customer.phone', { kind: 'phone' }, { public: true })];
    expect(verdictOf('privacy', subjects)).toMatchInlineSnapshot(`"violated: shop.customer.phone is shown raw in public by metabase card 8 Public; 1 more column or relation is concerned"`);
  });
  test('a column in a mart', () => {
    const column = { name: 'analytics.dim_customer.email', zone: 'mart', kind: 'email', class: 'direct', mask: 'raw', confidence: 0.9, readers: 2 };
    expect(verdictOf('privacy', [subject('column', { store: warehouse, column }, '', 'analytics.dim_customer.email')])).toMatchInlineSnapshot(`"violated: analytics.dim_customer.email keeps personal data (email) in the mart zone"`);
  });
  test('a condition alone is a note, and breaks nothing', () => {
    expect(verdictOf('privacy', [exposure('3 Search', 'shop.customer.email', { use: 'condition' })])).toMatchInlineSnapshot(`"holds: no unprotected use was found of 1 column that holds personal data"`);
  });
  test('what was not read is no proof', () => {
    const coverage = { ...looked, statements: { total: 40, parsed: 38, partial: 0, unparsed: 2 } };
    expect(verdictOf('privacy', [], { coverage })).toMatchInlineSnapshot(`"undetermined: no unprotected use was found of 0 columns that hold personal data, but 2 statements could not be read"`);
  });
});

describe('guardrails', () => {
  test('the guardrail that most roles lack, of how many', () => {
    const subjects = [
      role('metabase_ro', { statement_timeout_seconds: 0 }),
      role('grafana', { statement_timeout_seconds: 0, may_write: ['app.task'] }),
      role('redash'),
      role('superset'),
      role('casework_app', { purpose: 'application', statement_timeout_seconds: 0 }),
    ];
    expect(verdictOf('guardrail', subjects)).toMatchInlineSnapshot(`"violated: 1 of 4 reporting roles may write to internal tables; 1 other guardrail is broken"`);
    expect(verdictOf('guardrail', subjects.slice(0, 1))).toMatchInlineSnapshot(`"violated: 1 of 1 reporting role has no statement_timeout"`);
  });
  test('all guarded', () => {
    expect(verdictOf('guardrail', [role('metabase_ro'), role('grafana')])).toMatchInlineSnapshot(`"holds: no broken guardrail was found on 2 roles for reports, loads and people"`);
  });
  test('a note alone breaks nothing', () => {
    expect(verdictOf('guardrail', [role('metabase_ro', { read_only: false })])).toMatchInlineSnapshot(`"holds: no broken guardrail was found on 1 role for reports, loads and people"`);
  });
  test('settings that could not be read', () => {
    const unread = { statement_timeout_seconds: Number.NaN, idle_in_transaction_timeout_seconds: Number.NaN };
    expect(verdictOf('guardrail', [role('metabase_ro', unread), role('grafana', unread)])).toMatchInlineSnapshot(`"undetermined: no broken guardrail was found on 2 roles for reports, loads and people, but role.idle_in_transaction_timeout_seconds is unknown for 2 roles on production, and role.statement_timeout_seconds is unknown for 2 roles on production"`);
  });
  test('roles of unknown purpose are not taken for harmless', () => {
    expect(verdictOf('guardrail', [role('metabase_ro'), role('svc_legacy', { purpose: 'unknown' })])).toMatchInlineSnapshot(`"undetermined: no broken guardrail was found on 1 role for reports, loads and people, but the purpose of 1 role is unknown"`);
  });
  test('only the application has a role', () => {
    expect(verdictOf('guardrail', [role('casework_app', { purpose: 'application' })])).toMatchInlineSnapshot(`"holds: there is no role for reports, loads or people to guard"`);
  });
  test('no roles', () => {
    expect(verdictOf('guardrail', [])).toMatchInlineSnapshot(`"undetermined: no role of an operational store was seen"`);
  });
});

describe('what could not be looked at', () => {
  const gap = (severity: Gap['severity'], missing: string): Gap => ({ subject: 'production', missing, cause: 'permission denied', remedy: null, severity });
  const sound = [store(), card('5 One case', null, { class: 'operational' }), role('metabase_ro')];

  test('leaves no area that it concerns in order', () => {
    const { findings, undecided } = judge(rules, sound, { thresholds: defaultThresholds });
    const gaps = [gap('blind', 'the catalogue')];
    const all = verdicts(findings, { subjects: sound, coverage: looked, gaps, undecided, tallies: new Map() });
    expect(all.map(({ area, outcome }) => [area, outcome])).toEqual([
      ['workload', 'undetermined'],
      ['drift', 'undetermined'],
      ['coupling', 'undetermined'],
      ['privacy', 'undetermined'],
      ['guardrail', 'undetermined'],
    ]);
  });
  test('is said, the weightiest first, and the rest counted', () => {
    const gaps = [gap('partial', 'the statement texts'), gap('blind', 'the statistics'), gap('partial', 'the comments')];
    expect(verdictOf('workload', sound, { gaps: gaps.slice(0, 1) })).toMatchInlineSnapshot(`"undetermined: no analytical work was found on production among 1 statement, but the statement texts of production could not be looked at"`);
    expect(verdictOf('workload', sound, { gaps: gaps.slice(0, 2) })).toMatchInlineSnapshot(`"undetermined: no analytical work was found on production among 1 statement, but the statistics of production could not be looked at, and the statement texts of production could not be looked at"`);
    expect(verdictOf('workload', sound, { gaps })).toMatchInlineSnapshot(`"undetermined: no analytical work was found on production among 1 statement, but the statistics of production could not be looked at, and 2 more things are missing"`);
  });
  test('can concern some areas only', () => {
    const gaps = [{ ...gap('partial', 'the settings of roles'), areas: ['guardrail'] as const }];
    expect(verdictOf('workload', sound, { gaps })).toMatchInlineSnapshot(`"holds: no analytical work was found on production among 1 statement"`);
    expect(verdictOf('guardrail', sound, { gaps })).toMatchInlineSnapshot(`"undetermined: no broken guardrail was found on 1 role for reports, loads and people, but the settings of roles of production could not be looked at"`);
  });
  test('is a number that a rule of the user needed, in every area', () => {
    const undecided = (['drift', 'coupling', 'privacy', 'guardrail'] as const).flatMap((area) =>
      ['app.case_file', 'app.task'].map((relation) => ({ ruleId: 'large-relation', area, consumer: 'role j.keller', store: 'production', relation, fact: 'relation.rows' })),
    );
    const subjects = [...sound, metric('open cases', { verdict: 'equal' })];
    const all = verdicts([], { subjects, coverage: looked, gaps: [], undecided, tallies: new Map() });
    expect(all.filter(({ area }) => area !== 'workload').map(({ outcome, sentence }) => `${outcome}: ${sentence}`)).toEqual([
      'undetermined: no contradiction was found among the definitions of 1 metric, but relation.rows is unknown for 2 metrics on production',
      'undetermined: no internal table was found among what 1 dashboard query reads, but relation.rows is unknown for 2 readings on production',
      'undetermined: no unprotected use was found of 0 columns that hold personal data, but relation.rows is unknown for 2 uses on production',
      'undetermined: no broken guardrail was found on 1 role for reports, loads and people, but relation.rows is unknown for 2 roles on production',
    ]);
  });
  test('does not hide what was found', () => {
    expect(verdictOf('guardrail', [role('metabase_ro', { superuser: true })], { gaps: [gap('blind', 'the statistics')] })).toMatchInlineSnapshot(`"violated: 1 of 1 reporting role is superuser"`);
  });
});

test('names from dashboards come into sentences without controls', () => {
  expect(verdictOf('drift', [metric('open\u001b[2J cases\n', { verdict: 'different', definitions: 2, consumers: 2 })])).toMatchInlineSnapshot(`"violated: open cases has 2 definitions among 2 consumers"`);
});
