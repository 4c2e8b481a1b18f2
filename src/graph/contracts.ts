import { relationKey } from '../sql/schema-index.js';
import { lineageContext, resolveStatement } from '../sql/lineage.js';
import type { Parse } from '../sql/parse/front-end.js';
import type { StoreBoundary } from './boundary.js';

/** A contract view and the stored columns that it gives out unchanged: `schema.table.column`. */
export interface Contract {
  view: string;
  columns: ReadonlySet<string>;
}

/** The contract views of a store, by name. */
export function contractsOf(boundary: StoreBoundary, parse: Parse): Contract[] {
  const context = lineageContext(boundary.reader.index, parse, { searchPath: ['public'] });
  return boundary.store.catalog.relations.flatMap((relation) => {
    const key = relationKey(relation);
    if (relation.definition === null || boundary.zones.get(key)?.zone !== 'contract') return [];
    const statement = parse(relation.definition).statements[0]?.statement;
    if (!statement) return [];
    const { outputs, writes } = resolveStatement(statement, context);
    const slots = statement.type === 'create' ? (writes.values().next().value ?? []) : outputs;
    const columns = slots.flatMap(({ flows }) => [...flows].filter(([, flow]) => flow.identity).map(([column]) => column));
    return [{ view: key, columns: new Set(columns) }];
  });
}

/** The contract views that could stand in for a relation: those that give all the columns, and the one of the others that lacks the fewest. */
export function standIns(relation: string, columns: readonly string[], contracts: readonly Contract[]): { whole: string[]; partial: string[]; missing: string[] } {
  const wanted = columns.map((column) => `${relation}.${column}`);
  const whole: string[] = [];
  const partial: { view: string; missing: string[] }[] = [];
  for (const contract of contracts) {
    if (![...contract.columns].some((column) => column.startsWith(`${relation}.`))) continue;
    const missing = columns.filter((_, position) => !contract.columns.has(wanted[position] ?? ''));
    if (missing.length === 0) whole.push(contract.view);
    else partial.push({ view: contract.view, missing });
  }
  partial.sort((a, b) => a.missing.length - b.missing.length || (a.view < b.view ? -1 : 1));
  return { whole: whole.sort(), partial: partial.slice(0, 1).map(({ view }) => view), missing: partial[0]?.missing ?? [] };
}
