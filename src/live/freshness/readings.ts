import type { EpochSeconds } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import type { Feed } from './feed.js';
import { BARE, RANK_OF, type Reading } from './reading.js';

type ControlRow = PayloadOf<'watermarks'>['products'][number];
type LandedRow = PayloadOf<'landed'>['relations'][number];
type ModifiedRow = PayloadOf<'modified'>['relations'][number];
type DbtSource = NonNullable<PayloadOf<'dbt'>['sources']>['results'][number];
type DbtRun = NonNullable<PayloadOf<'dbt'>['runs']>['results'][number];

/** Of the answer that a reading is made of. */
export interface Context {
  feed: Feed;
  looked_at: EpochSeconds;
  place: string;
}

export function controlReading(row: ControlRow, { feed, looked_at, place }: Context): Reading {
  // Written out: one is made of every row at every look, and a spread takes ten times as long.
  return {
    from: 'control table',
    place,
    feed,
    looked_at,
    watermark_at: row.watermark_at,
    is_bound: false,
    loaded_at: row.loaded_at,
    failed_at: row.failed_at,
    status: row.status,
    reported_in: place,
    is_occasional: false,
    problem: row.watermark_at === null ? `its row in ${plainText(place, 80)} has no watermark that is a time; let its loader write one` : null,
  };
}

/** `passed`: when the source was at the position that the row holds; null where it holds none or nobody knows. */
export function landedReading(row: LandedRow, context: Context, passed: { value: EpochSeconds; at_least: boolean } | null): Reading {
  const watermark_at = row.time ?? passed?.value ?? null;
  const is_written = RANK_OF[row.meaning] === 'written';
  return {
    ...BARE,
    ...context,
    from: `max(${plainText(row.column, 60)})`,
    watermark_at,
    is_bound: is_written || (row.time === null && passed?.at_least === true),
    loaded_at: is_written ? watermark_at : null,
    problem: watermark_at === null ? whyNothing(row) : null,
  };
}

function whyNothing(row: LandedRow): string {
  const column = `${plainText(row.relation, 80)}.${plainText(row.column, 60)}`;
  if (row.unread !== null) return `${column} was not read: ${plainText(row.unread)}`;
  if (row.lsn !== null) return `the time of the WAL position in ${column} is not known; it will be as soon as a later one has been seen on the source`;
  return `${column} is empty; look at the pipeline that loads it`;
}

/** By metadata: somebody wrote then, which says nothing of what the source had. */
export function modifiedReading({ relation, modified_at }: ModifiedRow, context: Context): Reading {
  return {
    ...BARE,
    ...context,
    from: 'last change by metadata',
    watermark_at: modified_at,
    is_bound: true,
    loaded_at: modified_at,
    problem: modified_at === null ? `the engine does not tell when ${plainText(relation, 80)} was changed; configure where its watermark is` : null,
  };
}

/** dbt looked at the source when it ran, and not since. */
export function dbtSourceReading(source: DbtSource, { feed, looked_at }: Context): Reading {
  const watermark_at = source.max_loaded_at;
  return {
    ...BARE,
    from: 'dbt source',
    place: source.name,
    feed,
    looked_at: source.snapshotted_at ?? looked_at,
    watermark_at,
    is_occasional: true,
    problem: watermark_at === null ? `dbt could not tell its freshness (${plainText(source.status, 40)}); run dbt source freshness and read its log` : null,
  };
}

/** A run that failed leaves the data of the last one that did not. */
export function dbtRunReading(run: DbtRun, context: Context, before: Reading | null): Reading {
  const succeeded = run.status === 'success' || run.status === 'pass';
  const finished_at = succeeded ? run.finished_at : (before?.watermark_at ?? null);
  return {
    ...BARE,
    ...context,
    from: 'dbt run end',
    watermark_at: finished_at,
    loaded_at: finished_at,
    failed_at: succeeded ? null : run.finished_at,
    reported_in: 'the log of dbt',
    problem: finished_at === null ? `its last dbt run ended with ${plainText(run.status, 40)}; read the log of dbt` : null,
  };
}
