import type { Relation } from '../model/catalog.js';
import type { ViewCounts } from '../model/report.js';
import type { SqlStatement, TableReference } from '../model/syntax-tree.js';
import { type LineageContext, resolveStatement } from '../sql/lineage.js';
import type { Resolution } from '../sql/resolution.js';
import { relationKey, type SchemaIndex } from '../sql/schema-index.js';
import { walkStatement } from '../sql/walk.js';

const NAMES_MAX = 3;

/** How the views of one store are read, compared with what the server recorded of them. */
export interface SelfCheck {
  counts: ViewCounts;
  /** Views whose reading is in doubt, by key, with the reason in words; those that read such a view are among them. */
  doubts: ReadonlyMap<string, string>;
}

/**
 * Compares, for every view of which the server recorded the columns (PostgreSQL: pg_depend), the columns that its text refers
 * to, as we read it: shown, grouping and condition together. Three things that the server records are no columns that are
 * read, and are left aside: of a relation that the text does not name in FROM (a row type, a constant like `'t'::regclass`),
 * of the server's own schemas, and of a whole row: there it records what is referred to beside it, and we all of its columns.
 *
 * @param context of the store; `searchPath` is not used, since the server prints definitions with schemas
 */
export function selfCheck(context: LineageContext): SelfCheck {
  const counts: ViewCounts = { total: 0, agree: 0, differ: 0 };
  const doubts = new Map<string, string>();
  const readers = new Map<string, Set<string>>();
  for (const view of context.index.relations()) {
    if (view.recordedColumns === null) continue;
    counts.total++;
    const key = relationKey(view);
    const read = readView(view, { ...context, searchPath: [] });
    if (typeof read === 'string') {
      doubts.set(key, `view ${key} ${read}`);
      continue;
    }
    for (const source of read.direct.keys()) readers.set(source, (readers.get(source) ?? new Set()).add(key));
    if (read.difference === null) counts.agree++;
    else {
      counts.differ++;
      doubts.set(key, `view ${key} is not read as the server recorded it: ${read.difference}`);
    }
  }
  spread(doubts, readers);
  return { counts, doubts };
}

/** Why the reading of a statement is in doubt: one reason for each doubtful view that its text names. */
export function doubtsOf({ direct }: Pick<Resolution, 'direct'>, { doubts }: SelfCheck): string[] {
  return [...direct.keys()].flatMap((key) => doubts.get(key) ?? []);
}

/** What reads a doubtful view is as doubtful, on any level. */
function spread(doubts: Map<string, string>, readers: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [key, reason] of doubts) {
    // A map gives what is added to it while it is walked.
    for (const reader of readers.get(key) ?? []) if (!doubts.has(reader)) doubts.set(reader, reason);
  }
}

interface ReadView {
  direct: Resolution['direct'];
  /** In words; null where both are the same. */
  difference: string | null;
}

/** A view as it is read and compared, or why it could not be read. */
function readView(view: Relation, context: LineageContext): ReadView | string {
  if (view.definition === null) return 'could not be compared: its definition is not known';
  const outcome = context.parse(view.definition);
  const statement = outcome.statements[0]?.statement;
  if (!statement) return `could not be compared: ${outcome.diagnostics[0]?.message ?? 'its definition is empty'}`;
  try {
    const { direct } = resolveStatement(statement, context);
    return { direct, difference: differenceOf(view, statement, direct, context.index) };
  } catch (error) {
    // The parser's stack is deeper than ours.
    if (!(error instanceof RangeError)) throw error;
    return 'could not be compared: it is nested too deeply to be followed';
  }
}

function differenceOf(view: Relation, statement: SqlStatement, direct: Resolution['direct'], index: SchemaIndex): string | null {
  const named = namedRelations(statement, index);
  const missing: string[] = [];
  const more: string[] = [];
  for (const relation of new Set([...named.relations.keys(), ...knownOf(direct, index)])) {
    const key = relationKey(relation);
    const recorded = new Set((view.recordedColumns ?? []).filter((column) => column.startsWith(`${key}.`)));
    const columns = direct.get(key);
    const ours = new Set(columns?.size === 0 ? [`${key}.*`] : [...(columns ?? [])].map((column) => `${key}.${column}`));
    const whole = usesWholeRow(relation, named) && relation.columns.every(({ name }) => columns?.has(name));
    missing.push(...[...recorded].filter((column) => !ours.has(column) && !(whole && column === `${key}.*`)));
    if (!whole) more.push(...[...ours].filter((column) => !recorded.has(column)));
  }
  if (missing.length === 0 && more.length === 0) return null;
  return [
    ...(missing.length > 0 ? [`the server has ${listed(missing)} and tidemark has not`] : []),
    ...(more.length > 0 ? [`tidemark has ${listed(more)} and the server has not`] : []),
  ].join('; ');
}

/** A name that no relation has is that of a join or a query: its row may hold the row of any relation. */
function usesWholeRow(relation: Relation, { relations, rows }: NamedRelations): boolean {
  const own = relations.get(relation);
  return rows.some((name) => own?.has(name) || [...relations.values()].every((aliases) => !aliases.has(name)));
}

function listed(columns: string[]): string {
  const shown = columns.toSorted().slice(0, NAMES_MAX).join(', ');
  return columns.length > NAMES_MAX ? `${shown} and ${columns.length - NAMES_MAX} more` : shown;
}

function knownOf(direct: Resolution['direct'], index: SchemaIndex): Relation[] {
  return [...direct.keys()].flatMap((key) => index.get(key) ?? []);
}

interface NamedRelations {
  /** Relations of the catalogue that stand in FROM, with the names that they have there. */
  relations: Map<Relation, Set<string>>;
  /** Names of which the whole row is used. In a definition that the server printed no other star is left. */
  rows: string[];
}

function namedRelations(statement: SqlStatement, index: SchemaIndex): NamedRelations {
  const relations = new Map<Relation, Set<string>>();
  const rows: string[] = [];
  const note = (reference: TableReference): void => {
    // Without a schema it is a common table or one of the server's own.
    const relation = reference.schema === null ? null : index.find(reference.schema, reference.name, []);
    if (relation) relations.set(relation, (relations.get(relation) ?? new Set()).add(reference.alias ?? reference.name));
  };
  walkStatement(statement, {
    from: (item) => {
      if (item.type === 'table') note(item);
    },
    expression: (expression) => {
      if (expression.type === 'star') rows.push(expression.qualifier.at(-1) ?? '');
    },
  });
  return { relations, rows };
}
