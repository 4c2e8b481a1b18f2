import { z } from 'zod';
import type { Column, Relation } from '../../model/catalog.js';
import type { Gap } from '../../model/snapshot.js';
import type { ValueEvidence } from '../../privacy/value-evidence.js';
import { ask, gathered, sqlOf, type AskedStore } from '../asking.js';
import { canSample, COLUMNS_MAX, planSample, type SamplePlan } from './plan.js';

/** What a bounded part of a column's values says. Shares only. */
export interface ColumnValues {
  store: string;
  schema: string;
  table: string;
  column: string;
  evidence: ValueEvidence[];
}

export interface Sampling {
  /** Sorted by store, relation and column. Columns in which all values were null are absent. */
  columns: ColumnValues[];
  /** Relations that were looked at. */
  relations: number;
  /** Columns that hold secrets, which are never looked into. */
  secrets: number;
  gaps: Gap[];
}

export interface SamplingOptions {
  /** At most so many of each relation. */
  rows: number;
  /** `schema.table.column` of columns that hold secrets, by declaration or by name. */
  isSecret(store: string, column: string): boolean;
  onProgress(text: string): void;
}

/** A sample of thousands of rows takes tens of milliseconds; a view behind which tables are joined may take its time. */
const DEADLINE_MS = 5_000;
/** In the planner's units, about a second of a core. */
const COST_MAX = 100_000;

const row = z.object({ row_count: z.coerce.number().int().nonnegative(), counts: z.array(z.coerce.number().int().nonnegative()) });

/**
 * Looks at a bounded part of every relation of the stores, one pass each, and brings back how many values pass which check. The
 * checks are computed by the engine. A relation that cannot be read costs itself only.
 * @throws what an abort gives.
 */
export async function sampleValues(stores: readonly AskedStore[], options: SamplingOptions): Promise<Sampling> {
  const result: Sampling = { columns: [], relations: 0, secrets: 0, gaps: [] };
  for (const store of stores) {
    for (const relation of store.catalog.relations) {
      // Of a partitioned table the whole is looked at.
      if (relation.partitionOf !== null) continue;
      const able = relation.columns.filter(canSample);
      const open = able.filter(({ name }) => !options.isSecret(store.name, `${relation.schema}.${relation.name}.${name}`));
      result.secrets += able.length - open.length;
      if (open.length === 0) continue;
      options.onProgress(`sampling ${store.name}: ${relation.schema}.${relation.name}`);
      await sampleRelation(store, relation, open, options.rows, result);
    }
  }
  result.gaps = gathered(result.gaps);
  return result;
}

async function sampleRelation(store: AskedStore, relation: Relation, columns: readonly Column[], rows: number, into: Sampling): Promise<void> {
  let read = false;
  for (let from = 0; from < columns.length; from += COLUMNS_MAX) {
    const own = columns.slice(from, from + COLUMNS_MAX);
    const plan = planSample(store.engine, relation, own, rows);
    let counted = await count(store, relation, plan, into);
    // Chosen blocks may all be empty, where a table has shrunk since it was analysed.
    if (counted !== null && counted.row_count === 0 && plan.values.sample !== '') {
      counted = await count(store, relation, planSample(store.engine, relation, own, rows, { firstRows: true }), into);
    }
    if (counted === null) break;
    read = true;
    into.columns.push(...evidenceOf(store, relation, plan, counted.counts));
  }
  if (read) into.relations++;
}

async function count(store: AskedStore, relation: Relation, plan: SamplePlan, into: Sampling): Promise<z.infer<typeof row> | null> {
  const answer = await ask(store, {
    relation, sql: sqlOf(store, 'sample', plan.values), row, missing: `what the values of ${relation.schema}.${relation.name} are`, deadline_ms: DEADLINE_MS, cost_max: COST_MAX,
  });
  if ('gap' in answer) {
    into.gaps.push(answer.gap);
    return null;
  }
  return answer.rows[0] ?? null;
}

function evidenceOf(store: AskedStore, { schema, name: table }: Relation, { columns }: SamplePlan, counts: readonly number[]): ColumnValues[] {
  let at = 0;
  return columns.flatMap(({ name: column, checks }) => {
    const [values = 0, distinct = 0] = [counts[at++], counts[at++]];
    const passing = new Map<string, number>();
    for (const { kind } of checks) passing.set(kind, Math.max(passing.get(kind) ?? 0, counts[at++] ?? 0));
    if (values === 0) return [];
    const evidence = [...passing].map(([kind, passed]): ValueEvidence => ({ kind, share: passed / values, distinctShare: distinct / values, values }));
    return [{ store: store.name, schema, table, column, evidence }];
  });
}
