import type { StoreFacts } from '../facts/store.js';
import type { PipelineFacts } from '../facts/pipeline.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Configuration } from '../model/configuration.js';
import type { PipelineRecord } from '../model/control-record.js';
import { placeOf } from './place.js';

/** Each pipeline of which runs are recorded. */
export function pipelineSubjects(boundary: StoreBoundary, store: StoreFacts, configuration: Configuration): Subject[] {
  const pipelines = boundary.store.control?.pipelines ?? [];
  return pipelines.map((pipeline) => {
    const newest = Math.max(...pipelines.filter(({ relation }) => relation === pipeline.relation).map(startedAt));
    return subject('pipeline', { pipeline: pipelineFacts(pipeline, newest - startedAt(pipeline) > GIVEN_UP_MS), store }, placeOf(boundary, pipeline.pipeline, configuration));
  });
}

/** What others outlived by so long is taken for replaced: monthly loads are the rarest that fail twice unseen. */
const GIVEN_UP_MS = 30 * 86_400_000;

function startedAt({ lastStartedAt }: PipelineRecord): number {
  return lastStartedAt === null ? 0 : Date.parse(lastStartedAt);
}

function pipelineFacts(record: PipelineRecord, isGivenUp: boolean): PipelineFacts {
  return {
    name: record.pipeline,
    table: record.relation,
    runs: record.runs,
    failed: record.failed,
    succeeded: record.lastSucceededAt !== null,
    last_started: minuteOf(record.lastStartedAt),
    last_succeeded: minuteOf(record.lastSucceededAt),
    failed_since_success: record.failedSinceSuccess ?? Number.NaN,
    given_up: isGivenUp,
    never_ended: record.neverEnded,
    without_watermark: record.withoutWatermark,
    watermark_gaps: record.watermarkGaps ?? Number.NaN,
    watermark_overlaps: record.watermarkOverlaps ?? Number.NaN,
    counts_do_not_add_up: record.countsDoNotAddUp,
    counts_off_share: record.countsDoNotAddUp / (record.countedRuns ?? Number.NaN),
    counted_runs: record.countedRuns ?? Number.NaN,
    rows_rejected: record.rowsRejected,
  };
}

/** `2026-06-30 11:20 UTC`. */
function minuteOf(moment: string | null): string {
  return moment === null ? '' : `${moment.slice(0, 10)} ${moment.slice(11, 16)} UTC`;
}
