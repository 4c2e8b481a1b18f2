import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { unknownFacts } from '../../src/facts/schema.js';
import { subjects, type Subject } from '../../src/facts/subjects.js';
import type { Thresholds } from '../../src/model/thresholds.js';
import { compileRule } from '../../src/rules/compile.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { applyLevels, judge, RuleEvaluationError, UnknownRuleError } from '../../src/rules/run.js';

const thresholds: Thresholds = {
  analytical_bytes_per_call: 64 * 2 ** 20,
  bounded_bytes_per_call: 2 ** 20,
  privacy_confidence: 0.7,
  statement_timeout_seconds_max: 120,
  idle_in_transaction_timeout_seconds_max: 60, lock_timeout_seconds_max: 30, reporting_transaction_seconds_max: 300, reporting_temp_bytes_max: 20 * 2 ** 30,
  reporting_work_mem_bytes_max: 256 * 2 ** 20, reporting_parallel_workers_max: 1, growth_days: 180, unused_days: 90, scan_bytes_per_call_max: 10 * 2 ** 30, repeated_scan_bytes_max: 2 ** 40, scan_share_max: 0.25,
};

const findingsOf = (...given: Parameters<typeof judge>) => judge(...given).findings;

let rules: Rule[] = [];
beforeAll(async () => {
  rules = await loadRules();
});

/** A reporting role of production; what is not given is unknown. */
function role(name: string, facts: Partial<Record<string, string | boolean | number | string[]>>): Subject {
  return {
    subject: 'role',
    facts: {
      role: { ...unknownFacts(subjects.role.role), name, can_login: true, purpose: 'reporting', read_only: true, has_connection_limit: true, ...facts },
      store: { ...unknownFacts(subjects.role.store), name: 'production', role: 'operational' },
    },
    locations: [],
    consumer: `role ${name}`,
    owner: null,
    store: 'production',
    relation: '',
  };
}

/** A card that sends an analytical statement to production. */
function access(consumer: string, cost: Record<string, number>, head = 'SELECT …'): Subject {
  return {
    subject: 'access',
    facts: {
      statement: { ...unknownFacts(subjects.access.statement), class: 'analytical', confidence: 0.9, relations: ['app.case_file'], head },
      cost: { ...unknownFacts(subjects.access.cost), ...cost },
      consumer: { ...unknownFacts(subjects.access.consumer), name: consumer, kind: 'card' },
      store: { ...unknownFacts(subjects.access.store), name: 'production', role: 'operational' },
    },
    locations: [{ file: 'metabase/cards.json', pointer: '/0', line: 1, column: 1 }],
    consumer,
    owner: 'Case Operations',
    store: 'production',
    relation: 'app.case_file',
  };
}

const seen = { role: { statement_timeout_seconds: 0, idle_in_transaction_timeout_seconds: 10, lock_timeout_seconds: 5, temp_file_limit_bytes: 2 ** 30, work_mem_bytes: 2 ** 22, parallel_workers: 0 } };

test('a finding names who, where, what and what to do', () => {
  const [finding, ...others] = findingsOf(rules, [role('metabase_ro', { ...seen.role, statements: 17, block_share: 0.38 })], { thresholds });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    ruleId: 'role-without-statement-timeout',
    area: 'guardrail',
    level: 'warning',
    message: 'role metabase_ro (reporting) may run one statement on production for as long as it likes',
    consumer: 'role metabase_ro',
    owner: null,
    store: 'production',
    evidence: ['at most 2 min are taken for a limit', '38 % of the block reads of production in 17 statements'],
    fix: "Bound the role: ALTER ROLE metabase_ro SET statement_timeout = '30s'; it holds from the next session on.",
    confidence: 1,
    weight: 0.38,
  });
  expect(finding?.partialFingerprints.boundary).toMatch(/^[0-9a-f]{64}$/);
});

describe('what is not known', () => {
  test('does not make a finding, and is told', () => {
    const { findings, undecided } = judge(rules, [role('metabase_ro', { operational_writes: 0 })], { thresholds });
    expect(findings).toEqual([]);
    expect(undecided.map(({ ruleId, fact, consumer, store }) => [ruleId, fact, consumer, store])).toEqual([
      ['reporting-role-with-large-work-mem', 'role.work_mem_bytes', 'role metabase_ro', 'production'],
      ['reporting-role-with-parallel-workers', 'role.parallel_workers', 'role metabase_ro', 'production'],
      ['reporting-role-without-temp-limit', 'role.temp_file_limit_bytes', 'role metabase_ro', 'production'],
      ['role-without-idle-in-transaction-timeout', 'role.idle_in_transaction_timeout_seconds', 'role metabase_ro', 'production'],
      ['role-without-lock-timeout', 'role.lock_timeout_seconds', 'role metabase_ro', 'production'],
      ['role-without-statement-timeout', 'role.statement_timeout_seconds', 'role metabase_ro', 'production'],
    ]);
  });

  test('is no threshold either', () => {
    const { findings, undecided } = judge(rules, [role('metabase_ro', { ...seen.role, statement_timeout_seconds: 30, operational_writes: 0 })]);
    expect(findings).toEqual([]);
    expect(undecided.map(({ fact }) => fact)).toEqual([
      'threshold.reporting_work_mem_bytes_max',
      'threshold.reporting_parallel_workers_max',
      'threshold.reporting_temp_bytes_max',
      'threshold.idle_in_transaction_timeout_seconds_max',
      'threshold.lock_timeout_seconds_max',
      'threshold.statement_timeout_seconds_max',
    ]);
  });
});

describe('levels of the configuration', () => {
  const subject = () => role('metabase_ro', seen.role);

  test('change a rule or switch it off', () => {
    const levels = { 'role-without-statement-timeout': 'note' } as const;
    expect(findingsOf(rules, [subject()], { thresholds, levels }).map(({ level }) => level)).toEqual(['note']);
    expect(findingsOf(rules, [subject()], { thresholds, levels: { 'role-without-statement-timeout': 'off' } })).toEqual([]);
  });

  test('are found by a former id', () => {
    const renamed = rules.map((rule) => (rule.id === 'role-without-statement-timeout' ? { ...rule, aliases: ['no-statement-timeout'] } : rule));
    expect(findingsOf(renamed, [subject()], { thresholds, levels: { 'no-statement-timeout': 'off' } })).toEqual([]);
  });

  test('of a rule that does not exist are an error with the nearest id', () => {
    expect(() => applyLevels(rules, { 'role-without-statment-timeout': 'off' })).toThrow(UnknownRuleError);
    expect(() => applyLevels(rules, { 'role-without-statment-timeout': 'off' })).toThrowErrorMatchingInlineSnapshot(`[UnknownRuleError: there is no rule 'role-without-statment-timeout'; did you mean 'role-without-statement-timeout'?]`);
    expect(() => applyLevels(rules, { 'select-star': 'off' })).toThrowErrorMatchingInlineSnapshot(`[UnknownRuleError: there is no rule 'select-star']`);
  });
});

test('several statements of one card on one relation are one finding with the evidence of all', () => {
  const findings = findingsOf(rules, [
    access('metabase card 118 Open cases', { known: 1, calls: 12, mean_ms: 400, bytes_per_call: 9e6, blocks: 13_184, block_share: 0.02 }, 'SELECT status, count(*) …'),
    access('metabase card 118 Open cases', { known: 1, calls: 90, mean_ms: 800, bytes_per_call: 9e7, blocks: 988_769, block_share: 0.3 }, 'SELECT region_code, count(*) …'),
  ]);
  expect(findings.map(({ message, weight }) => [message, weight])).toEqual([
    ['metabase card 118 Open cases takes 30 % of the block reads of production for an analytical statement', 0.3],
  ]);
  expect(findings[0]?.evidence).toEqual([
    '90 calls of 800 ms and 86 MiB each: 988,769 blocks, 30 % of all block reads',
    'reads app.case_file',
    'SELECT region_code, count(*) …',
    '12 calls of 400 ms and 8.6 MiB each: 13,184 blocks, 2 % of all block reads',
    'SELECT status, count(*) …',
  ]);
  expect(findings[0]?.locations).toHaveLength(1);
});

test('the order of rules and subjects changes nothing', () => {
  const consumers = ['metabase card 118 Open cases', 'metabase card 131 Backlog', 'grafana panel 4 Cases open'];
  const situation = fc.oneof(
    fc.tuple(fc.constantFrom(...consumers), fc.constantFrom(0.01, 0.2, Number.NaN), fc.constantFrom('SELECT 1', 'SELECT 2')).map(([consumer, block_share, head]) => access(consumer, { block_share, temp_bytes: block_share > 0.1 ? 1e9 : Number.NaN }, head)),
    fc.tuple(fc.constantFrom('metabase_ro', 'grafana', 'analyst_ro'), fc.constantFrom(0, 30, 900, Number.NaN)).map(([name, seconds]) => role(name, { statement_timeout_seconds: seconds, read_only: seconds === 30 })),
  );
  fc.assert(
    fc.property(fc.array(situation, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (all, numbers) => {
      const shuffled = <T>(list: readonly T[]): T[] => list.map((item) => ({ item, at: numbers.next().value ?? 0 })).sort((a, b) => a.at - b.at).map(({ item }) => item);
      expect(judge(shuffled(rules), shuffled(all), { thresholds })).toEqual(judge(rules, all, { thresholds }));
    }),
    { numRuns: 100 },
  );
});

test('a weight that is a count is bent into 0 to 1, a share is taken as it is', () => {
  const weighted = (weight: string, value: number) => {
    const { rule } = compileRule(
      `id: weighted\ntitle: t\nlevel: note\narea: guardrail\nsubject: role\nmatch: role.can_login\nmessage: m\nwhy: w\nfix: f\nclause: c\nweight: ${weight}
examples: { bad: [{ name: n, facts: { role: { can_login: true } } }], good: [{ name: n }] }`,
      'weighted.yaml',
    );
    return rule === null ? [] : findingsOf([rule], [role('metabase_ro', { statements: value, block_share: value })]).map((finding) => finding.weight);
  };
  expect(weighted('role.statements', 10)).toEqual([0.5]);
  expect(weighted('role.statements', 1)).toEqual([1 / 11]);
  expect(weighted('role.block_share', 0.38)).toEqual([0.38]);
  expect(weighted('role.block_share', Number.NaN)).toEqual([0]);
  expect(weighted('0.7', 3)).toEqual([0.7]);
});

test('facts that break their schema are our fault, named by rule', () => {
  const subject = role('metabase_ro', seen.role);
  const broken = { ...subject, facts: { store: subject.facts['store'] ?? {} } };
  expect(() => judge(rules, [broken])).toThrow(RuleEvaluationError);
});
