import type { MetricCoverage } from '../../metrics/analyse.js';
import type { Gap } from '../../model/snapshot.js';
import type { MetricGroup } from '../../model/metric-report.js';

/** What `tidemark metrics` answers. docs/metrics.md is its contract. */
export interface MetricsAnswer {
  schemaVersion: 1;
  tool: { name: string; version: string };
  takenAt: string;
  stores: { name: string; role: string; engine: string }[];
  /** By consequence, the gravest first. */
  groups: MetricGroup[];
  /** What of all queries was compared; what was not is never counted as clean. */
  coverage: MetricCoverage;
  gaps: Gap[];
  assumptions: string[];
}
