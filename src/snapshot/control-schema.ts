import { z } from 'zod';
import { CONTROL_TABLES, type ControlRecords } from '../model/control-record.js';

const text = z.string();
const maybeText = text.nullable();
const counter = z.number().nonnegative();
const maybeCounter = counter.nullable();
const counters = z.record(text, counter);

/** What control tables say, as a bundle holds it. */
export const controlRecords = z.object({
  tables: z.array(z.object({ kind: z.enum(CONTROL_TABLES), relation: text, lacking: z.array(text) })),
  watermarks: z.array(z.object({
    relation: text, product: text, sourceHighWatermark: maybeText, lastSuccessfulLoadAt: maybeText, lastFailedLoadAt: maybeText, status: maybeText, age_seconds: maybeCounter,
  })),
  pipelines: z.array(z.object({
    relation: text, pipeline: text, runs: counter, failed: counter, neverEnded: counter, lastStartedAt: maybeText, lastSucceededAt: maybeText, withoutWatermark: counter,
    watermarkGaps: maybeCounter, watermarkOverlaps: maybeCounter, countsDoNotAddUp: counter, rowsRejected: counter,
    failedSinceSuccess: counter.optional(), countedRuns: counter.optional(),
  })),
  reports: z.array(z.object({
    relation: text, report: text, versions: z.array(text), runs: counter, byStatus: counters, lastExecutedAt: maybeText, missing: counters,
    approvedWithoutSuccess: counter, approvedByAuthor: maybeCounter, approved: counter, sameInputsOtherHash: counter, artifactsWithoutHash: maybeCounter,
    keepsApprover: z.boolean().optional(), approvedWithoutApprover: maybeCounter.optional(),
  })),
  restatements: z.array(z.object({
    relation: text, id: text, products: z.array(text), periodStart: maybeText, periodEnd: maybeText, executedAt: maybeText, status: maybeText, missing: z.array(text),
  })),
}) satisfies z.ZodType<ControlRecords>;
