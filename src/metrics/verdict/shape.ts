import { ScratchError, type ScratchSpace } from '../../model/scratch-engine.js';
import type { Parse } from '../../sql/parse/front-end.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import { search, type SearchResult } from '../search/index.js';
import type { Evidence } from './evidence.js';
import { widthOf } from './features.js';

/** What looking for rows on which a query answers something may take, and how many databases it tries. */
export const ROWS_MS = 300;
const ROWS_WORLDS = 150;

/** Pairs of queries whose texts show that they have different numbers of columns: they differ on the empty database already. */
export function shapeDifferences(definitions: readonly Definition[]): SearchResult['differences'] {
  const widths = definitions.map(({ statement }) => widthOf(statement));
  return widths.flatMap((right, b) =>
    widths.slice(0, b).flatMap((left, a) => (left === null || right === null || left === right ? [] : [{ a, b, world: {}, how: 'real' as const, instant: null }])),
  );
}

/** Whether neither answers anything. */
export function isRowless({ a, b }: Evidence): boolean {
  return [a, b].every((answer) => !('error' in answer) && answer.rows.length === 0);
}

/** The smallest rows on which a definition answers something: those on which it differs from itself without rows. */
export async function worldWithRows(definition: Definition, schema: MetricSchema, space: ScratchSpace, parse: Parse): Promise<World | null> {
  if (definition.dialect !== 'postgres') return null;
  const text = `select * from (${definition.text}\n) as shown where false`;
  const statement = parse(text).statements[0]?.statement;
  if (statement === undefined) return null;
  try {
    const { differences } = await search([definition, { ...definition, text, statement }], schema, space, { milliseconds: ROWS_MS, worlds: ROWS_WORLDS });
    return differences[0]?.world ?? null;
  } catch (error) {
    if (error instanceof ScratchError) return null;
    throw error;
  }
}
