import type { Report } from '../../../model/report.js';
import type { Gap } from '../../../model/snapshot.js';
import type { Remedy } from './remedy.js';

/** What mends the findings of one role, relation or metric. */
export interface RemedyGroup {
  store: string;
  /** `role metabase_ro`, `shop.customer`, `Open cases`. */
  subject: string;
  owner: string | null;
  /** Facts that decide, in words. */
  notes: string[];
  statements: Remedy[];
  /** What no statement mends: the finding and what to do about it. */
  byHand: { ruleId: string; consumer: string; message: string; fix: string }[];
}

/** What `tidemark fix guardrails|privacy|semantic` gives, as `--format json` writes it. */
export interface RemedyAnswer {
  schemaVersion: 1;
  tool: Report['tool'];
  takenAt: string;
  kind: 'guardrails' | 'privacy' | 'semantic';
  groups: RemedyGroup[];
  gaps: Gap[];
  assumptions: string[];
}
