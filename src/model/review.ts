import type { BacklogItem } from './backlog.js';
import type { ClassifiedConsumer } from './classified-consumer.js';
import type { Finding } from './finding.js';
import type { Coverage, Outcome, Report, Verdict } from './report.js';
import type { Gap } from './snapshot.js';

/** The six groups of the checklist of Part 066 §29, by which a review is scored. */
export const REVIEW_AREAS = ['workload', 'correctness', 'movement', 'security', 'ownership', 'operations'] as const;
export type ReviewArea = (typeof REVIEW_AREAS)[number];

/** A boundary review: everything that its HTML and Markdown show, in the order in which they show it. */
export interface Review {
  schemaVersion: 1;
  tool: Report['tool'];
  /** ISO 8601: when the snapshot was taken, and the day of the review. */
  takenAt: string;
  /** What was reviewed, in the words of the user or the names of the stores. */
  title: string;
  /** Page one. */
  verdict: { outcome: Outcome; sentence: string; points: string[] };
  score: { total: number | null; arithmetic: string; areas: AreaScore[] };
  picture: EstatePicture;
  consumers: ClassifiedConsumer[];
  /** The 25 questions of §29 in their groups. */
  checklist: ChecklistAnswer[];
  stabilisation: Stabilisation;
  /** At most five, most urgent first. */
  firstThings: BacklogItem[];
  decisions: DecisionRecord[];
  /** Of the same snapshot, worst first. */
  findings: Finding[];
  verdicts: Verdict[];
  coverage: Coverage;
  stores: Report['stores'];
  gaps: Gap[];
  assumptions: string[];
  /** Against the review before; null where none was given. */
  difference: ReviewDifference | null;
  /** What people said happens if the data of a consumer is wrong or stale, for those that are official or decide now; absent in older reviews. */
  consequences?: Consequence[] | undefined;
}

/** What no machine knows of a consumer (Part 066 §23). */
export interface Consequence {
  consumer: string;
  /** Null where nobody has answered. */
  ifWrong: string | null;
  ifStale: string | null;
  answeredBy: { name: string; on: string } | null;
  /** Answered too long ago. */
  isStale: boolean;
}

export interface AreaScore {
  area: ReviewArea;
  /** 0 to 100; null where no question of the area could be answered. */
  score: number | null;
  answered: number;
  questions: number;
  /** `(1 + 0.5 + 0) / 3 = 50; Q4 could not be answered`. */
  arithmetic: string;
}

/** `yes` counts 1, `partly` what the evidence says, `no` 0; `unknown` and `not-applicable` are not counted, and are told. */
export type Answer = 'yes' | 'partly' | 'no' | 'unknown' | 'not-applicable';

export interface ChecklistAnswer {
  /** 1 to 25. */
  number: number;
  area: ReviewArea;
  question: string;
  answer: Answer;
  /** What it counts, 0 to 1; null where it is not counted. */
  value: number | null;
  /** `machine` decided, `proposed` waits for a person to confirm, `person` answered, `open` waits for an answer, `stale` was answered too long ago. */
  by: 'machine' | 'proposed' | 'person' | 'open' | 'stale';
  /** One sentence. */
  sentence: string;
  evidence: string[];
  /** Rules whose findings belong to it, those with findings first. */
  rules: string[];
  /** Who answered and on which day (`YYYY-MM-DD`); null where no person did. */
  answeredBy: { name: string; on: string; note: string | null } | null;
}

/** The seven steps of the first article, for each business concept. */
export interface Stabilisation {
  steps: { number: number; title: string }[];
  concepts: { name: string; /** `configured`, or how it was found. */ via: string; cells: StepState[] }[];
  /** In how many of the steps every concept is done. */
  done: number;
  /** What to do next, in one sentence. */
  next: string;
}

export interface StepState {
  step: number;
  state: 'done' | 'open' | 'unknown';
  /** Never empty: no cell is ticked without evidence. */
  evidence: string;
}

export interface DecisionRecord {
  /** `ADR-3`. */
  id: string;
  title: string;
  status: 'proposed' | 'accepted' | 'superseded';
  context: string;
  decision: string;
  consequences: string[];
  consumers: string[];
}

/** Stores, zones and consumers as boxes, and who reads what as arrows. Coordinates are the renderer's. */
export interface EstatePicture {
  stores: { name: string; role: string; engine: string; state: Health; zones: { zone: string; relations: number; state: Health }[] }[];
  consumers: { name: string; kind: string; state: Health; findings: number }[];
  /** From store and zone to consumer, or between stores where data moves. */
  flows: { from: { store: string; zone: string }; to: { consumer: string } | { store: string; zone: string }; label: string; state: Health }[];
  /** What was left out so that the picture can be read, in words; null where nothing was. */
  leftOut: string | null;
}

/** By the worst finding that concerns it; `unknown` where it could not be looked at. */
export type Health = 'ok' | 'note' | 'warning' | 'error' | 'unknown';

export interface ReviewDifference {
  /** ISO 8601: when the review before was taken. */
  since: string;
  sentence: string;
  score: { before: number | null; after: number | null };
  areas: { area: ReviewArea; before: number | null; after: number | null }[];
  answers: { number: number; question: string; before: Answer; after: Answer }[];
  findings: { fixed: number; added: number; unchanged: number; /** No longer visible: never counted as fixed. */ unseen: number; /** Where the review before did not look: never counted as new. */ firstSeen?: number | undefined };
  consumers: { added: string[]; gone: string[]; changed: { name: string; what: string }[] };
}
