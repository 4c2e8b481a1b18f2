import type { Catalog, Relation } from '../../../src/model/catalog.js';
import type { Expression } from '../../../src/model/syntax-tree.js';
import { compareDefinitions, type PairVerdict } from '../../../src/metrics/rows/compare.js';
import { rowConstraints } from '../../../src/metrics/rows/constraints.js';
import { witnessText } from '../../../src/metrics/rows/witness.js';
import { parsePostgres } from '../../../src/sql/parse/postgres.js';

/** The condition of a WHERE, through the real front end. */
export async function conditionOf(text: string): Promise<Expression> {
  const outcome = await parsePostgres(`SELECT 1 WHERE ${text}`);
  const statement = outcome.statements[0]?.statement;
  const body = statement?.type === 'query_statement' ? statement.query.body : null;
  if (body?.type !== 'select' || body.where === null) throw new Error(`no condition: ${text} ${JSON.stringify(outcome.diagnostics)}`);
  return body.where;
}

export async function comparePair(relation: Relation, catalog: Catalog, first: string, second: string): Promise<PairVerdict> {
  const constraints = await rowConstraints(relation, catalog, parsePostgres);
  return compareDefinitions([[await conditionOf(first)], [await conditionOf(second)]], constraints).pair(0, 1);
}

/** `first: with status CANCELLED and closed_at NULL`. */
export function witnessWords(verdict: PairVerdict): string[] {
  return verdict.witnesses.map(({ counted, values }) => `${counted}: ${witnessText(values)}`);
}
