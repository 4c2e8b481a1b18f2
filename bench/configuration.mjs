/** The configuration of a run without a file. */
export function parse() {
  return {
    file: null, stores: [], zones: [], sources: [], consumers: [], columns: [], rules: {}, ruleFolders: [],
    thresholds: {
      analytical_bytes_per_call: 64 * 1024 * 1024, bounded_bytes_per_call: 1024 * 1024, privacy_confidence: 0.7,
      statement_timeout_seconds_max: 120, idle_in_transaction_timeout_seconds_max: 60,
    },
  };
}
