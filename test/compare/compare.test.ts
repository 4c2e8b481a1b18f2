import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Comparison, FindingChangeKind } from '../../src/compare/comparison.js';
import { compare } from '../../src/compare/index.js';
import type { Side } from '../../src/compare/side.js';
import { caseworkReport } from '../report/casework-report.js';
import { collectedQuery } from '../support/snapshot.js';
import { appeals, bundleSide, findingsWithout, noAnswer, reportSide, workload } from './sides.js';

const told = (before: Side, after: Side): Comparison => compare(before, after, '0.1.0');
const of = ({ findings }: Comparison, kind: FindingChangeKind): string[] => findings.filter(({ change }) => change === kind).map(({ finding }) => `${finding.ruleId} ${finding.consumer}`);
const march = reportSide('march.json');
const holding = caseworkReport.verdicts.map((verdict) => ({ ...verdict, outcome: 'holds' as const, errors: 0, warnings: 0, notes: 0 }));

describe('two sides', () => {
  test('that are the same differ in nothing', () => {
    const { direction, counts, findings, rules, owners, metrics, gaps, unseen, notes } = told(march, march);
    expect({ direction, findings, rules, owners, metrics, gaps, unseen, notes }).toEqual({ direction: 'same', findings: [], rules: [], owners: [], metrics: [], gaps: { opened: [], closed: [], standing: 0 }, unseen: [], notes: [] });
    expect(counts).toEqual({ new: 0, risen: 0, unseen: 0, fallen: 0, fixed: 0, 'first-seen': 0, unchanged: caseworkReport.findings.length });
  });

  test('are told finding by finding, by rule and by owner', () => {
    const [worst, ...rest] = findingsWithout('dashboard-bypasses-contract');
    if (worst === undefined) throw new Error('no finding');
    const verdicts = caseworkReport.verdicts.map((verdict) => (verdict.area === 'guardrail' ? { ...verdict, outcome: 'holds' as const } : verdict));
    const comparison = told(march, reportSide('june.json', { findings: [{ ...worst, level: 'warning' }, ...rest, appeals], verdicts }));
    expect(comparison.direction).toBe('mixed');
    expect(comparison.counts).toEqual({ new: 1, risen: 0, unseen: 0, fallen: 1, fixed: 7, 'first-seen': 0, unchanged: 2 });
    expect(comparison.rules).toEqual([
      { ruleId: 'dashboard-bypasses-contract', area: 'coupling', level: 'error', before: 7, after: 0, fixed: 7, new: 0, unseen: 0 },
      { ruleId: 'analytical-on-operational', area: 'workload', level: 'error', before: 1, after: 1, fixed: 0, new: 0, unseen: 0 },
      { ruleId: 'dashboard-reads-internal', area: 'coupling', level: 'error', before: 0, after: 1, fixed: 0, new: 1, unseen: 0 },
    ]);
    expect(comparison.owners.find(({ owner }) => owner === null)).toEqual({ owner: null, before: 3, after: 1, fixed: 2, new: 0, unseen: 0 });
    expect(comparison.areas.map(({ area, direction }) => `${area} ${direction}`)).toEqual(['workload better', 'drift same', 'coupling mixed', 'privacy same', 'guardrail better']);
  });

  test('know a card again that was renumbered, by what it says', () => {
    const query = collectedQuery({ id: 'metabase:prod:card:77', title: 'Refund queue', origin: { file: 'a.json', pointer: '/0', line: 1, column: 1 }, raw: 'select count(*) from app.case_file' });
    const finding = (consumer: string, file: string) => ({ ...appeals, consumer, locations: [{ file, pointer: '/0', line: 1, column: 1 }], partialFingerprints: { boundary: consumer } });
    const side = (file: string, consumer: string): Side => {
      const bundle = bundleSide(file, { readers: 1, ofInternal: 1 }, { findings: [finding(consumer, file)] });
      return { ...bundle, snapshot: bundle.snapshot && { ...bundle.snapshot, queries: [{ ...query, id: `metabase:prod:card:${consumer}`, origin: { file, pointer: '/0', line: 1, column: 1 } }] } };
    };
    expect(told(side('a.json', 'metabase card 77 Refund queue'), side('b.json', 'metabase card 912 Refunds waiting')).counts).toMatchObject({ fixed: 0, new: 0, unchanged: 1 });
  });

  test('mirror each other: what is new one way is gone the other way', () => {
    fc.assert(
      fc.property(fc.subarray(caseworkReport.findings), fc.subarray(caseworkReport.findings), (some, others) => {
        const [one, other] = [reportSide('one.json', { findings: some, verdicts: holding }), reportSide('other.json', { findings: others, verdicts: holding })];
        const [there, back] = [told(one, other), told(other, one)];
        expect(of(there, 'new')).toEqual(of(back, 'fixed'));
        expect(there.counts.unchanged).toBe(back.counts.unchanged);
        expect(there.counts.fixed + there.counts.unchanged).toBe(some.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what was not looked at is not fixed', () => {
  const gone = findingsWithout('dashboard-bypasses-contract');
  const reasons = ({ findings }: Comparison): (string | null)[] => [...new Set(findings.map(({ why }) => why))];

  test('where the store is missing, and it is not new where it is there for the first time', () => {
    const without = reportSide('june.json', { findings: [], stores: caseworkReport.stores.slice(1), verdicts: holding });
    const comparison = told(march, without);
    expect(comparison.direction).toBe('unknown');
    expect(comparison.unseen).toEqual(['store production is not in june.json']);
    expect(of(comparison, 'fixed')).toEqual(['metric-undecided reports/ageing.sql']);
    expect(comparison.stores.map(({ store, change }) => `${store} ${change}`)).toEqual(['warehouse same', 'production gone']);
    expect(told(without, march).counts).toMatchObject({ new: 1, 'first-seen': 9 });
  });

  test('where the store or the file could not be read', () => {
    const comparison = told(march, reportSide('june.json', { findings: gone, gaps: [noAnswer], verdicts: holding }));
    expect(comparison.counts).toMatchObject({ fixed: 0, unseen: 7 });
    expect(reasons(comparison)).toEqual(['production could not be looked at in june.json: connection refused at db.internal:5432']);
    expect(comparison.rules).toMatchObject([{ ruleId: 'dashboard-bypasses-contract', fixed: 0, unseen: 7 }]);
    expect(comparison.stores[0]).toMatchObject({ analytical: null, cards: { readers: { before: 8, after: null } } });
    const unreadable = { subject: 'dashboards/metabase/cards.json', missing: 'its cards', cause: 'the JSON ends in the middle', remedy: null, severity: 'partial' as const };
    expect(reasons(told(march, reportSide('june.json', { findings: gone, gaps: [unreadable], verdicts: holding })))).toEqual(['its cards of dashboards/metabase/cards.json could not be looked at: the JSON ends in the middle']);
  });

  test('where it could not be looked at before either, what is gone is gone', () => {
    const comparison = told(reportSide('march.json', { gaps: [noAnswer] }), reportSide('june.json', { findings: gone, gaps: [noAnswer], verdicts: holding }));
    expect(comparison.gaps).toEqual({ opened: [], closed: [], standing: 1 });
    expect(comparison.counts.fixed).toBe(7);
  });

  test('where its area is undetermined', () => {
    const verdicts = holding.map((verdict) => (verdict.area === 'coupling' ? { ...verdict, outcome: 'undetermined' as const, sentence: '12 cards could not be read' } : verdict));
    const comparison = told(march, reportSide('june.json', { findings: gone, verdicts }));
    expect(reasons(comparison)).toEqual(['coupling is undetermined in june.json: 12 cards could not be read']);
    expect(comparison.unseen).toEqual(['Coupling is undetermined: 12 cards could not be read']);
    expect(comparison.areas.find(({ area }) => area === 'coupling')?.direction).toBe('unknown');
  });

  test('where nobody gave the dashboards', () => {
    const coverage = { ...caseworkReport.coverage, queries: { total: 0, parsed: 0, partial: 0, unparsed: 0, problems: 0 } };
    const comparison = told(march, reportSide('june.json', { findings: [], coverage, verdicts: holding }));
    expect(comparison.unseen).toEqual(['june.json has no query of dashboards, march.json has 312 queries']);
    expect(of(comparison, 'fixed')).toEqual(['metric-definitions-differ grafana panel Live backlog']);
    const [both, one] = [bundleSide('march', { readers: 61, ofInternal: 50 }), bundleSide('june', { readers: 0, ofInternal: 0 }, { findings: [], verdicts: holding })];
    const fewer: Side = { ...one, snapshot: one.snapshot && { ...one.snapshot, sources: [] } };
    expect(told(both, fewer).unseen).toEqual(['the dashboards of dashboards are not in june']);
  });

  test('where the statistics are gone', () => {
    const comparison = told(march, reportSide('june.json', { findings: findingsWithout('analytical-on-operational'), workload: [], verdicts: holding }));
    expect(reasons(comparison)).toEqual(['june.json has no statistics of what ran on production']);
  });

  test('where only a change was judged', () => {
    const check = { since: { ref: 'main', commit: 'c0ffee00c0ffee00' }, knownGaps: [] };
    const comparison = told(march, reportSide('change.json', { findings: [appeals], check, verdicts: [] }));
    expect(comparison.counts).toMatchObject({ new: 1, fixed: 0, unseen: 10 });
    expect(comparison.notes).toEqual(['change.json judges what changed since c0ffee00c0ff, and not the rest']);
    expect(told(reportSide('before.json', { check, verdicts: [] }), reportSide('after.json', { findings: [], check, verdicts: [] })).counts.fixed).toBe(10);
  });
});

describe('the measures', () => {
  test('count the cards of bundles, and of reports those that break a rule', () => {
    const comparison = told(bundleSide('march', { readers: 61, ofInternal: 50 }), bundleSide('june', { readers: 9, ofInternal: 4 }, { findings: findingsWithout('dashboard-bypasses-contract') }));
    expect(comparison.stores[0]?.cards).toEqual({ by: 'queries', readers: { before: 61, after: 9 }, ofInternal: { before: 50, after: 4 } });
    expect(told(march, reportSide('june.json', { findings: findingsWithout('dashboard-bypasses-contract') })).stores[0]?.cards).toEqual({ by: 'findings', readers: { before: 8, after: 1 }, ofInternal: { before: null, after: null } });
  });

  test('tell the analytical part of the work', () => {
    const { stores } = told(march, reportSide('june.json', { workload: workload(0.06) }));
    expect(stores[0]?.analytical).toMatchObject({ before: { blocks: 0.38, time: 0.41 }, after: { blocks: 0.06, time: 0.06 }, between: null });
  });

  test('tell what ran in between apart, where the counters were not set back', () => {
    const [first] = workload(0.38, { since: '2026-01-05T00:00:00.000Z', until: '2026-03-02T08:00:00.000Z' });
    if (first === undefined) throw new Error('no workload');
    const grown = (more: Record<string, number>) => ({ ...first, until: '2026-06-01T08:00:00.000Z', classes: first.classes.map((one) => ({ ...one, work: { ...one.work, blocks: one.work.blocks + (more[one.class] ?? 0), execution_ms: one.work.execution_ms + (more[one.class] ?? 0) } })) });
    const between = (more: Record<string, number>) => told(reportSide('march.json', { workload: [first] }), reportSide('june.json', { workload: [grown(more)] }));
    expect(between({ analytical: 60, operational: 940 }).stores[0]?.analytical?.between).toEqual({ time: 0.06, blocks: 0.06 });
    const shrunk = between({ analytical: -60, operational: 940 });
    expect(shrunk.stores[0]?.analytical?.between).toBeNull();
    expect(shrunk.notes).toEqual(['the counters of production were not set back in between, so that the second share holds what ran before the first too']);
  });

  test('tell how definitions of metrics relate now', () => {
    const metric = (name: string, verdict: 'equal' | 'different' | 'undecided' | 'equal-under') => ({ id: name, name, store: 'production', relation: 'app.case_file', verdict, definitions: 2, restsOn: [] });
    const first = reportSide('march.json', { metrics: [metric('a', 'different'), metric('b', 'equal'), metric('c', 'different'), metric('d', 'equal'), metric('gone', 'different')] });
    const second = reportSide('june.json', { metrics: [metric('a', 'equal'), metric('b', 'equal-under'), metric('c', 'undecided'), metric('d', 'equal'), metric('fresh', 'different')] });
    expect(told(first, second).metrics.map(({ id, direction }) => `${id} ${direction}`)).toEqual(['a better', 'b worse', 'c unknown', 'fresh worse', 'gone better']);
  });
});

describe('what limits the comparison is told', () => {
  test('two versions, two kinds of file, what is let pass and the wrong order', () => {
    const suppressed = { ...appeals, suppressions: [{ kind: 'external' as const, by: 'baseline' as const, justification: '', owner: null, until: null, place: { file: '.tidemark/baseline.yaml', line: 4 } }] };
    const later = reportSide('june.json', { tool: { name: 'tidemark', version: '0.2.0' }, findings: [...caseworkReport.findings, suppressed], takenAt: '2026-01-01T00:00:00.000Z' });
    expect(told(bundleSide('march', { readers: 1, ofInternal: 1 }), later).notes).toMatchInlineSnapshot(`
      [
        "march was judged by tidemark 0.1.0 and june.json by 0.2.0: a rule that one of them does not have looks fixed or new; only one of them has findings of dashboard-reads-internal",
        "a report was judged with the rules and the configuration of its day, a bundle is judged with those of now: compare two bundles where they may differ",
        "0 findings of march and 1 of june.json are let pass by a baseline, waiver or comment; they count as standing",
        "march was taken after june.json: what is called fixed came back if they were given in the wrong order",
      ]
    `);
  });
});
