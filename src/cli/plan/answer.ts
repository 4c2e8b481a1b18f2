import type { BacklogItem } from '../../model/backlog.js';
import type { Report } from '../../model/report.js';
import type { Gap } from '../../model/snapshot.js';

/** What `tidemark plan` gives, as `--format json` writes it. */
export interface PlanAnswer {
  schemaVersion: 1;
  tool: Report['tool'];
  takenAt: string;
  stores: { name: string; role: string; engine: string }[];
  items: BacklogItem[];
  /** Of all items, also of those that were not asked for. */
  findings: { total: number; planned: number };
  gaps: Gap[];
  assumptions: string[];
}
