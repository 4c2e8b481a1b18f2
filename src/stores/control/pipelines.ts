import type { PipelineRecord } from '../../model/control-record.js';
import type { Asked } from './dialect.js';
import { keyOf, type FoundTable } from './find.js';
import { byName, type ControlRow, countIn, isoOf, timeIn } from './row.js';
import { statusMeaning } from './status-word.js';
import { continuityOf } from './watermark-order.js';

export const PIPELINE_ASKED: Readonly<Record<string, Asked>> = Object.fromEntries(
  ['pipeline', 'started', 'finished', 'status', 'low', 'high', 'read', 'inserted', 'updated', 'rejected'].map((part) => [part, { as: 'value', part }]),
);

/** A run that takes longer than any before it may still end within the hour. */
const GRACE_SECONDS = 3_600;

interface Run {
  name: string;
  started: number | null;
  finished: number | null;
  meaning: ReturnType<typeof statusMeaning>;
  low: string | null;
  high: string | null;
  read: number | null;
  inserted: number | null;
  updated: number | null;
  rejected: number | null;
}

/** What the newest runs say of each pipeline, rows given newest first. `now`: epoch seconds by the store's clock. */
export function pipelinesOf(table: FoundTable, rows: readonly ControlRow[], now: number): PipelineRecord[] {
  const { columns } = table;
  const runs = rows.flatMap((row): Run[] => {
    if (!row['pipeline']) return [];
    return [{
      name: row['pipeline'],
      started: timeIn(columns['started'], row['started']), finished: timeIn(columns['finished'], row['finished']),
      meaning: statusMeaning(row['status'] ?? ''),
      low: watermarkOf(table, 'low', row), high: watermarkOf(table, 'high', row),
      read: countIn(row['read']), inserted: countIn(row['inserted']), updated: countIn(row['updated']), rejected: countIn(row['rejected']),
    }];
  });
  return byName(runs).map(([pipeline, own]) => pipelineOf(table, pipeline, own.toReversed(), now));
}

/** Of a time the engine gives seconds, which are compared as a time and not as a number that has neighbours. */
function watermarkOf({ columns }: FoundTable, part: 'low' | 'high', row: ControlRow): string | null {
  return columns[part]?.kind === 'time' ? isoOf(timeIn(columns[part], row[part])) : (row[part] ?? null);
}

function pipelineOf(table: FoundTable, pipeline: string, runs: readonly Run[], now: number): PipelineRecord {
  const succeeded = runs.filter(({ meaning }) => meaning === 'good' || meaning === 'partial');
  const failed = runs.filter(({ meaning }) => meaning === 'bad');
  const lastSuccess = runs.findLastIndex(({ meaning }) => meaning === 'good' || meaning === 'partial');
  const longest = Math.max(GRACE_SECONDS, ...runs.flatMap(({ started, finished }) => (started === null || finished === null ? [] : [finished - started])));
  const keepsWatermarks = table.columns['high'] !== undefined;
  const keepsBoth = keepsWatermarks && table.columns['low'] !== undefined;
  const stretches = succeeded.flatMap(({ low, high }) => (low === null || high === null ? [] : [{ low, high }]));
  const continuity = keepsBoth && stretches.length === succeeded.length ? continuityOf(stretches) : null;
  return {
    relation: keyOf(table), pipeline,
    runs: runs.length,
    failed: failed.length,
    neverEnded: table.columns['finished'] === undefined ? 0 : runs.filter((run) => run.finished === null && run.meaning === 'running' && run.started !== null && now - run.started > longest).length,
    lastStartedAt: isoOf(last(runs.map(({ started }) => started))),
    lastSucceededAt: isoOf(last(succeeded.map(({ started, finished }) => finished ?? started))),
    withoutWatermark: keepsWatermarks ? succeeded.filter(({ low, high }) => high === null && low === null).length : 0,
    watermarkGaps: continuity?.gaps ?? null,
    watermarkOverlaps: continuity?.overlaps ?? null,
    countsDoNotAddUp: succeeded.filter(doesNotAddUp).length,
    rowsRejected: runs.reduce((sum, { rejected }) => sum + (rejected ?? 0), 0),
    failedSinceSuccess: runs.slice(lastSuccess + 1).filter(({ meaning }) => meaning === 'bad').length,
    countedRuns: succeeded.filter(isCounted).length,
  };
}

/** A run that says of each row that it read what became of it. */
function isCounted({ read, inserted, updated, rejected }: Run): boolean {
  return read !== null && inserted !== null && updated !== null && rejected !== null;
}

function doesNotAddUp(run: Run): boolean {
  return isCounted(run) && run.read !== (run.inserted ?? 0) + (run.updated ?? 0) + (run.rejected ?? 0);
}

function last(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
