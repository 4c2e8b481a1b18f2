/**
 * How two definitions of a metric relate, on every database that the schema admits. `stricter`: the first counts some of the
 * rows that the second counts and no other; `looser`: the other way round; `overlapping`: each counts rows that the other
 * leaves out, and some are counted by both; `different`: they differ in more than which rows count, or share no row;
 * `undecided`: neither proved equal nor told apart.
 */
export const VERDICTS = ['equal', 'equal-under', 'stricter', 'looser', 'overlapping', 'different', 'undecided'] as const;
export type MetricVerdict = (typeof VERDICTS)[number];

/**
 * What the difference lies in. `population`: which rows count; `boundary`: the end of a range; `time-column`: another clock
 * (`ingestion-time` where one of them is the time of loading); `time-zone`: the session's or a written one; `grain`: another
 * breakdown; `measure`: another function or argument; `distinctness`: rows or distinct values; `fan-out`: a join that multiplies
 * rows; `rows-lost`: a join that drops rows; `null-handling`: what NULL counts as; `limit`: only some groups; `empty`: only
 * where nothing matches; `shape`: another number of columns; `source`: no table in common; `error`: one of them fails;
 * `dialect`: the same text means another thing on another engine.
 */
export const DIFFERENCE_KINDS = [
  'population', 'boundary', 'time-column', 'ingestion-time', 'time-zone', 'grain', 'measure', 'distinctness', 'fan-out', 'rows-lost',
  'null-handling', 'limit', 'empty', 'shape', 'source', 'error', 'dialect',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** A constraint of the schema that a verdict rests on. */
export interface RestsOn {
  kind: 'not_null' | 'check' | 'unique' | 'primary_key' | 'foreign_key' | 'type';
  schema: string;
  relation: string;
  /** Of the constraint; null for NOT NULL and types, which are told by their column. */
  name: string | null;
  columns: string[];
  /** As people read it: `CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)) on app.case_file`, `NOT NULL on app.case_file.status`. */
  text: string;
  /** False where nobody enforces it: a test of dbt, a key that the warehouse only records. */
  enforced: boolean;
}

/** Values as JSON has them: numbers that JSON cannot hold exactly are texts. */
export type WitnessValue = string | number | boolean | null;

/** One answer of a query: the one value of a single row of one column, all rows otherwise, or its error. */
export type Answer = WitnessValue | WitnessValue[][] | { error: string };

/** The smallest rows that show a difference, replayed on real tables with the real constraints. */
export interface MetricWitness {
  /** By relation as SQL names it (`app.case_file`, `cases` in the default schema); parents before children. */
  rows: Record<string, Record<string, WitnessValue>[]>;
  /** What the two definitions answer. */
  a: Answer;
  b: Answer;
  /** One sentence: `a case_file with status DUPLICATE is counted by Backlog weekly and not by Open cases`. */
  words: string;
  /** Runs by itself on an empty database of the engine: schema, rows, both queries. */
  sql: string;
}

/** How far a search went. */
export interface SearchBound {
  /** Small databases that satisfied the constraints. */
  worlds: number;
  rows_per_table_max: number;
  /** Different answers that the first and the second gave; 1 and 1 have shown nothing. */
  answers: [number, number];
}

/** The verdict on two definitions. */
export interface MetricComparison {
  verdict: MetricVerdict;
  /** Null where there is no difference. */
  kind: DifferenceKind | null;
  /** True where the two part only where nothing matches: NULL against 0, no row against a row of zeros. */
  cosmetic: boolean;
  /** The fewest constraints without which they would not be equal. All of them are enforced. */
  restsOn: RestsOn[];
  /** Where they are not equal: constraints that nobody enforces, under which they would be. Empty otherwise. */
  underAsserted: RestsOn[];
  witness: MetricWitness | null;
  /** Which rows each counts alone, in words: `status in (CANCELLED, DUPLICATE)`. Null where it cannot be told. */
  region: { onlyA: string | null; onlyB: string | null } | null;
  bound: SearchBound | null;
  /** `proof`: for every database; `search`: for the small ones that were searched; `replay`: shown on rows. */
  by: 'proof' | 'replay' | 'search' | 'none';
  /** One or two sentences. */
  why: string;
}
