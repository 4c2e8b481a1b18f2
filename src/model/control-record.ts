/** The kinds of control tables of Part 066 (§8, §9, §13, §16, §25, §27). */
export const CONTROL_TABLES = ['watermark', 'pipeline-run', 'report-run', 'report-approval', 'report-artifact', 'restatement'] as const;
export type ControlTableKind = (typeof CONTROL_TABLES)[number];

/**
 * What a store's own control tables say, counted by the engine: names of products, pipelines and reports, times, and numbers.
 * Parameters, messages, persons and validation results never leave the store.
 */
export interface ControlRecords {
  /** Found by their columns, or named in the configuration. Sorted by kind, then relation. */
  tables: { kind: ControlTableKind; relation: string; /** Columns of the article that it lacks. */ lacking: string[] }[];
  watermarks: ProductWatermark[];
  pipelines: PipelineRecord[];
  reports: OfficialReportRecord[];
  restatements: RestatementRecord[];
}

/** A row of `data_product_watermark`. Times are ISO 8601; ages are in seconds, by the store's clock when it was read. */
export interface ProductWatermark {
  relation: string;
  product: string;
  sourceHighWatermark: string | null;
  lastSuccessfulLoadAt: string | null;
  lastFailedLoadAt: string | null;
  status: string | null;
  age_seconds: number | null;
}

/** The rows of `pipeline_run` of one pipeline. */
export interface PipelineRecord {
  relation: string;
  pipeline: string;
  runs: number;
  failed: number;
  /** Begun and never ended, older than the longest finished run and an hour. */
  neverEnded: number;
  lastStartedAt: string | null;
  lastSucceededAt: string | null;
  /** Runs that succeeded without a watermark, low or high. */
  withoutWatermark: number;
  /** Neighbours in time whose watermarks leave something out, or take something twice; null where watermarks cannot be ordered. */
  watermarkGaps: number | null;
  watermarkOverlaps: number | null;
  /** Runs whose inserted, updated and rejected rows are not what was read. */
  countsDoNotAddUp: number;
  rowsRejected: number;
  /** Failures after the last success. */
  failedSinceSuccess?: number | undefined;
  /** Runs that succeeded and say of each row that they read what became of it. */
  countedRuns?: number | undefined;
}

/** The rows of `report_run` of one report. */
export interface OfficialReportRecord {
  relation: string;
  report: string;
  versions: string[];
  runs: number;
  byStatus: Record<string, number>;
  lastExecutedAt: string | null;
  /** By column of the article: how many runs that succeeded or were approved have nothing in it. Zero is left out. */
  missing: Record<string, number>;
  /** Approved without a result, or approved before or without success, where the tables tell. */
  approvedWithoutSuccess: number;
  /** Approver is who ran it, where both are kept; null where they are not. */
  approvedByAuthor: number | null;
  approved: number;
  /** Runs with the same version, parameters, watermarks and reference versions whose hashes differ. */
  sameInputsOtherHash: number;
  /** Null where there is no such table. */
  artifactsWithoutHash: number | null;
  /** Some table tells who approved; false where none does. */
  keepsApprover?: boolean | undefined;
  /** Approved by nobody that a table names; null where none does. */
  approvedWithoutApprover?: number | null | undefined;
}

/** A row of `data_restatement_run`. */
export interface RestatementRecord {
  relation: string;
  /** The id of the run. */
  id: string;
  products: string[];
  /** `YYYY-MM-DD`. */
  periodStart: string | null;
  periodEnd: string | null;
  executedAt: string | null;
  status: string | null;
  /** Columns of the article that are empty in it: `reason`, `source_change_reference`, `validation_result` … Sorted. */
  missing: string[];
}
