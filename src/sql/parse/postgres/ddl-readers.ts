import type { Relation } from '../../../model/catalog.js';
import type { ColumnReference, SqlStatement, TableReference } from '../../../model/syntax-tree.js';
import { lineageContext, resolveStatement } from '../../lineage.js';
import type { Resolution } from '../../resolution.js';
import { relationKey } from '../../schema-index.js';
import { walkStatement } from '../../walk.js';
import type { DdlState } from './ddl-state.js';
import { quoteName } from './ddl-text.js';

/** Which views read what, and how their texts follow new names: the server knows them by number, so that a view never loses what it reads. */

/** The views that read a relation, or a column of it, directly. */
export function readersOf(state: DdlState, relation: Relation, column: string | null = null): Relation[] {
  if (state.recorder === null) return [];
  const key = relationKey(relation);
  return state.catalog.relations.filter((view) => view !== relation && mayRead(view, relation) && reads(state, view, key, column));
}

/** Every view that would go with a relation or column, those that read views among them too; nearest first. */
export function allReadersOf(state: DdlState, relation: Relation, column: string | null = null): Relation[] {
  const found = new Set(readersOf(state, relation, column));
  for (const view of found) for (const further of readersOf(state, view)) found.add(further);
  return [...found];
}

/** A look at the text spares the reading of most views. */
function mayRead({ definition }: Relation, { name }: { name: string }): boolean {
  return definition !== null && definition.toLowerCase().includes(name.toLowerCase());
}

function reads(state: DdlState, view: Relation, key: string, column: string | null): boolean {
  if (view.recordedColumns !== null) return view.recordedColumns.some((recorded) => (column === null ? recorded.startsWith(`${key}.`) : recorded === `${key}.${column}` || recorded === `${key}.*`));
  const columns = resolved(state, view)?.direct.get(key);
  return columns !== undefined && (column === null || columns.has(column));
}

function statementOf(state: DdlState, definition: string): SqlStatement | null {
  return state.parse?.(definition).statements[0]?.statement ?? null;
}

function resolved(state: DdlState, { definition }: Pick<Relation, 'definition'>): Resolution | null {
  const statement = definition === null ? null : statementOf(state, definition);
  if (!statement || !state.parse) return null;
  try {
    return resolveStatement(statement, lineageContext(state.index(), state.parse, { searchPath: [], views: state.views }));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: written } of edits.toSorted((a, b) => b.start - a.start)) result = result.slice(0, start) + written + result.slice(end);
  return result;
}

/** The views whose texts have to follow, with what of them is found while the old names hold. */
export function tableFollowers(state: DdlState, relation: Relation): (() => void)[] {
  const { schema, name } = relation;
  return readersOf(state, relation).flatMap((view) => {
    const definition = view.definition ?? '';
    const statement = statementOf(state, definition);
    if (!statement) return [];
    const places = referencesTo(state, statement, relation);
    const from = { schema, name };
    return [() => {
      const target = `${quoteName(relation.schema)}.${quoteName(relation.name)}`;
      view.definition = edited(definition, places.map(({ span, alias }) => ({ ...span, text: target + (alias === null ? ` AS ${quoteName(from.name)}` : '') })));
      followRecorded(view, `${from.schema}.${from.name}.`, `${relationKey(relation)}.`);
    }];
  });
}

/** Recorded columns begin with the old key; `startsWith` is enough, since both end with a point. */
function followRecorded(view: Relation, from: string, to: string): void {
  if (view.recordedColumns !== null) view.recordedColumns = view.recordedColumns.map((recorded) => (recorded.startsWith(from) ? to + recorded.slice(from.length) : recorded)).sort();
}

function referencesTo(state: DdlState, statement: SqlStatement, relation: Relation): TableReference[] {
  const commonTables = new Set<string>();
  const references: TableReference[] = [];
  walkStatement(statement, {
    query: ({ ctes }) => {
      for (const { name } of ctes) commonTables.add(name);
    },
    from: (item) => {
      if (item.type === 'table' && item.name === relation.name && item.span.end > item.span.start) references.push(item);
    },
  });
  return references.filter(({ schema, name }) => !(schema === null && commonTables.has(name)) && state.index().find(schema, name, state.path) === relation);
}

/** At most so often a text is looked at for names that its own inner queries passed on. */
const ROUNDS_MAX = 5;

/** Lets the views that read a column under its old name read it under the new one; what they show keeps its name. */
export function followColumn(state: DdlState, views: readonly Relation[], relation: string, from: string, to: string): void {
  for (const view of views) {
    let definition = view.definition ?? '';
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const edits = lostReferences(state, definition, from, to);
      if (edits.length === 0) break;
      definition = edited(definition, edits);
    }
    view.definition = definition;
    if (view.recordedColumns !== null) view.recordedColumns = view.recordedColumns.map((recorded) => (recorded === `${relation}.${from}` ? `${relation}.${to}` : recorded)).sort();
  }
}

/** Names that nothing owns since a column is called otherwise. */
function lostReferences(state: DdlState, definition: string, from: string, to: string): Edit[] {
  const statement = statementOf(state, definition);
  const resolution = resolved(state, { definition });
  if (!statement || !resolution) return [];
  const lost = new Set(resolution.diagnostics.map(({ offset }) => offset));
  const bare = new Set<ColumnReference>();
  const references: ColumnReference[] = [];
  walkStatement(statement, {
    query: ({ body }) => {
      if (body.type !== 'select') return;
      for (const { expression, alias } of body.projections) if (alias === null && expression.type === 'column') bare.add(expression);
    },
    expression: (expression) => {
      if (expression.type === 'column' && expression.parts.at(-1) === from && lost.has(expression.span.start)) references.push(expression);
    },
  });
  return references.map((reference) => {
    const { span } = reference;
    const written = definition.slice(span.start, span.end);
    const last = written.search(/(?:"(?:[^"]|"")*"|[^."]+)$/);
    const shown = bare.has(reference) ? ` AS ${quoteName(from)}` : '';
    return { start: span.start + Math.max(last, 0), end: span.end, text: quoteName(to) + shown };
  });
}
