import type { Engine } from '../model/store.js';
import type { ProbeTarget } from './probe.js';

/** Engines for which a probe has texts of its own; of the others it is told by expressions, or not at all. */
export function hasTexts({ engine }: Pick<ProbeTarget, 'engine'>): boolean {
  return engine === 'postgres' || engine === 'duckdb';
}

/** Engines that bill what is asked, or the time that a warehouse is awake, which any statement begins anew. */
const BILLED: ReadonlySet<Engine> = new Set(['bigquery', 'databricks', 'redshift', 'snowflake']);
/** Snowflake suspends a warehouse after ten minutes by default, Databricks and Redshift Serverless after as many or fewer. */
const BILLED_SECONDS = 900;
/** Each look reads a column, or asks a coordinator that plans for others. */
const SCANNING_SECONDS = 60;

/** The pace of looks that read relations, where engines differ in what that costs. */
export function paceOn(engine: Engine, seconds: number): number {
  if (BILLED.has(engine)) return Math.max(seconds, BILLED_SECONDS);
  return engine === 'postgres' || engine === 'duckdb' ? seconds : Math.max(seconds, SCANNING_SECONDS);
}

/** A warehouse that sleeps takes longer to wake than to answer, and some answer in seconds at best. */
const AWAKE_MS = 30_000;

export function deadlineOn(engine: Engine, milliseconds: number): number {
  return engine === 'postgres' || engine === 'duckdb' ? milliseconds : Math.max(milliseconds, AWAKE_MS);
}
