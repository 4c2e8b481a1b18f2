import type { MetricComparison, MetricVerdict } from './metric-verdict.js';
import type { Origin } from './query.js';

/** What several dashboards claim under one concept, and whether they agree. */
export interface MetricGroup {
  /** Stable as long as the concept and its relation are: `open cases @ production/app.case_file`. What a person pins and splits. */
  id: string;
  /** The concept, as most dashboards write it. */
  name: string;
  store: string;
  /** `schema.name` of the relation that most of them measure. */
  relation: string;
  members: MetricClaim[];
  /** Members that define the same, by their place in `members`; the largest first. */
  definitions: MetricDefinition[];
  /** By the places of two definitions, `first` before `second`. */
  pairs: { first: number; second: number; comparison: MetricComparison }[];
  /** The widest difference between any two definitions. */
  verdict: MetricVerdict;
  /** The definition that the others should have; null where none suggests itself. */
  canonical: { definition: number; reason: string } | null;
  /** A view that would hold the canonical definition, as SQL; null where one exists or nothing is canonical. */
  suggestion: { sql: string; replaces: number[] } | null;
  /** Relations of the semantic zone from which some show the concept already. Sorted. */
  semantic: string[];
  /** Claims under the same name that read no table in common: a clash of names, not compared. By consumer and title. */
  nameClashes: { consumer: string; title: string; store: string; relations: string[] }[];
  /** Claims with the same measure and rows under other names: offered, never asserted. */
  possibleSynonyms: { consumer: string; title: string }[];
  /** Why not all of it was compared; null where it was. */
  partial: string | null;
}

export interface MetricDefinition {
  members: number[];
  /** The SQL that was compared: the measure alone, without the dashboard's scope. */
  sql: string;
  /** `count of rows where status <> 'CLOSED'`. */
  words: string;
  /** Why it could not be compared; null where it could. */
  unreadable: string | null;
}

export interface MetricClaim {
  consumer: string;
  owner: string | null;
  title: string;
  container: string | null;
  store: string;
  origin: Origin | null;
  /** Declared truth: a metric of dbt, Cube, LookML, a semantic view, the configuration. Null for a dashboard's own query. */
  declared: { by: string; name: string; version: string | null; deprecated: string | null } | null;
  /** `count of rows`, `sum of total_amount`. */
  measure: string;
  distinct: boolean;
  relations: string[];
  /** Conditions that define the metric, and those that are the scope of its dashboard. */
  filters: string[];
  scope: string[];
  /** What it is broken down by, the time bucket among them; empty for one number. */
  dimensions: string[];
  grain: string | null;
  timeColumn: string | null;
  timeZone: string | null;
  /** What NULL counts as, where the query says it: `0`. */
  nullAs: string | null;
  /** `the first 10`, `HAVING count(*) > 5`; null where all rows are shown. */
  limits: string | null;
  /** How surely it claims the concept, 0 to 1, and by what: `title 1.00`, `measure 1.00`, `tables 0.50`. */
  score: number;
  evidence: string[];
  /** How its definition relates to the canonical one. */
  conforms: MetricVerdict | 'canonical' | null;
  /** Same definition, with another scope, grain or presentation than most of the group. */
  notes: string[];
  /** Today's value, where it was asked for: an aggregate, as text. */
  value: { text: string; rows: number } | { error: string } | null;
}
