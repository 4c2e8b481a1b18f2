import { CONTROLS, type ClassifiedConsumer, type Control } from '../../../src/model/classified-consumer.js';
import type { Finding } from '../../../src/model/finding.js';
import type { ChecklistAnswer, Health, Review, ReviewArea } from '../../../src/model/review.js';

const ALL_HOSTILE = `</script><script>alert(1)</script><!-- "' onload=x \u202Egnp.exe\u0000\u001B[31m & \u2028 \uFFFF`;

function finding(number: number, level: Finding['level'], area: Finding['area'], consumer: string, owner: string | null, message: string): Finding {
  return {
    ruleId: `${area}-sample-${number % 4}`, area, level, message, consumer, owner, store: 'production', relation: 'public.case_file',
    evidence: ['reads 41,000 blocks a call', 'called 1,204 times since 2026-11-01'], why: 'Whoever reads the tables of the application holds every change of them up.', fix: 'Read the contract view v_case_v2 instead.',
    clause: 'Part 066 §5 workload isolation', locations: [{ file: 'metabase/cards.json', pointer: '/3', line: 12 + number, column: 3 }], confidence: 0.9, weight: 1, partialFingerprints: { boundary: `${number}`.padStart(2, '0').repeat(32) },
  };
}

function consumer(name: string, present: readonly Control[], rest: Partial<ClassifiedConsumer>): ClassifiedConsumer {
  return {
    name, kind: 'dashboard', seen: true, members: [`${name} / Open cases`, `${name} / Closed per month`], decision: { value: 'management-reporting', via: 'evidence', confidence: 0.7, reasons: ['title says board', 'refreshed once a day'] },
    domain: { value: 'analytical', via: 'evidence', confidence: 0.8, reasons: ['counts by month'] }, level: { value: 'management-dashboard', via: 'configured', confidence: 1, reasons: ['configuration'] },
    freshness_seconds: { value: 86_400, via: 'evidence', confidence: 0.6, reasons: ['refreshed once a day'] }, history_seconds: { value: 0, via: 'evidence', confidence: 0.5, reasons: ['no past period'] }, authority: null,
    ownership: { accountable: 'Finance Reporting', responsible: null, consulted: ['Audit'], via: 'configuration' }, reads: [{ store: 'production', role: 'operational', relations: ['public.case_file', 'public.task'], zones: ['internal'] }],
    controls: CONTROLS.map((control, index) => ({ control, required: index < 5, state: present.includes(control) ? 'present' : index === 6 ? 'unknown' : 'absent', evidence: present.includes(control) ? 'seen in the catalogue' : 'looked for in every relation that it reads' })),
    actualLevel: null, fit: 'under', fitReason: 'metric contract, reconciliation and reproducible run are absent', current: 'operational-store', target: { pattern: 'warehouse-mart', reason: 'a month is looked back on, and a day old is fresh enough' }, frees: { blockShare: 0.22, timeShare: 0.31, calls: 1204 },
    ...rest,
  };
}

const QUESTIONS: readonly (readonly [ReviewArea, string])[] = [
  ['workload', 'Which queries are operational, which analytical?'], ['workload', 'Are large scans isolated from transactions?'], ['correctness', 'Are official reports reproducible?'], ['movement', 'Is the load idempotent?'],
  ['security', 'Are exports audited?'], ['ownership', 'Who approves official reports?'], ['operations', 'Is there a runbook for stale reports?'],
];

const ANSWERS: readonly Pick<ChecklistAnswer, 'answer' | 'value' | 'by'>[] = [
  { answer: 'yes', value: 1, by: 'machine' }, { answer: 'partly', value: 0.4, by: 'machine' }, { answer: 'no', value: 0, by: 'proposed' }, { answer: 'unknown', value: null, by: 'machine' }, { answer: 'not-applicable', value: null, by: 'machine' },
  { answer: 'yes', value: 1, by: 'person' }, { answer: 'unknown', value: null, by: 'open' },
];

const board = consumer('metabase dashboard Board pack', ['caveat', 'freshness-watermark'], {});
const floor = consumer('grafana dashboard Operations floor', [...CONTROLS], { fit: 'fits', fitReason: 'every control of its level is present', target: null, actualLevel: 'legal-evidence', frees: null });
const export1 = consumer('reports/month_end.sql', [], { kind: 'report', decision: null, level: null, domain: null, fit: 'undetermined', fitReason: 'what it decides is not known', current: null, target: null, ownership: { accountable: null, responsible: null, consulted: [], via: '' } });

const findings: Finding[] = [
  finding(1, 'error', 'workload', 'metabase dashboard Board pack / Open cases', 'Finance Reporting', 'Open cases reads 22 % of the blocks of production'),
  finding(2, 'error', 'privacy', 'reports/month_end.sql', null, 'reports/month_end.sql exports e-mail addresses'),
  finding(3, 'warning', 'coupling', 'metabase dashboard Board pack / Closed per month', 'Finance Reporting', 'Closed per month reads public.task, which is internal'),
  finding(4, 'note', 'guardrail', '', 'Case Platform Team', 'metabase_ro has no idle_session_timeout'),
  { ...finding(5, 'warning', 'drift', '', null, 'two consumers define open cases differently'), suppressions: [{ kind: 'external', by: 'waiver', justification: 'ends with OPS-231', owner: 'Audit', until: '2027-01-31', place: { file: '.tidemark/waivers.yaml', line: 4 } }] },
];

function picture(): Review['picture'] {
  const flow = (store: string, zone: string, to: string, state: Health) => ({ from: { store, zone }, to: { consumer: to }, label: 'reads 3 relations', state });
  return {
    stores: [
      { name: 'production', role: 'operational', engine: 'postgres', state: 'error', zones: [{ zone: 'internal', relations: 41, state: 'error' }, { zone: 'contract', relations: 6, state: 'ok' }] },
      { name: 'replica', role: 'replica', engine: 'postgres', state: 'unknown', zones: [] },
      { name: 'warehouse', role: 'warehouse', engine: 'duckdb', state: 'warning', zones: [{ zone: 'raw', relations: 9, state: 'ok' }, { zone: 'mart', relations: 12, state: 'note' }] },
    ],
    consumers: [board, floor, export1].map(({ name, kind }, index) => ({ name, kind, state: (['error', 'ok', 'unknown'] as const)[index] ?? 'unknown', findings: 2 - index })),
    flows: [
      flow('production', 'internal', board.name, 'error'), flow('production', 'contract', floor.name, 'ok'), flow('warehouse', 'mart', board.name, 'warning'), flow('warehouse', 'mart', export1.name, 'unknown'),
      { from: { store: 'production', zone: 'contract' }, to: { store: 'warehouse', zone: 'raw' }, label: 'outbox, 4 relations', state: 'ok' }, { from: { store: 'warehouse', zone: 'raw' }, to: { store: 'warehouse', zone: 'mart' }, label: 'dbt, 12 models', state: 'note' },
    ],
    leftOut: null,
  };
}

function checklist(): ChecklistAnswer[] {
  return QUESTIONS.map(([area, question], index) => ({
    number: index + 1, area, question, answer: 'yes', value: 1, by: 'machine', ...ANSWERS[index], sentence: 'Of 41 statements 12 are analytical, and each has a reader with a name.', evidence: ['41 statements', '12 analytical'], rules: [`${findings[index % 4]?.ruleId ?? ''}`, 'without-finding'],
    answeredBy: index === 5 ? { name: 'Ines Okafor', on: '2026-11-02', note: 'the board secretary approves' } : null,
  }));
}

/** A review with something in every part, written by hand. */
export function sampleReview(): Review {
  const areas = (['workload', 'correctness', 'movement', 'security', 'ownership', 'operations'] as const).map((area, index) => ({
    area, score: [70, 0, null, 45, 100, null][index] ?? null, answered: [2, 1, 0, 1, 1, 0][index] ?? 0, questions: [2, 1, 1, 1, 1, 1][index] ?? 1, arithmetic: '(1 + 0.4) / 2 = 70; nothing was left out',
  }));
  return {
    schemaVersion: 1, tool: { name: 'tidemark', version: '0.1.0' }, takenAt: '2026-11-23T02:44:02.000Z', title: 'Case work at the North office',
    verdict: { outcome: 'violated', sentence: 'Reporting is 48 % of the block reads on production, and nothing stops it.', points: ['2 errors, 1 warning', 'of 3 consumers 1 is under-engineered', '2 questions wait for a person'] },
    score: { total: 54, arithmetic: '(70 + 0 + 45 + 100) / 4 = 54; movement and operations could not be scored', areas }, picture: picture(), consumers: [board, floor, export1], checklist: checklist(),
    stabilisation: {
      steps: ['Name the concept', 'Name the authority', 'Publish a contract', 'Move it', 'Reconcile', 'Declare the metric', 'Remember closed periods'].map((title, index) => ({ number: index + 1, title })),
      concepts: ['case', 'payment'].map((name, which) => ({ name, via: which === 0 ? 'configured' : 'proposed from contracts', cells: [1, 2, 3, 4, 5, 6, 7].map((step) => ({ step, state: step < 3 + which ? ('done' as const) : step === 6 ? ('unknown' as const) : ('open' as const), evidence: 'contract v_case_v2, version 2' })) })), done: 2, next: 'Publish a contract for case: three dashboards read its tables.',
    },
    firstThings: [
      { id: 'guardrail:production:metabase_ro', kind: 'guardrail', phase: 'today', title: 'Give metabase_ro a statement_timeout and five more limits', why: 'One dashboard can stop the application.', effort: { size: 'S', hours_min: 0.5, hours_max: 1, reason: 'One role, six settings.' }, gain: 'ends 6 findings', frees_block_share: null, owner: 'Case Platform Team', store: 'production', findings: [findings[3]?.partialFingerprints.boundary ?? ''], command: 'tidemark fix guardrails --role metabase_ro' },
      { id: 'move:board', kind: 'move', phase: 'this-month', title: 'Move the board pack to a warehouse mart', why: 'It reads a year of cases every morning.', effort: { size: 'M', hours_min: 8, hours_max: 16, reason: 'Two cards to point elsewhere.' }, gain: 'frees 22 % of block reads on production', frees_block_share: 0.22, owner: null, store: 'production', findings: [findings[0]?.partialFingerprints.boundary ?? '', 'gone'], command: null },
    ],
    consequences: [{ consumer: board.name, ifWrong: 'The board decides on wrong numbers', ifStale: null, answeredBy: { name: 'Ines Okafor', on: '2026-11-02' }, isStale: true }],
    decisions: [{ id: 'ADR-1', title: 'The board pack reads a warehouse mart', status: 'proposed', context: 'It reads production.', decision: 'It moves to the mart of cases.', consequences: ['A day of delay', 'No load on production'], consumers: [board.name, 'somebody unknown'] }],
    findings, verdicts: [{ area: 'workload', outcome: 'violated', sentence: 'reporting is 48 % of block reads', errors: 1, warnings: 0, notes: 0 }, { area: 'movement', outcome: 'undetermined', sentence: 'no movement was seen', errors: 0, warnings: 0, notes: 0 }],
    coverage: { statements: { total: 41, parsed: 40, partial: 1, unparsed: 0 }, queries: { total: 12, parsed: 12, partial: 0, unparsed: 0, problems: 0 }, relations: 62, views: { total: 20, agree: 19, differ: 1 }, columns: { resolved: 480, total: 485 }, attributedBlockShare: 0.95 },
    stores: [{ name: 'production', engine: 'postgres', role: 'operational', version: '18.4', cost: { elapsed_ms: 146, queries: 37, received_bytes: 178_529 } }, { name: 'warehouse', engine: 'duckdb', role: 'warehouse', version: '1.5.5', cost: { elapsed_ms: 94, queries: 6, received_bytes: 0 } }],
    gaps: [{ subject: 'replica', missing: 'statement texts of other roles', cause: 'permission denied', remedy: 'GRANT pg_read_all_stats TO auditor', severity: 'partial' }], assumptions: ['zones on production by guess: reporting → mart'],
    difference: {
      since: '2026-08-01T08:00:00.000Z', sentence: 'Three findings are fixed and one is new.', score: { before: 41, after: 54 }, areas: [{ area: 'workload', before: 50, after: 70 }, { area: 'movement', before: null, after: null }],
      answers: [{ number: 2, question: 'Are large scans isolated from transactions?', before: 'no', after: 'partly' }], findings: { fixed: 3, added: 1, unchanged: 4, unseen: 1 }, consumers: { added: [export1.name], gone: ['metabase dashboard Old'], changed: [{ name: board.name, what: 'level management dashboard instead of exploratory' }] },
    },
  };
}

/** What the types fix; every other text of a review comes from outside, or could. */
const FIXED = new Set(['level', 'area', 'outcome', 'severity', 'schemaVersion', 'kind', 'value', 'fit', 'control', 'state', 'current', 'pattern', 'actualLevel', 'answer', 'by', 'status', 'phase', 'size', 'before', 'after', 'via', 'baselineState']);

/** The sample with every text in it replaced by one as a hostile database would send it. */
export function hostileReview(text = ALL_HOSTILE): Review {
  const review = structuredClone(sampleReview());
  replaceTexts(review, text);
  return review;
}

function replaceTexts(value: object, text: string): void {
  for (const [key, inner] of Object.entries(value)) {
    if (FIXED.has(key)) continue;
    if (typeof inner === 'string') Reflect.set(value, key, text);
    else if (typeof inner === 'object' && inner !== null) replaceTexts(inner, text);
  }
}
