/** What is said of a metric where it is declared, besides the SQL that it compiles to. Nothing here is a guess: null is unsaid. */
export interface MetricDeclaration {
  /** Who declares it: `metricflow`, `dbt`, `cube`, `looker`, `superset` …, `tidemark.yaml`, `view analytics_semantic.case_backlog_daily`. */
  by: string;
  /** As others refer to it: `open_cases`, `cases.count`. */
  name: string;
  /** As people see it. */
  label: string | null;
  /** What it is for, in prose. */
  intent: string | null;
  owner: string | null;
  version: string | null;
  /** Null while it is in force. */
  deprecated: MetricDeprecation | null;
  /** Other names for the same concept. */
  aliases: string[];
  time: DeclaredTime | null;
  /** By what it may be broken down; null where the declaration does not limit or list it. */
  dimensions: string[] | null;
  /** What one row stands for, or what one row of it is per: `one row per case`, `day, region`. */
  grain: string | null;
  /** What stands where there is no value, as SQL: `0`. */
  fillNullsWith: string | null;
  /** The dimension over which it must not be added up: a level of stock over days. */
  nonAdditive: string | null;
  /** Who may see it, in the declaration's own words. */
  access: string | null;
  /** Where or what has changed between versions. */
  changelog: string | null;
  /** Why the compiled SQL is not the whole metric, so that nothing may be proved of it; null where it is. */
  incomplete: string | null;
}

export interface MetricDeprecation {
  /** A date or version, as written. */
  since: string | null;
  /** The metric to use in its place. */
  use: string | null;
}

export interface DeclaredTime {
  /** A column, or the expression of a time dimension. */
  column: string | null;
  /** `event`: when it happened; `ingestion`: when it was loaded. */
  kind: 'event' | 'ingestion' | null;
  /** IANA name, `UTC`. */
  zone: string | null;
  /** `day`, `month` … */
  grain: string | null;
  /** What happens to rows that arrive after their period was shown, in words. */
  latePolicy: string | null;
}

/** The attributes that a declaration should have, as reports name them. */
export const DECLARED_ATTRIBUTES = [
  'name', 'intent', 'formula', 'grain', 'dimensions', 'eligibility', 'time column', 'time zone', 'late policy', 'lineage', 'access', 'version', 'changelog', 'owner',
] as const;
export type DeclaredAttribute = (typeof DECLARED_ATTRIBUTES)[number];
