import type { MetricDeclaration } from './metric-declaration.js';
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
  pairs: {
    first: number;
    second: number;
    comparison: MetricComparison;
    /** Of two quotients that differ: how their halves compare. */
    parts?: { part: 'numerator' | 'denominator'; comparison: MetricComparison }[];
    /** Where it was asked for: how many of today's rows part the two, or why that cannot be told. */
    today?: { rows: number } | { error: string };
  }[];
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
  /** The same text means another thing on another engine or in another session, each in words. */
  dialectDifferences: string[];
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
  declared: DeclaredMetric | null;
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
  /** `ingestion` where the time column says when a row was loaded, not when it happened; null without a time column. */
  clock: 'event' | 'ingestion' | null;
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
  /** The measure as one statement that can be run, in the author's letters, scope and breakdown left out; null where it cannot be taken out. */
  sql?: string | null;
  /** Today's value, where it was asked for: an aggregate, as text. */
  value: { text: string; rows: number } | { error: string } | null;
}

/** What is said about a metric where it is declared. */
export interface DeclaredMetric {
  /** Who declares it: `dbt`, `cube`, `looker`, `tidemark.yaml`, `view analytics_semantic.case_backlog_daily`. */
  by: string;
  name: string;
  version: string | null;
  /** Since when, or what to use instead, in its own words; null while it is in force. */
  deprecated: string | null;
  /** Attributes that a declaration should have and this one lacks, in words: `owner`, `time semantics`, `late policy`. */
  missing: string[];
  /** All that is declared. */
  declaration?: MetricDeclaration | undefined;
}
