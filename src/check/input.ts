import type { Change, CheckSummary, SourceReading } from '../model/check.js';
import type { Configuration } from '../model/configuration.js';
import type { ScratchSpace } from '../model/scratch-engine.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Engine } from '../model/store.js';
import type { SuppressionEntry, SuppressionProblem } from '../model/suppression.js';
import type { SuppressionFile } from '../findings/suppressions/parse.js';
import type { Rule } from '../rules/rule.js';

/** What hides findings, as it stands after the change. */
export interface GivenSuppressions {
  baseline: SuppressionFile | null;
  waivers: SuppressionFile | null;
  /** Comments in the SQL of the changed queries; of all where everything is judged. */
  comments: { entries: readonly SuppressionEntry[]; problems: readonly SuppressionProblem[] };
}

export interface CheckInput {
  /** What the bundle holds. */
  snapshot: Snapshot;
  /** As it stands after the change. */
  configuration: Configuration;
  /** Null where everything is judged. */
  change: Change | null;
  /** Without a change: what the working tree's sources hold, in place of what the bundle has of the same paths. */
  everything?: SourceReading | undefined;
  rules: readonly Rule[];
  /** Of tidemark, for the report. */
  version: string;
  bundleFile: string;
  since: CheckSummary['since'];
  suppressions: GivenSuppressions;
  /** Whether the count by rule may only fall. */
  ratchet: boolean;
  /** The baseline as of the merge base; null where it was not there, or where everything is judged. */
  baselineBefore: SuppressionFile | null;
  /** `YYYY-MM-DD`. */
  today: string;
  /** An empty space of an engine with the semantics of a store; null where there is none. What it gives is closed here. */
  scratch?: ((engine: Engine) => Promise<ScratchSpace | null>) | undefined;
  signal?: AbortSignal | undefined;
}
