import type { Area, Finding, Level } from '../model/finding.js';
import type { MetricVerdict } from '../model/metric-verdict.js';
import type { Coverage, Outcome } from '../model/report.js';
import type { Gap } from '../model/snapshot.js';
import type { Shares } from '../model/workload.js';

/** What is compared: a bundle, which is judged now, or a report, which was judged when it was written. */
export const SIDE_KINDS = ['bundle', 'report'] as const;

/** One of the two sides. */
export interface ComparedSide {
  /** As a person would write it. */
  file: string;
  kind: (typeof SIDE_KINDS)[number];
  /** ISO 8601. */
  takenAt: string;
  /** Of the tidemark that judged it. */
  version: string;
  /** The merge base of a `check --since`, which judges a change and not the boundary; null for everything else. */
  since: string | null;
}

/** `mixed`: some of it better and some worse. `unknown`: the second side did not see enough to tell. */
export const DIRECTIONS = ['better', 'worse', 'mixed', 'same', 'unknown'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A number before and after; null where it is not known. */
export interface BeforeAfter {
  before: number | null;
  after: number | null;
}

export interface LevelCounts {
  errors: number;
  warnings: number;
  notes: number;
}

/** One area; `before` and `after` are null where that side has no verdict, as a check has none. */
export interface AreaChange {
  area: Area;
  direction: Direction;
  before: ({ outcome: Outcome; sentence: string } & LevelCounts) | null;
  after: ({ outcome: Outcome; sentence: string } & LevelCounts) | null;
  fixed: number;
  new: number;
}

/**
 * What became of a finding. `risen` and `fallen`: it stands still at another level. `unseen`: it is gone, and the second side did not
 * look where it was, so that it is not fixed. `first-seen`: it is there, and the first side did not look there, so that it is not new.
 */
export const FINDING_CHANGES = ['new', 'risen', 'unseen', 'fallen', 'fixed', 'first-seen'] as const;
export type FindingChangeKind = (typeof FINDING_CHANGES)[number];

export interface FindingChange {
  change: FindingChangeKind;
  /** As it stands in the second side; of `fixed` and `unseen` as it stood in the first. */
  finding: Finding;
  levelBefore: Level | null;
  levelAfter: Level | null;
  /** Of `unseen` and `first-seen`: why it cannot be compared. */
  why: string | null;
}

/** Findings of one rule or owner: all of them on each side, and those that count. */
export interface Tally {
  before: number;
  after: number;
  fixed: number;
  new: number;
  /** Gone, and not known to be fixed. */
  unseen: number;
}

export interface RuleChange extends Tally {
  ruleId: string;
  area: Area;
  /** The worst of both sides. */
  level: Level;
}

export interface OwnerChange extends Tally {
  /** Null for findings that nobody is known to own. */
  owner: string | null;
}

/** How the work of a store divided: what of it was analytical. */
export interface AnalyticalChange {
  before: Shares;
  after: Shares;
  /**
   * Of what ran between both sides alone, where the counters of the second go on from those of the first and so hold all that ran
   * before too; null where they do not, and where that cannot be told.
   */
  between: Pick<Shares, 'time' | 'blocks'> | null;
  /** What the numbers cover, ISO 8601. */
  covers: { before: { since: string | null; until: string | null }; after: { since: string | null; until: string | null } };
}

export const STORE_CHANGES = ['same', 'added', 'gone'] as const;

export interface StoreChange {
  store: string;
  role: string;
  engine: string;
  change: (typeof STORE_CHANGES)[number];
  /** Null where a side has no statistics of it. */
  analytical: AnalyticalChange | null;
  /**
   * Cards that read an operational store or its replica, and those of them that read what is internal there; null for other stores. A
   * side that could not look at the store or has no dashboards does not know the number.
   * `by` says whether they were counted in the queries of two bundles or, where a report is among the sides, by their findings.
   */
  cards: { by: 'queries' | 'findings'; readers: BeforeAfter; ofInternal: BeforeAfter } | null;
}

export interface MetricChange {
  id: string;
  name: string;
  store: string;
  relation: string;
  direction: Direction;
  /** Null where that side does not know the metric. */
  before: { verdict: MetricVerdict; definitions: number } | null;
  after: { verdict: MetricVerdict; definitions: number } | null;
}

/** What became better and what worse between two looks at one system. Everything is sorted. docs/compare.md is the contract of its JSON. */
export interface Comparison {
  schemaVersion: 1;
  tool: { name: 'tidemark'; version: string };
  before: ComparedSide;
  after: ComparedSide;
  /** Of the findings that count; `unknown` where nothing became worse and the second side did not see what the first saw. */
  direction: Direction;
  counts: { [kind in FindingChangeKind]: number } & { unchanged: number };
  areas: AreaChange[];
  /** Those that changed; in the order of FINDING_CHANGES, worst first. */
  findings: FindingChange[];
  /** Rules and owners of which something changed, the most changed first. */
  rules: RuleChange[];
  owners: OwnerChange[];
  stores: StoreChange[];
  coverage: { before: Coverage; after: Coverage };
  /** Metrics whose verdict changed, and those that only one side knows. */
  metrics: MetricChange[];
  gaps: { opened: Gap[]; closed: Gap[]; standing: number };
  /** What the second side did not see of what the first saw, in words. */
  unseen: string[];
  /** What limits the comparison, in words. */
  notes: string[];
}

/** Cards that read one store. */
export interface CardCount {
  readers: number;
  ofInternal: number;
}
