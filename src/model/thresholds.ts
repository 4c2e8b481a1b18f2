export interface Thresholds {
  /** An unkeyed statement that touches at least so many bytes a call is analytical whatever its shape hides. */
  analytical_bytes_per_call: number;
  /** A statement below so many bytes a call is bounded: its aggregates alone do not make it analytical. */
  bounded_bytes_per_call: number;
  /** Personal data below this confidence is not reported. */
  privacy_confidence: number;
  /** Parameters of guardrails: a longer timeout is as good as none. */
  statement_timeout_seconds_max: number;
  idle_in_transaction_timeout_seconds_max: number;
  lock_timeout_seconds_max: number;
  /** A session of reports that keeps a transaction open for longer holds vacuum back. */
  reporting_transaction_seconds_max: number;
  /** Temporary files, sort memory and parallel workers that one session of reports may take. */
  reporting_temp_bytes_max: number;
  reporting_work_mem_bytes_max: number;
  reporting_parallel_workers_max: number;
  /** A statement that outgrows its bound within so many days is told of now. */
  growth_days: number;
  /** A card that nobody has opened for longer is unused. */
  unused_days: number;
  /** Of a warehouse: what one run may read of whole tables, and what the runs of one text may read together in the window of its history. */
  scan_bytes_per_call_max: number;
  repeated_scan_bytes_max: number;
  /** The part of all that a warehouse reads that one consumer's statement may take. */
  scan_share_max: number;
}
