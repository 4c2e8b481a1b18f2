import type { Diagnostic, Expression, FromItem, Query, Span, SqlStatement } from '../../../model/syntax-tree.js';
import type { Dialect, DialectId } from '../../dialect.js';
import { isAbsent } from './node.js';
import type { Positions } from './positions.js';

/** What the lowering of one text shares. Files of one subject reach each other through it, not by import. */
export interface Context {
  dialect: Dialect;
  positions: Positions;
  diagnostics: Diagnostic[];
  /** The name under which ON DUPLICATE KEY UPDATE sees the row that was to be inserted; null outside of it. */
  insertedRow: string | null;
  expression(node: unknown): Expression;
  query(node: unknown): Query;
  /** A query in an expression, whose rows are values. */
  valueQuery(node: unknown): Query;
  fromList(nodes: readonly unknown[]): FromItem[];
  fromItem(node: unknown): FromItem;
  statements(node: unknown): SqlStatement[];
  /** The number of a parameter by its spelling: `$2` and `?2` have their own, others are numbered as they come. */
  parameter(spelling: string): number;
  /** Statements of a text that stands inside this one at the offset, as in UNLOAD's literal; null where it cannot be read. */
  inner(text: string, offset: number | null): SqlStatement[] | null;
  /** Whether IS DISTINCT FROM stands in the text, after which the parser takes AND and OR for part of the right side. */
  mayBeMisgrouped: boolean;
  /** Whether `||` stands in it. */
  mayConcatenate: boolean;
}

export function isDialect(at: Context, ...ids: DialectId[]): boolean {
  return ids.includes(at.dialect.id);
}

export function expressions(nodes: readonly unknown[], at: Context): Expression[] {
  return nodes.map((node) => at.expression(node));
}

export function optional(node: unknown, at: Context): Expression | null {
  return isAbsent(node) ? null : at.expression(node);
}

/** Says that the reading of a statement is not sure. */
export function doubt(message: string, span: Span, at: Context): void {
  at.diagnostics.push({ severity: 'warning', message, offset: span.end === 0 ? null : span.start });
}
