import type { Relation } from '../model/catalog.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { expressionText } from '../sql/expression-text.js';
import { relationKey } from '../sql/schema-index.js';
import type { Slot } from '../sql/scope.js';
import { lineageContext, resolveStatement, type LineageContext } from '../sql/lineage.js';
import type { Parse } from '../sql/parse/front-end.js';
import type { Resolution } from '../sql/resolution.js';
import { outerQuery } from '../sql/shape.js';
import { conjuncts } from '../sql/walk.js';
import type { StoreBoundary } from './boundary.js';

/** A contract view and the stored columns that it gives out unchanged: `schema.table.column`. */
export interface Contract {
  view: string;
  columns: ReadonlySet<string>;
  /** What each of its columns shows unchanged; null for what it computes. In the order of the view. */
  outputs: readonly { name: string; source: string | null }[];
  /** The conditions of its WHERE that must all hold, as text; empty where it shows all rows. */
  predicates: readonly string[];
  /** Nobody should move to it any more. */
  deprecated: boolean;
}

/** The definition of a view, resolved. */
export interface ResolvedView {
  statement: SqlStatement;
  resolution: Resolution;
  /** Its columns, by the names that its definition gives them. */
  slots: readonly Slot[];
}

/** The context in which views of a store are resolved; share it between those of one store. */
export function viewContext({ reader, store }: Pick<StoreBoundary, 'reader' | 'store'>, parse: Parse): LineageContext {
  const dialect = dialectOfEngine(store.engine);
  return lineageContext(reader.index, parse, { dialect, searchPath: dialect.searchPath });
}

/** Null for a relation without a definition, and for one that cannot be read. */
export function resolveView({ definition }: Pick<Relation, 'definition'>, context: LineageContext): ResolvedView | null {
  if (definition === null) return null;
  const statement = context.parse(definition).statements[0]?.statement;
  if (!statement) return null;
  try {
    const resolution = resolveStatement(statement, context);
    const slots = statement.type === 'create' ? (resolution.writes.values().next().value ?? []) : resolution.outputs;
    return { statement, resolution, slots };
  } catch (error) {
    // Thousands of nested queries can be read and not be followed.
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** The contract views of a store, by name. */
export function contractsOf(boundary: StoreBoundary, parse: Parse): Contract[] {
  const context = viewContext(boundary, parse);
  return boundary.store.catalog.relations.flatMap((relation) => {
    const key = relationKey(relation);
    if (boundary.zones.get(key)?.zone !== 'contract') return [];
    const view = resolveView(relation, context);
    if (view === null) return [];
    const outputs = view.slots.map(({ name, flows }, at) => ({ name: relation.columns[at]?.name ?? name, source: soleSource(flows) }));
    const columns = view.slots.flatMap(({ flows }) => [...flows].filter(([, flow]) => flow.identity).map(([column]) => column));
    return [{ view: key, columns: new Set(columns), outputs, predicates: predicatesOf(view.statement), deprecated: boundary.store.deprecatedContracts?.has(key) === true }];
  });
}

/** The stored column that a value is, where it is one unchanged. */
export function soleSource(flows: Slot['flows']): string | null {
  const [only, another] = flows;
  return only !== undefined && another === undefined && only[1].identity ? only[0] : null;
}

function predicatesOf(statement: SqlStatement): string[] {
  const body = outerQuery(statement)?.body;
  return body?.type === 'select' && body.where !== null ? conjuncts(body.where).map(expressionText) : [];
}

/** The contract views that could stand in for a relation: those that give all the columns, and the one of the others that lacks the fewest. */
export function standIns(relation: string, columns: readonly string[], contracts: readonly Contract[]): { whole: string[]; partial: string[]; missing: string[] } {
  const wanted = columns.map((column) => `${relation}.${column}`);
  const whole: string[] = [];
  const partial: { view: string; missing: string[] }[] = [];
  for (const contract of contracts) {
    if (contract.deprecated || ![...contract.columns].some((column) => column.startsWith(`${relation}.`))) continue;
    const missing = columns.filter((_, position) => !contract.columns.has(wanted[position] ?? ''));
    if (missing.length === 0) whole.push(contract.view);
    else partial.push({ view: contract.view, missing });
  }
  partial.sort((a, b) => a.missing.length - b.missing.length || (a.view < b.view ? -1 : 1));
  return { whole: whole.sort(), partial: partial.slice(0, 1).map(({ view }) => view), missing: partial[0]?.missing ?? [] };
}
