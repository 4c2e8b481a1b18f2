import { describe, expect, test } from 'vitest';
import type { ObjectiveView } from '../../../src/model/live.js';
import type { PayloadOf } from '../../../src/probes/index.js';
import { PipelineTracker } from '../../../src/live/pipeline/tracker.js';
import { DAY, facts, HOUR, NOON, product, row, semanticViews, SETTINGS, watermarks } from '../freshness/samples.js';
import { loads, MINUTE, steady } from './support.js';

type FactRow = PayloadOf<'facts'>['relations'][number];

const TABLE = 'analytics.fact_case';

/** Rows of the last days, today's part of a day last; `null` for a day without any. 2026-11-22 is a Sunday. */
function days(...rows: (number | null)[]): FactRow['days'] {
  return rows.flatMap((count, index) => (count === null ? [] : [{ day: new Date((NOON - (rows.length - 1 - index) * DAY) * 1000).toISOString().slice(0, 10), rows: count }]));
}

function table(given: Partial<FactRow> = {}): FactRow {
  return { relation: TABLE, product: null, days: [], duplicate_rows: null, unknown_dimension_rows: null, unread: null, ...given };
}

function objectiveOf(given: Partial<FactRow>, tracker = new PipelineTracker(SETTINGS), now = NOON): ObjectiveView {
  tracker.accept(facts(now, [table(given)]));
  const [objective] = tracker.objectives(now);
  if (objective === undefined) throw new Error('no objective');
  return objective;
}

const usual = [480, 470, 500, 490, 475, 120, 100];
const fortnight = [...usual, ...usual];

describe('a fact table', () => {
  test('whose last whole day is as usual is ok, however little today has yet', () => {
    const objective = objectiveOf({ days: days(...fortnight, 3) });
    expect(objective).toMatchObject({ id: 'pipeline/facts/analytics.fact_case', kind: 'pipeline', state: 'ok', target: '≥ 50 rows', now: '100 rows', subject: TABLE });
    expect(objective.sentence).toMatchInlineSnapshot(`"analytics.fact_case: 100 rows of 2026-11-21, 100 are usual"`);
  });

  test('whose last whole day has less than half is a warning, less than a tenth a breach', () => {
    const even = Array.from({ length: 13 }, (_, index) => 480 + (index % 5));
    const half = objectiveOf({ days: days(...even, 120, 3) });
    expect(half).toMatchObject({ state: 'warning', detail: '75 % fewer rows', now: '120 rows' });
    expect(half.sentence).toMatchInlineSnapshot(`"analytics.fact_case: 120 rows of 2026-11-21 where 481 are usual; look at the loads of that day"`);
    expect(objectiveOf({ days: days(...even, null, 3) })).toMatchObject({ state: 'breach', now: '0 rows' });
    expect(objectiveOf({ days: days(...even, 300, 3) }).state).toBe('ok');
  });

  test('is compared with the same weekday: a weekend is no drop', () => {
    // Saturdays and Sundays have a fifth of other days; yesterday was a Saturday.
    const weeks = [100, 490, 480, 470, 500, 490, 120];
    expect(objectiveOf({ days: days(...weeks, ...weeks.slice(0, 6), 110, 5) }).state).toBe('ok');
  });

  test('is not judged by a day or two that were odd', () => {
    const even = Array.from({ length: 13 }, (_, index) => (index === 4 || index === 9 ? 4000 : 100));
    expect(objectiveOf({ days: days(...even, 90, 3) }).state).toBe('ok');
  });

  test('of a few rows a day is not judged: half of them is chance', () => {
    expect(objectiveOf({ days: days(...Array.from({ length: 13 }, () => 12), 2, 1) }).state).toBe('ok');
  });

  test('of few days is unknown, not ok', () => {
    const objective = objectiveOf({ days: days(480, 490, 3, 2) });
    expect(objective).toMatchObject({ state: 'unknown', now: null });
    expect(objective.sentence).toMatchInlineSnapshot(`"analytics.fact_case: fewer than 5 complete days are known, so a drop is not judged yet"`);
  });

  test('is judged up to the watermark and the provisional period of its product only', () => {
    const even = Array.from({ length: 12 }, () => 480);
    const settings = { ...SETTINGS, dataProducts: [product('case_backlog_daily', { provisional_seconds: DAY })] };
    const rows = { product: 'case_backlog_daily', days: days(...even, 480, 20, 3) };
    expect(objectiveOf(rows).state).toBe('breach');
    // Yesterday may still change.
    expect(objectiveOf(rows, new PipelineTracker(settings))).toMatchObject({ state: 'ok', now: '480 rows' });
    const behind = new PipelineTracker({ ...SETTINGS, dataProducts: [product('case_backlog_daily')] });
    behind.accept(watermarks(NOON, [row('case_backlog_daily', { watermark_at: NOON - 20 * HOUR })]));
    expect(objectiveOf(rows, behind).state).toBe('ok');
  });

  test('that is loaded once a night has no drop before the load: its last day is judged when a later one has begun, or a day after', () => {
    const even = Array.from({ length: 12 }, () => 480);
    expect(objectiveOf({ days: days(...even, 480, null, null) })).toMatchObject({ state: 'ok', now: '480 rows' });
    // A part of yesterday is loaded.
    expect(objectiveOf({ days: days(...even, 480, 90, null) })).toMatchObject({ state: 'ok', now: '480 rows' });
    expect(objectiveOf({ days: days(...even, 480, 90, 1) }).state).toBe('warning');
    expect(objectiveOf({ days: days(...even, null, null, null) }).state).toBe('breach');
  });

  test('that may be two days old by its objective is judged up to there where no watermark is known', () => {
    const objective = { target_seconds: DAY, within_seconds: 2 * DAY, share: 0.99, window_seconds: 30 * DAY, degraded_seconds: null, failed_seconds: null };
    const settings = { ...SETTINGS, dataProducts: [product('case_backlog_daily', { objective })] };
    const rows = { product: 'case_backlog_daily', days: days(...Array.from({ length: 12 }, () => 480), null, null, null) };
    expect(objectiveOf(rows, new PipelineTracker(settings))).toMatchObject({ state: 'ok', now: '480 rows' });
  });

  test('with repeated event ids is a breach', () => {
    const objective = objectiveOf({ days: days(...fortnight, 3), duplicate_rows: 12 });
    expect(objective).toMatchObject({ state: 'breach', detail: '12 rows twice' });
    expect(objective.sentence).toMatchInlineSnapshot(
      `"analytics.fact_case: 12 rows of the last 15 days repeat the id of an event that is there already; look at the key by which its loader tells events apart"`,
    );
  });

  test('whose unknown dimension members rise within a day is a warning, until they stand a day', () => {
    const tracker = new PipelineTracker(SETTINGS);
    const at = (now: number, unknown_dimension_rows: number): ObjectiveView => objectiveOf({ unknown_dimension_rows }, tracker, now);
    expect(at(NOON, 10)).toMatchObject({ state: 'ok' });
    const risen = at(NOON + 2 * HOUR, 40);
    expect(risen).toMatchObject({ state: 'warning', detail: '30 more without dimension' });
    expect(risen.sentence).toMatchInlineSnapshot(
      `"analytics.fact_case: 40 rows point to an unknown dimension member, 30 more than within the last day; look at dimensions that load late"`,
    );
    for (let hour = 3; hour < 28; hour++) at(NOON + hour * HOUR, 40);
    expect(at(NOON + 28 * HOUR, 40).state).toBe('ok');
  });

  test('with more than one in a hundred unknown members is a warning at once', () => {
    expect(objectiveOf({ days: days(...fortnight, 3), unknown_dimension_rows: 300 })).toMatchObject({ state: 'warning', detail: '300 rows without dimension' });
  });

  test('that was not read this time keeps its answer as long as any holds', () => {
    const tracker = new PipelineTracker(SETTINGS);
    expect(objectiveOf({ days: days(...fortnight, 3) }, tracker).state).toBe('ok');
    const skipped = { unread: 'there was no time for it in this round' };
    expect(objectiveOf(skipped, tracker, NOON + 120).state).toBe('ok');
    expect(objectiveOf(skipped, tracker, NOON + 480)).toMatchObject({ state: 'unknown', sentence: 'analytics.fact_case: it was not read: there was no time for it in this round' });
  });

  test('of which nothing is asked has no objective', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(facts(NOON, [table()]));
    expect(tracker.objectives(NOON)).toEqual([]);
  });

  test('whose rows of all days are gone is unknown where days were asked for', () => {
    const tracker = new PipelineTracker({ ...SETTINGS, dataProducts: [product('case_backlog_daily', { time_column: 'opened_on' })] });
    expect(objectiveOf({ product: 'case_backlog_daily' }, tracker)).toMatchObject({ state: 'unknown', sentence: 'analytics.fact_case: it has no rows of the last 15 days' });
  });
});

describe('a view that dashboards read', () => {
  const VIEW = 'analytics_semantic.case_backlog';
  const runs = { view: VIEW, runs: true, error: null, depth: 'ran' as const };
  const fails = { view: VIEW, runs: false, error: 'column c.closed_at does not exist' };
  const last = (tracker: PipelineTracker, now: number): ObjectiveView | undefined => tracker.objectives(now).find(({ id }) => id === `pipeline/view/${VIEW}`);

  test('that no longer runs while loads succeed is a breach that names it', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON, steady(5)));
    tracker.accept(semanticViews(NOON, [runs]));
    expect(last(tracker, NOON)).toMatchObject({ state: 'ok', sentence: `${VIEW} runs` });
    tracker.accept(loads(NOON + MINUTE, steady(5)));
    tracker.accept(semanticViews(NOON + MINUTE, [fails]));
    const broken = last(tracker, NOON + MINUTE);
    expect(broken).toMatchObject({ state: 'breach', now: 'fails', since: NOON + MINUTE });
    expect(broken?.sentence).toMatchInlineSnapshot(
      `"analytics_semantic.case_backlog no longer runs since 12:01 UTC although loads succeed: column c.closed_at does not exist; look at what was changed below it"`,
    );
    tracker.accept(semanticViews(NOON + 2 * MINUTE, [fails]));
    expect(last(tracker, NOON + 2 * MINUTE)?.since).toBe(NOON + MINUTE);
    tracker.accept(semanticViews(NOON + 3 * MINUTE, [runs]));
    expect(last(tracker, NOON + 3 * MINUTE)).toMatchObject({ state: 'ok', since: null });
  });

  test('that never ran is a breach; that loads fail too is said', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(loads(NOON, steady(5, undefined, () => ({ status: 'FAILED' }))));
    tracker.accept(semanticViews(NOON, [fails]));
    expect(last(tracker, NOON)?.sentence).toMatchInlineSnapshot(
      `"analytics_semantic.case_backlog does not run, and a load fails too: column c.closed_at does not exist; look at what was changed below it"`,
    );
  });

  test('that was not looked at keeps its answer as long as any holds, then is unknown with the reason', () => {
    const tracker = new PipelineTracker(SETTINGS);
    const skipped = (at: number) => ({ ...semanticViews(at, []), payload: { as_of: null, views: [], unread: [{ view: VIEW, reason: 'permission denied for view case_backlog; GRANT SELECT ON analytics_semantic.case_backlog TO tidemark' }] }, failure: null });
    tracker.accept(semanticViews(NOON, [runs]));
    tracker.accept(skipped(NOON + 60));
    expect(last(tracker, NOON + 60)?.state).toBe('ok');
    for (let at = NOON + 120; at <= NOON + 300; at += 60) tracker.accept(skipped(at));
    const unknown = last(tracker, NOON + 300);
    expect(unknown).toMatchObject({ state: 'unknown', now: null });
    expect(unknown?.sentence).toMatchInlineSnapshot(
      `"analytics_semantic.case_backlog: it could not be tried: permission denied for view case_backlog; GRANT SELECT ON analytics_semantic.case_backlog TO tidemark"`,
    );
  });

  test('of whose probe nothing is heard is unknown, and one that is dropped is gone', () => {
    const tracker = new PipelineTracker(SETTINGS);
    tracker.accept(semanticViews(NOON, [runs]));
    expect(last(tracker, NOON + 181)?.state).toBe('unknown');
    tracker.accept(semanticViews(NOON + 240, []));
    expect(tracker.objectives(NOON + 240)).toEqual([]);
  });

  test('of the same name in two stores has two objectives', () => {
    const tracker = new PipelineTracker(SETTINGS);
    for (const store of ['warehouse', 'archive']) tracker.accept(semanticViews(NOON, [runs], store));
    expect(tracker.objectives(NOON).map(({ id }) => id).sort()).toEqual([`pipeline/view/${VIEW}`, `pipeline/view/archive/${VIEW}`]);
  });
});
