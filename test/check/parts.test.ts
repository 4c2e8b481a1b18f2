import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareGaps } from '../../src/check/gaps.js';
import { findingsOf, type Settled } from '../../src/check/outcome.js';
import { ratchetWords } from '../../src/check/ratchet.js';
import { changedQueries, covering, withReading } from '../../src/check/sides.js';
import { NamedRelations } from '../../src/check/touched.js';
import { withoutUnreadable } from '../../src/check/unreadable.js';
import type { Occurrence } from '../../src/findings/occurrences.js';
import type { Finding, Suppression } from '../../src/model/finding.js';
import type { Gap } from '../../src/model/snapshot.js';
import type { SuppressionEntry } from '../../src/model/suppression.js';
import { collectedQuery, snapshotOf } from '../support/snapshot.js';

const finding = (overrides: Partial<Finding> = {}): Finding => ({
  ruleId: 'dashboard-reads-internal', area: 'coupling', level: 'error', message: 'm', consumer: 'metabase card 1 Open', owner: null, store: 'production', relation: 'app.case_file', evidence: [],
  why: '', fix: '', clause: '', locations: [], confidence: 1, weight: 0, partialFingerprints: { boundary: 'b' }, ...overrides,
});

const place = (line: number) => ({ file: 'reports/a.sql', pointer: '', line, column: 1 });

const occurrence = (own: Finding, line: number): Occurrence => ({
  finding: own, location: place(line), ruleId: own.ruleId, consumer: own.consumer, store: own.store, relation: own.relation, digest: `d${line}`, queryId: `q${line}`,
});

const waiver: Suppression = { kind: 'external', by: 'waiver', justification: 'agreed', owner: null, until: null, place: { file: '.tidemark/waivers.yaml', line: 3 } };
const settled = (one: Occurrence, state: Settled['state'], suppression: Suppression | null = null): Settled => ({ occurrence: one, state, suppression });
const gap = (subject: string, missing = 'everything it reads'): Gap => ({ subject, missing, cause: 'c', remedy: null, severity: 'partial' });
const entry = (rule: string, statements: string[] | null = null): SuppressionEntry => ({
  by: 'baseline', rule, consumer: 'c', store: null, relation: null, reason: 'r', owner: null, until: null, statements, place: { file: 'b', line: 1 },
});
const file = (...entries: SuppressionEntry[]) => ({ file: 'b', entries, problems: [] });

describe('which queries a change touches', () => {
  test('equal ones are not, whatever their use; edited, added and removed ones are', () => {
    const kept = collectedQuery({ id: 'a' });
    const edited = collectedQuery({ id: 'b', raw: 'SELECT 1' });
    const removed = collectedQuery({ id: 'c' });
    const before = [kept, edited, removed];
    const after = [{ ...kept, usage: { views: 3, lastUsedAt: null } }, { ...edited, raw: 'SELECT 2' }, collectedQuery({ id: 'd' })];
    const changed = changedQueries(before, after);
    expect(changed.before.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(changed.after.map(({ id }) => id)).toEqual(['b', 'd']);
  });

  test('who sees it counts as much as what it says', () => {
    const query = collectedQuery({ id: 'a', isPublic: false });
    expect(changedQueries([query], [{ ...query, isPublic: true }]).after).toHaveLength(1);
  });

  test('nothing changes where both sides are the same', () => {
    fc.assert(fc.property(fc.array(fc.string()), (ids) => {
      const queries = ids.map((id) => collectedQuery({ id }));
      expect(changedQueries(queries, queries.map((query) => ({ ...query })))).toEqual({ before: [], after: [] });
    }));
  });
});

describe('what the bundle has of sources that are read again', () => {
  test.each([
    ['dashboards', 'dashboards/a.json', true],
    ['./dashboards/', 'dashboards/a.json', true],
    ['dashboards', 'dashboards2/a.json', false],
    ['export.zip', 'export.zip!/charts/a.yaml', true],
    ['.', 'reports/a.sql', true],
    ['.', 'https://metabase.example/api/card/1', false],
    ['.', '../elsewhere/a.sql', false],
  ])('%s covers %s: %s', (path, name, expected) => {
    expect(covering([path])(name)).toBe(expected);
  });

  test('gives way to what was read, and the rest stays', () => {
    const at = (id: string, name: string) => collectedQuery({ id, origin: { file: name, pointer: '', line: 1, column: 1 } });
    const bundle = snapshotOf({ queries: [at('old', 'dashboards/old.json'), at('remote', 'https://grafana.example/d/1')], gaps: [gap('dashboards/old.json'), gap('production')] });
    const reading = { queries: [at('new', 'dashboards/new.json')], sources: [], gaps: [], contracts: [], columnDeclarations: [] };
    const whole = withReading(bundle, reading, ['dashboards'], { queries: [], columnDeclarations: [] });
    expect(whole.queries.map(({ id }) => id)).toEqual(['new', 'remote']);
    expect(whole.gaps.map(({ subject }) => subject)).toEqual(['production']);
  });
});

describe('the names that a text mentions', () => {
  const relation = (name: string, definition: string | null = null) => ({ ...structuredClone(table), name, definition });
  const table = { schema: 'app', name: '', kind: 'table' as const, owner: null, comment: null, columns: [], definition: null as string | null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null };
  const [store] = snapshotOf().stores;
  const names = () => {
    if (store === undefined) throw new Error('the snapshot has no store');
    const relations = [relation('case_file'), relation('task'), relation('odd name'), relation('v_open', 'SELECT * FROM app.case_file'), relation('v_top', 'SELECT * FROM app.v_open')];
    return new NamedRelations([{ catalog: { ...store.catalog, relations, functions: [] } }], []);
  };

  test('in any case, quoted, and with blanks', () => {
    expect([...names().of('SELECT * FROM App."CASE_FILE" JOIN app."odd name" ON true -- my_case_file')]).toEqual(['case_file', 'odd name']);
  });

  test('lead through views both ways', () => {
    expect([...names().withSources(['v_top'])].toSorted()).toEqual(['case_file', 'v_open', 'v_top']);
    expect([...names().withViews(['case_file'])].toSorted()).toEqual(['case_file', 'v_open', 'v_top']);
    expect([...names().withViews(['task'])]).toEqual(['task']);
  });
});

describe('a finding of which one statement is new and another one known', () => {
  test('stands twice, each with its places', () => {
    const own = finding({ locations: [place(1), place(9)] });
    const found = findingsOf([settled(occurrence(own, 1), 'unchanged'), settled(occurrence(own, 9), 'new')]);
    expect(new Map(found.map(({ baselineState, locations }) => [baselineState, locations.map(({ line }) => line)]))).toEqual(new Map([['new', [9]], ['unchanged', [1]]]));
  });

  test('is hidden for the waived statement alone', () => {
    const own = finding({ locations: [place(1), place(9)] });
    const found = findingsOf([settled(occurrence(own, 1), 'new', waiver), settled(occurrence(own, 9), 'new')]);
    expect(new Map(found.map(({ locations, suppressions }) => [locations[0]?.line, suppressions?.length]))).toEqual(new Map([[1, 1], [9, 0]]));
  });
});

describe('what could not be looked at', () => {
  test('is known where it was so before, lines aside; a second one of a kind is new', () => {
    const before = [gap('card A (reports/a.sql:3)')];
    const after = [gap('card A (reports/a.sql:7)'), gap('card A (reports/a.sql:19)')];
    const { fresh, known } = compareGaps(before, after, new Map());
    expect(known).toEqual([after[0]]);
    expect(fresh).toEqual([after[1]]);
  });

  test('is known in a file that was renamed', () => {
    expect(compareGaps([gap('old/a.sql')], [gap('new/a.sql')], new Map([['new/a.sql', 'old/a.sql']])).fresh).toEqual([]);
  });

  test('keeps findings of before from being called fixed', () => {
    const own = finding({ consumer: 'reports/a.sql monthly' });
    const other = finding({ consumer: 'reports/b.sql' });
    const { gone, notes } = withoutUnreadable([occurrence(own, 1), { ...occurrence(other, 1), location: null }], [gap('reports/a.sql monthly (reports/a.sql:3)')]);
    expect(gone.map(({ consumer }) => consumer)).toEqual(['reports/b.sql']);
    expect(notes).toEqual(['reports/a.sql monthly could be read before: a finding of then is not counted as fixed']);
  });
});

describe('the ratchet', () => {
  const given = { settled: [], baseline: null, baselineBefore: null, isChange: true };

  test('refuses a baseline that grew, by statements', () => {
    const baseline = file(entry('a', ['1', '2']), entry('b'));
    expect(ratchetWords({ ...given, baseline, baselineBefore: file(entry('a', ['1']), entry('b')) })).toEqual(['the baseline has 2 of a, and had 1']);
    expect(ratchetWords({ ...given, baseline, baselineBefore: baseline })).toEqual([]);
  });

  test('lets a change bring as many as it takes, by rule', () => {
    const own = finding();
    const came = settled(occurrence(own, 1), 'new');
    const went = settled(occurrence(own, 2), 'absent');
    expect(ratchetWords({ ...given, settled: [came, went] })).toEqual([]);
    expect(ratchetWords({ ...given, settled: [came] })).toEqual(['dashboard-reads-internal rose by 1: 1 came, 0 went']);
    expect(ratchetWords({ ...given, settled: [settled(occurrence(own, 1), 'new', waiver)] })).toEqual([]);
  });

  test('counts all findings against the baseline where everything is judged', () => {
    const own = finding();
    const all = [settled(occurrence(own, 1), 'unchanged', { ...waiver, by: 'baseline' }), settled(occurrence(own, 2), 'new')];
    expect(ratchetWords({ ...given, isChange: false, settled: all, baseline: file(entry(own.ruleId, ['d1'])) })).toEqual(['dashboard-reads-internal rose from 1 to 2']);
  });
});
