import type { Diagnostic, Expression, FromItem, Query, SqlStatement } from '../../../model/syntax-tree.js';
import type { Dialect } from '../../dialect.js';
import type { Context } from './context.js';
import { lowerExpression } from './expression.js';
import { lowerFromItem, lowerFromList } from './from.js';
import { Positions } from './positions.js';
import { lowerQuery, lowerValueQuery } from './query.js';
import { lowerStatement } from './statement.js';
import { isTrap } from './trap.js';

/** The parser: its tree of a text, or what it throws. */
export type ParseText = (text: string) => readonly unknown[];

/** Lowers what the parser made of one text. */
export class Lowering implements Context {
  readonly dialect: Dialect;
  readonly positions: Positions;
  readonly diagnostics: Diagnostic[] = [];
  readonly mayBeMisgrouped: boolean;
  readonly mayConcatenate: boolean;
  insertedRow: string | null = null;
  readonly #text: string;
  readonly #parse: ParseText;
  readonly #parameters = new Map<string, number>();
  #unnamed = 0;

  constructor(text: string, dialect: Dialect, parse: ParseText, base = 0) {
    this.dialect = dialect;
    this.positions = new Positions(text, base);
    this.mayBeMisgrouped = /\bdistinct\s+from\b/i.test(text);
    this.mayConcatenate = text.includes('||');
    this.#text = text;
    this.#parse = parse;
  }

  expression(node: unknown): Expression {
    return lowerExpression(node, this);
  }

  query(node: unknown): Query {
    return lowerQuery(node, this);
  }

  valueQuery(node: unknown): Query {
    return lowerValueQuery(node, this);
  }

  fromList(nodes: readonly unknown[]): FromItem[] {
    return lowerFromList(nodes, this);
  }

  fromItem(node: unknown): FromItem {
    return lowerFromItem(node, this);
  }

  statements(node: unknown): SqlStatement[] {
    return lowerStatement(node, this);
  }

  parameter(spelling: string): number {
    const own = /^[$?:](\d+)$/.exec(spelling)?.[1];
    if (own !== undefined) return Number(own);
    const key = spelling === '?' ? `?${this.#unnamed++}` : spelling;
    const number = this.#parameters.get(key) ?? this.#parameters.size + 1;
    this.#parameters.set(key, number);
    return number;
  }

  inner(text: string, offset: number | null): SqlStatement[] | null {
    // A text whose quotes were doubled has other positions inside than outside: then they are those of its start.
    const base = offset ?? Math.max(this.#text.indexOf(text), 0);
    try {
      const lowering = new Lowering(text, this.dialect, this.#parse, base);
      const statements = this.#parse(text).flatMap((node) => lowering.statements(node));
      this.diagnostics.push(...lowering.diagnostics);
      return statements;
    } catch (error) {
      if (isTrap(error)) throw error;
      return null;
    }
  }
}
