export const PHASES = ['today', 'this-week', 'this-month', 'later'] as const;
export type Phase = (typeof PHASES)[number];

/** What kind of work it is; the order is the order in which a system is stabilised. */
export const WORK_KINDS = ['look', 'guardrail', 'privacy', 'contract', 'ownership', 'metric', 'move', 'reconcile', 'evidence'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** One piece of work that somebody can be given. */
export interface BacklogItem {
  /** Stable over runs: `guardrail:production:metabase_ro`. */
  id: string;
  kind: WorkKind;
  phase: Phase;
  /** An instruction: `Give metabase_ro a statement_timeout and five more limits`. */
  title: string;
  why: string;
  effort: { size: 'S' | 'M' | 'L'; hours_min: number; hours_max: number; /** What it is made of: `3 cards to point elsewhere`. */ reason: string };
  /** What is better afterwards, with the number: `ends 6 findings; frees 22 % of block reads on production`. */
  gain: string;
  /** Part of the store's blocks that no longer reach production, 0 to 1; null where it frees none or nothing tells. */
  frees_block_share: number | null;
  /** Who should do it; null where nobody is known. */
  owner: string | null;
  store: string;
  /** Fingerprints of the findings that it ends. Sorted. */
  findings: string[];
  /** What prints the SQL for it: `tidemark fix guardrails --role metabase_ro`. */
  command: string | null;
}
