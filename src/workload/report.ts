import type { StoreBoundary } from '../graph/boundary.js';
import type { Thresholds } from '../model/thresholds.js';
import type { Report } from '../model/report.js';
import type { WorkloadReport, WorkloadStatement } from '../model/workload.js';
import type { Between } from './between.js';
import { compareText } from './shares.js';
import { storeWorkload } from './store-workload.js';

export interface WorkloadReportInput {
  /** Of the audit of `between.snapshot`, or of its join alone: its gaps and assumptions are those of the workload. */
  report: Pick<Report, 'tool' | 'takenAt' | 'gaps' | 'assumptions'>;
  boundaries: readonly StoreBoundary[];
  between: Between;
  /** Without them no card is called unused. */
  thresholds?: Pick<Thresholds, 'unused_days'> | undefined;
  /** Which statements are told of; see `storeWorkload`. */
  choose?: ((statement: WorkloadStatement) => boolean) | undefined;
}

/** What `tidemark workload` answers: every store, sorted by name. */
export function workloadReport({ report, boundaries, between, thresholds, choose }: WorkloadReportInput): WorkloadReport {
  const { tool, takenAt, gaps, assumptions } = report;
  const stores = boundaries.map((boundary) => storeWorkload({ boundary, intervals: between.intervals.get(boundary.store.name), takenAt, thresholds, choose }));
  stores.sort((a, b) => compareText(a.store, b.store));
  return { schemaVersion: 1, tool, takenAt, stores, gaps, assumptions: [...between.notes, ...assumptions] };
}
