import type { ControlTableKind } from '../../model/control-record.js';
import type { Part } from './columns.js';

const times = ['time', 'text', 'number'] as const;
const numbers = ['number', 'text'] as const;
const texts = ['text', 'other'] as const;
const anything = ['text', 'number', 'time', 'position', 'other'] as const;

function part(required: boolean, kinds: Part['kinds'], ...names: string[]): Part {
  return { names, required, kinds };
}

/** `data_product_watermark` of Part 066 §8. */
export const WATERMARK_PARTS = {
  name: part(true, texts, 'data_product_name', 'data_product', 'product_name', 'product', 'dataset_name', 'dataset', 'table_name', 'relation_name', 'model_name', 'target_table', 'source_table', 'entity_name', 'entity', 'pipeline_name', 'name'),
  watermark: part(true, times, 'source_high_watermark', 'high_watermark', 'source_watermark', 'watermark_at', 'watermark', 'high_water_mark', 'loaded_up_to', 'loaded_through', 'complete_up_to', 'max_loaded_at', 'last_loaded_value', 'watermark_value', 'max_event_time', 'last_source_timestamp'),
  source_system: part(false, texts, 'source_system', 'source_name', 'source'),
  loaded: part(false, times, 'last_successful_load_at', 'last_success_at', 'last_loaded_at', 'loaded_at', 'last_refreshed_at', 'refreshed_at', 'published_at', 'last_load_time', 'last_run_at', 'updated_at'),
  failed: part(false, times, 'last_failed_load_at', 'last_failure_at', 'failed_at', 'last_error_at'),
  status: part(false, texts, 'status', 'load_status', 'freshness_status', 'state'),
  error: part(false, texts, 'error_message', 'last_error', 'error_text', 'error'),
};

export const WATERMARK_NAME = /watermark|freshness/;

/** `pipeline_run` of Part 066 §27. */
export const PIPELINE_PARTS = {
  pipeline: part(true, ['text', 'other', 'number'], 'pipeline_name', 'pipeline', 'pipeline_id', 'job_name', 'job', 'dag_id', 'task_name', 'load_name', 'process_name', 'flow_name', 'connection_name', 'name'),
  started: part(true, times, 'started_at', 'start_time', 'start_at', 'start_ts', 'start_date', 'run_started_at', 'begin_time', 'begun_at', 'created_at'),
  finished: part(false, times, 'finished_at', 'end_time', 'ended_at', 'end_at', 'end_ts', 'end_date', 'completed_at', 'run_finished_at'),
  status: part(true, texts, 'status', 'run_status', 'state', 'outcome', 'result'),
  low: part(false, anything, 'source_low_watermark', 'low_watermark', 'watermark_from', 'from_watermark'),
  high: part(false, anything, 'source_high_watermark', 'high_watermark', 'watermark_to', 'to_watermark', 'watermark'),
  read: part(false, numbers, 'rows_read', 'records_read', 'rows_extracted', 'source_rows', 'row_count', 'rows'),
  inserted: part(false, numbers, 'rows_inserted', 'records_inserted', 'inserted_rows', 'rows_loaded', 'rows_written'),
  updated: part(false, numbers, 'rows_updated', 'records_updated', 'updated_rows'),
  rejected: part(false, numbers, 'rows_rejected', 'records_rejected', 'rejected_rows', 'rows_failed', 'failed_rows', 'error_rows'),
  validation: part(false, texts, 'validation_result', 'validation', 'validation_results', 'checks', 'quality_result'),
  error: part(false, texts, 'error_message', 'error', 'error_text', 'last_error'),
};

export const PIPELINE_NAME = /^pipeline_runs$|(pipeline|load|job|etl|elt|task|dag|sync|ingest\w*|batch|extract)_?(runs?|logs?|history|executions?)$/;

/** `report_run` of Part 066 §9; who approved it may stand there or in a table of its own. */
export const REPORT_PARTS = {
  id: part(false, anything, 'report_run_id', 'run_id', 'id'),
  report: part(true, texts, 'report_name', 'report', 'report_code', 'report_key'),
  version: part(false, anything, 'report_version', 'query_version', 'model_version', 'code_version', 'version'),
  parameters: part(false, texts, 'parameters', 'params', 'report_parameters'),
  watermarks: part(false, anything, 'source_watermarks', 'source_watermark', 'data_watermark', 'input_watermarks', 'source_snapshot'),
  references: part(false, anything, 'reference_versions', 'reference_version', 'reference_data_version', 'taxonomy_version', 'dimension_versions'),
  by: part(false, anything, 'executed_by', 'run_by', 'generated_by', 'created_by'),
  executed: part(true, times, 'executed_at', 'run_at', 'generated_at', 'finished_at', 'started_at', 'created_at'),
  hash: part(false, texts, 'result_hash', 'result_digest', 'output_hash', 'content_hash', 'checksum'),
  status: part(true, texts, 'status', 'run_status', 'state'),
  approver: part(false, anything, 'approved_by', 'approver'),
  approved: part(false, times, 'approved_at', 'approval_timestamp'),
};

/** The approval table of Part 066 §25, of which the article gives no columns. */
export const APPROVAL_PARTS = {
  run: part(true, anything, 'report_run_id', 'run_id', 'report_run'),
  approver: part(true, anything, 'approved_by', 'approver', 'approver_name', 'signed_off_by'),
  approved: part(false, times, 'approved_at', 'approval_timestamp', 'signed_off_at', 'decided_at', 'created_at'),
};

/** The artifact table of Part 066 §25: it keeps the hash of the file. */
export const ARTIFACT_PARTS = {
  run: part(true, anything, 'report_run_id', 'run_id', 'report_run'),
  hash: part(false, texts, 'file_hash', 'artifact_hash', 'content_hash', 'sha256', 'checksum', 'hash'),
};

/** `data_restatement_run` of Part 066 §16. */
export const RESTATEMENT_PARTS = {
  id: part(false, anything, 'restatement_run_id', 'restatement_id', 'run_id', 'id'),
  reason: part(false, texts, 'reason', 'restatement_reason', 'description'),
  products: part(true, texts, 'affected_data_products', 'affected_products', 'data_products', 'affected_data_product', 'data_product', 'affected_tables'),
  start: part(true, times, 'affected_period_start', 'period_start', 'affected_from', 'start_date'),
  end: part(true, times, 'affected_period_end', 'period_end', 'affected_to', 'affected_until', 'end_date'),
  reference: part(false, anything, 'source_change_reference', 'change_reference', 'change_id', 'ticket', 'ticket_id'),
  executed: part(false, times, 'executed_at', 'run_at', 'finished_at', 'started_at', 'created_at'),
  by: part(false, anything, 'executed_by', 'run_by', 'created_by'),
  validation: part(false, texts, 'validation_result', 'validation', 'validation_results'),
  status: part(false, texts, 'status', 'state', 'outcome'),
};

/** How each kind is recognised. */
export interface KnownTable {
  kind: ControlTableKind;
  /** The article's name for it. */
  name: string;
  /** The key below `control` that names it. */
  setting: string;
  likeName: RegExp;
  parts: Readonly<Record<string, Part>>;
  /** Parts that hardly any other table has: how many must be there under the article's name, under a name that is like it, and under another. */
  telling: { parts: readonly string[]; named: number; alike: number; otherwise: number };
}

const NEVER = Number.POSITIVE_INFINITY;

export const KNOWN_TABLES: readonly KnownTable[] = [
  { kind: 'watermark', name: 'data_product_watermark', setting: 'watermarks', likeName: WATERMARK_NAME, parts: WATERMARK_PARTS, telling: { parts: ['watermark', 'loaded', 'failed', 'status'], named: 1, alike: 2, otherwise: NEVER } },
  {
    kind: 'pipeline-run', name: 'pipeline_run', setting: 'pipeline_runs', parts: PIPELINE_PARTS,
    likeName: PIPELINE_NAME,
    telling: { parts: ['low', 'high', 'read', 'inserted', 'updated', 'rejected'], named: 0, alike: 1, otherwise: 3 },
  },
  // Applications keep a `report_runs` of their own exports: it has parameters and a status, and none of these.
  { kind: 'report-run', name: 'report_run', setting: 'report_runs', likeName: /report_?(runs?|executions?|generations?|publications?)$/, parts: REPORT_PARTS, telling: { parts: ['watermarks', 'references', 'hash'], named: 1, alike: 2, otherwise: 3 } },
  { kind: 'report-approval', name: 'report_approval', setting: 'report_approvals', likeName: /report\w*_?(approvals?|sign_?offs?)$/, parts: APPROVAL_PARTS, telling: { parts: ['approved'], named: 0, alike: 1, otherwise: NEVER } },
  { kind: 'report-artifact', name: 'report_artifact', setting: 'report_artifacts', likeName: /report\w*_?(artifacts?|artefacts?|outputs?)$/, parts: ARTIFACT_PARTS, telling: { parts: ['hash'], named: 0, alike: 1, otherwise: NEVER } },
  { kind: 'restatement', name: 'data_restatement_run', setting: 'restatements', likeName: /restatements?(_runs?)?$/, parts: RESTATEMENT_PARTS, telling: { parts: ['reason', 'reference', 'validation'], named: 0, alike: 1, otherwise: 2 } },
];
