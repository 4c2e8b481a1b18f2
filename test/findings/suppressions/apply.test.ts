import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Occurrence } from '../../../src/findings/occurrences.js';
import { applySuppressions, type Suppressing } from '../../../src/findings/suppressions/apply.js';
import type { Gap } from '../../../src/model/snapshot.js';
import type { SuppressionEntry } from '../../../src/model/suppression.js';
import { digest, entry, occurrence } from './support.js';

const TODAY = '2026-11-22';

function apply(given: Partial<Suppressing>) {
  const occurrences = given.occurrences ?? [];
  return applySuppressions({
    occurrences, gaps: [], entries: [], today: TODAY, judged: () => true, renames: new Map(),
    consumers: new Set(occurrences.map(({ consumer }) => consumer)), ...given,
  });
}

/** The digests of what stays visible. */
function visible(given: Partial<Suppressing>): string[] {
  const { hidden } = apply(given);
  return (given.occurrences ?? []).filter((one) => !hidden.has(one)).map(({ consumer, digest: own }) => `${consumer} ${own}`);
}

const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];

describe('an entry of the baseline', () => {
  test('hides the statement that it names, says who decided so, and is used', () => {
    const known = occurrence({ digest: A });
    const one = entry({ statements: [A], owner: 'Finance', until: '2027-01-31' });
    const { hidden, problems, used } = apply({ occurrences: [known], entries: [one] });
    expect(hidden.get(known)).toEqual({ kind: 'external', by: 'baseline', justification: 'OPS-231', owner: 'Finance', until: '2027-01-31', place: one.place });
    expect([problems, used.get(one)]).toEqual([[], 1]);
  });

  test('does not hide a second statement of the same rule in the same file, above or below it', () => {
    expect(visible({ occurrences: [occurrence({ digest: B, line: 1 }), occurrence({ digest: A, line: 9 })], entries: [entry({ statements: [A] })] })).toEqual([`reports/monthly.sql ${B}`]);
  });

  test('does not hide a copy of its statement, in the same file or in another one', () => {
    const copy = occurrence({ consumer: 'reports/copy.sql', file: 'reports/copy.sql', digest: A });
    expect(visible({ occurrences: [occurrence({ digest: A }), occurrence({ digest: A, line: 9 })], entries: [entry({ statements: [A] })] })).toHaveLength(1);
    expect(visible({ occurrences: [occurrence({ digest: A }), copy], entries: [entry({ statements: [A] })] })).toEqual([`reports/copy.sql ${A}`]);
    // The file is there still, though its own statement broke the rule no longer.
    expect(visible({ occurrences: [copy], entries: [entry({ statements: [A] })], consumers: new Set(['reports/monthly.sql', 'reports/copy.sql']) })).toEqual([`reports/copy.sql ${A}`]);
  });

  test('follows its statement when it was edited where it stands, or moved', () => {
    expect(visible({ occurrences: [occurrence({ digest: B })], entries: [entry({ statements: [A] })] })).toEqual([]);
    expect(visible({ occurrences: [occurrence({ consumer: 'finance/monthly.sql', file: 'finance/monthly.sql', digest: A })], entries: [entry({ statements: [A] })] })).toEqual([]);
    expect(visible({ occurrences: [occurrence({ consumer: 'finance/monthly.sql', file: 'finance/monthly.sql', digest: B })], entries: [entry({ statements: [A] })] })).toHaveLength(1);
    expect(visible({ occurrences: [occurrence({ consumer: 'finance/monthly.sql', file: 'finance/monthly.sql', digest: B })], entries: [entry({ statements: [A] })], renames: new Map([['finance/monthly.sql', 'reports/monthly.sql']]) })).toEqual([]);
  });

  test('speaks of its rule, relation and store only', () => {
    const others = [occurrence({ rule: 'unused-card', digest: A }), occurrence({ relation: 'app.task', digest: A }), occurrence({ store: 'replica', digest: A })];
    expect(visible({ occurrences: others, entries: [entry({ statements: [A] })] })).toHaveLength(3);
    expect(visible({ occurrences: others, entries: [entry({ statements: [A], store: null })] })).toEqual(['reports/monthly.sql aaaaaaaaaaaa', 'reports/monthly.sql aaaaaaaaaaaa']);
    expect(visible({ occurrences: others, entries: [entry({ statements: null, relation: null })] })).toHaveLength(3);
  });

  test('of a rule that judges statements as a whole holds whatever relation the finding names now', () => {
    const given = { entries: [entry({ rule: 'analytical-on-operational', statements: [A] })], statementRules: new Set(['analytical-on-operational']) };
    const found = (relation: string, own: string, line = 1) => occurrence({ rule: 'analytical-on-operational', relation, digest: own, line });
    expect(visible({ ...given, occurrences: [found('app.task', B)] })).toEqual([]);
    expect(visible({ ...given, occurrences: [found('app.task', B), found('app.task', A, 9)] })).toEqual([`reports/monthly.sql ${B}`]);
    expect(visible({ ...given, statementRules: new Set(), occurrences: [found('app.task', A)] })).toHaveLength(1);
    const [edited, was] = [found('app.task', B), found('app.case_file', A)];
    expect(visible({ ...given, occurrences: [edited, found('app.task', C, 9)], before: new Map([[edited, was]]) })).toEqual([`reports/monthly.sql ${C}`]);
  });

  test('without statements hides all of its consumer and relation', () => {
    expect(visible({ occurrences: [occurrence({ digest: A }), occurrence({ digest: B, line: 9 })], entries: [entry()] })).toEqual([]);
  });

  test('of a change hides what stood before it by what it was, and nothing that came', () => {
    const [was, edited, copy] = [occurrence({ digest: A }), occurrence({ digest: B }), occurrence({ digest: A, line: 9 })];
    expect(visible({ occurrences: [edited, copy], entries: [entry({ statements: [A] })], before: new Map([[edited, was]]) })).toEqual([`reports/monthly.sql ${A}`]);
    // What it was written for had gone before the change.
    expect(visible({ occurrences: [occurrence({ digest: C })], entries: [entry({ statements: [A] })], before: new Map() })).toEqual([`reports/monthly.sql ${C}`]);
  });
});

describe('a waiver', () => {
  const waiver = (given: Partial<SuppressionEntry>) => entry({ by: 'waiver', store: null, relation: null, consumer: null, ...given });

  test('takes * for any letters, and what it leaves out for all', () => {
    const occurrences = [occurrence({ digest: A }), occurrence({ consumer: 'finance/board.sql', relation: 'app.task', digest: B }), occurrence({ rule: 'unused-card' })];
    expect(visible({ occurrences, entries: [waiver({ consumer: 'reports/*' })] })).toEqual([`finance/board.sql ${B}`, 'reports/monthly.sql ']);
    expect(visible({ occurrences, entries: [waiver({ relation: 'app.*' })] })).toEqual(['reports/monthly.sql ']);
    expect(visible({ occurrences, entries: [waiver({})] })).toEqual(['reports/monthly.sql ']);
  });

  test('holds through its last day and is told from the next on', () => {
    const given = { occurrences: [occurrence({ digest: A })], entries: [waiver({ until: '2026-11-22', owner: 'Finance' })] };
    expect(visible(given)).toEqual([]);
    expect(visible({ ...given, today: '2026-11-23' })).toHaveLength(1);
    expect(apply({ ...given, today: '2026-11-23' }).problems).toEqual([
      { fault: 'expired', by: 'waiver', rule: 'dashboard-reads-internal', consumer: '', relation: '', owner: 'Finance', cause: 'it held until 2026-11-22', place: { file: '.tidemark/baseline.yaml', line: 4 } },
    ]);
  });

  test('that hides nothing is told, unless what it speaks of was not judged', () => {
    const idle = waiver({ consumer: 'reports/gone.sql' });
    expect(apply({ entries: [idle] }).problems).toMatchObject([{ fault: 'unused', consumer: 'reports/gone.sql', cause: 'nothing that it hides is there any more' }]);
    expect(apply({ entries: [idle], judged: () => false }).problems).toEqual([]);
    // One that only comes too late is not.
    expect(apply({ occurrences: [occurrence({ digest: A })], entries: [entry({ statements: [A] }), waiver({})] }).problems).toEqual([]);
  });
});

test('a comment hides what its own statement breaks, and no other', () => {
  const comment = entry({ by: 'comment', consumer: null, store: null, relation: null, queryId: 'sql:1', place: { file: 'reports/monthly.sql', line: 3 } });
  const given = { occurrences: [occurrence({ digest: A, queryId: 'sql:1' }), occurrence({ digest: B, queryId: 'sql:2' })], entries: [comment] };
  expect(visible(given)).toEqual([`reports/monthly.sql ${B}`]);
  expect([...apply(given).hidden.values()]).toMatchObject([{ kind: 'inSource', by: 'comment' }]);
  expect(apply({ entries: [comment] }).problems).toMatchObject([{ fault: 'unused', cause: 'the statement breaks no such rule' }]);
  const migration = entry({ by: 'comment', rule: 'migration-breaks-reader', consumer: null, store: null, relation: null, queryId: null, lines: { from: 4, to: 6 }, place: { file: 'db/2.sql', line: 3 } });
  const [within, below] = [occurrence({ rule: 'migration-breaks-reader', file: 'db/2.sql', line: 5 }), occurrence({ rule: 'migration-breaks-reader', file: 'db/2.sql', line: 7 })];
  expect([...apply({ occurrences: [within, below], entries: [migration] }).hidden.keys()]).toEqual([within]);
});

describe('what could not be looked at', () => {
  const gap = (subject: string, missing: string): Gap => ({ subject, missing, cause: 'a reason', remedy: null, severity: 'partial' });
  const known = (consumer: string, relation: string | null): SuppressionEntry => entry({ rule: 'could-not-look', consumer, relation, store: null });

  test('is known by what is missing of whom, wherever it stands; a second one is not', () => {
    const [first, second] = [gap('reports/monthly.sql (reports/monthly.sql:40)', 'everything it reads'), gap('reports/monthly.sql (reports/monthly.sql:80)', 'everything it reads')];
    const { hiddenGaps, problems } = apply({ gaps: [first, second], entries: [known('reports/monthly.sql', 'everything it reads')] });
    expect([[...hiddenGaps], problems]).toEqual([[first], []]);
  });

  test('is hidden by no entry of a rule, and hides no finding', () => {
    const one = gap('production', 'row policies');
    expect(apply({ gaps: [one], entries: [entry({ consumer: 'production', relation: 'row policies' })] }).hiddenGaps.size).toBe(0);
    expect(apply({ occurrences: [occurrence({})], entries: [known('reports/monthly.sql', 'app.case_file')] }).hidden.size).toBe(0);
  });

  test('keeps its name when its file is renamed', () => {
    const one = gap('finance/monthly.sql (finance/monthly.sql:4)', 'everything it reads');
    expect(apply({ gaps: [one], entries: [known('reports/monthly.sql', 'everything it reads')], renames: new Map([['finance/monthly.sql', 'reports/monthly.sql']]) }).hiddenGaps.size).toBe(1);
  });
});

describe('whatever is given', () => {
  const [consumer, relation] = [fc.constantFrom('a.sql', 'b.sql', 'c.sql'), fc.constantFrom('app.case_file', 'app.task')];
  const statement = fc.integer({ min: 0, max: 4 }).map(digest);
  const occurrences = fc.array(fc.record({ consumer, relation, digest: statement, line: fc.integer({ min: 1, max: 50 }) }).map((given) => occurrence({ ...given, file: given.consumer })), { maxLength: 12 });
  const entries = fc.array(
    fc.record({ consumer, relation, statements: fc.array(statement, { maxLength: 3 }).map((list) => list.sort()), by: fc.constantFrom('baseline' as const, 'waiver' as const), place: fc.record({ file: fc.constant('f'), line: fc.nat(99) }) }).map((given) => entry(given)),
    { maxLength: 8 },
  );

  test('an entry hides at most one statement for each that it names', () => {
    fc.assert(fc.property(occurrences, entries, (found, given) => {
      const { used, hidden } = apply({ occurrences: found, entries: given });
      for (const one of given) expect(used.get(one) ?? 0).toBeLessThanOrEqual(one.statements?.length ?? 0);
      expect([...used.values()].reduce((sum, number) => sum + number, 0)).toBe(hidden.size);
    }), { numRuns: 300 });
  });

  test('what a baseline knows is hidden, and exactly what is added is not', () => {
    fc.assert(fc.property(occurrences, occurrences, fc.boolean(), (known, added, isChange) => {
      const groups = new Map<string, Occurrence[]>();
      for (const one of known) groups.set(`${one.consumer} ${one.relation}`, [...(groups.get(`${one.consumer} ${one.relation}`) ?? []), one]);
      const written = [...groups.values()].map((group) => entry({ consumer: group[0]?.consumer ?? '', relation: group[0]?.relation ?? '', statements: group.map((one) => one.digest).sort() }));
      const before = isChange ? { before: new Map(known.map((one) => [one, one])) } : {};
      expect(visible({ occurrences: [...known, ...added], entries: written, ...before })).toHaveLength(added.length);
    }), { numRuns: 300 });
  });

  test('the order of entries and findings does not matter', () => {
    const shuffled = fc.tuple(occurrences, entries).chain(([found, given]) => fc.record({
      found: fc.constant(found), given: fc.constant(given),
      otherFound: fc.shuffledSubarray(found, { minLength: found.length }), otherGiven: fc.shuffledSubarray(given, { minLength: given.length }),
    }));
    fc.assert(fc.property(shuffled, ({ found, given, otherFound, otherGiven }) => {
      const key = (one: Occurrence) => JSON.stringify([one.consumer, one.relation, one.digest, one.location]);
      const said = (result: ReturnType<typeof apply>) => [...result.hidden].map(([one, { by, place }]) => JSON.stringify([key(one), by, place])).sort();
      expect(said(apply({ occurrences: otherFound, entries: otherGiven }))).toEqual(said(apply({ occurrences: found, entries: given })));
    }), { numRuns: 300 });
  });
});
