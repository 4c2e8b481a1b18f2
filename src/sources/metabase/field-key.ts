import { isClause, type Argument, type Clause } from './mbql.js';

/** A column of a query's result and where it comes from. */
export interface ResultColumn {
  name: string;
  fieldId: string | null;
  joinAlias: string | null;
  sourceField: string | null;
  databaseType: string | null;
  baseType: string | null;
}

export function plainColumn(name: string): ResultColumn {
  return { name, fieldId: null, joinAlias: null, sourceField: null, databaseType: null, baseType: null };
}

/** The SQL of a card or stage; `columns` is null where the export does not tell them. */
export interface CardSql {
  sql: string;
  columns: ResultColumn[] | null;
}

/** Two references with the same key mean the same column in the same bucket. */
export function fieldKey(clause: Clause): string {
  const { operator, options } = clause;
  const unit = options['temporal-unit'] === 'default' ? undefined : options['temporal-unit'];
  const reference = clause.arguments.map((argument) => (isClause(argument) ? fieldKey(argument) : argument));
  return JSON.stringify([operator, reference, options['join-alias'], options['source-field'], unit]);
}

/** A field without what is done to it. */
export function bare(clause: Clause): Clause {
  return { ...clause, options: { ...clause.options, 'temporal-unit': undefined, binning: undefined } };
}

export function textOption(clause: Clause, name: string): string | null {
  const value = clause.options[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The key of an id among the options, comparable with others. */
export function idOption(clause: Clause, name: string): string | null {
  const value = clause.options[name];
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** An id from a file as an argument of a clause. */
export function idArgument(value: unknown): Argument {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? value.map((part: unknown) => (typeof part === 'string' || typeof part === 'number' ? part : null)) : null;
}
