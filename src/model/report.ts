import type { CheckSummary } from './check.js';
import type { CollectionCost, Gap } from './snapshot.js';
import type { Area, Finding } from './finding.js';
import type { MetricVerdict, RestsOn } from './metric-verdict.js';
import type { Change, ClassWork, Trust } from './workload.js';

/** What every report format is made of. Everything is sorted; a field may be added in a later version, never changed. */
export interface Report {
  schemaVersion: 1;
  tool: { name: 'tidemark'; version: string };
  /** ISO 8601: when the snapshot was taken. */
  takenAt: string;
  /** One for each detection and one for guardrails, in a fixed order. */
  verdicts: Verdict[];
  /** Worst first. */
  findings: Finding[];
  coverage: Coverage;
  stores: { name: string; engine: string; role: string; version: string; cost: CollectionCost }[];
  /** How the work of each store that has statistics divides, and what would free most of it. */
  workload?: { store: string; since: string | null; until: string | null; trust: Trust; classes: ClassWork[]; changes: Change[] }[];
  /** Every metric that several consumers define, and the constraints without which definitions that agree would part. */
  metrics?: MetricSummary[];
  gaps: Gap[];
  /** Guesses that were made because the configuration is silent, in words. */
  assumptions: string[];
  /** Only of `check`, whose `verdicts` are empty: a change is judged, not the boundary. */
  check?: CheckSummary | undefined;
}

export interface MetricSummary {
  id: string;
  name: string;
  store: string;
  relation: string;
  verdict: MetricVerdict;
  definitions: number;
  /** Whoever changes one of these parts definitions that agree today: by the places of the definitions in the group. */
  restsOn: { constraint: RestsOn; equalities: { first: number; second: number }[] }[];
}

export type Outcome = 'holds' | 'violated' | 'undetermined';

export interface Verdict {
  area: Area;
  outcome: Outcome;
  /** One sentence with the number that matters. */
  sentence: string;
  errors: number;
  warnings: number;
  notes: number;
}

/** What was looked at. `total` counts everything found, `parsed + partial + unparsed = total`. */
export interface Coverage {
  statements: StatusCounts;
  queries: StatusCounts & { problems: number };
  relations: number;
  /** Views of PostgreSQL, read by us and compared with the columns that the server recorded for them. */
  views: ViewCounts;
  /** Column references resolved to a relation, and all of them. */
  columns: { resolved: number; total: number };
  /** Part of the operational stores' blocks that a named consumer or an application role accounts for; null without statistics. */
  attributedBlockShare: number | null;
}

export interface StatusCounts {
  total: number;
  parsed: number;
  partial: number;
  unparsed: number;
}

/** `total - agree - differ` could not be compared. */
export interface ViewCounts {
  total: number;
  agree: number;
  differ: number;
}
