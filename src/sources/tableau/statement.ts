import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import type { XmlElement } from '../common/xml.js';
import { neutraliseCustomSql } from './custom-sql.js';
import { quotedPath, quoteName } from './names.js';
import { joinWords, type Leaf, type RelationTree } from './relations.js';
import { bareChildren, type Parameter } from './workbook.js';

const OPERATORS = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', '==', 'AND', 'OR', '+', '-', '*', '/']);
/** `[relation].[column]` within a formula. */
const FIELD = /\[(?:[^\]]|\]\]){1,300}\]\.\[(?:[^\]]|\]\]){1,300}\]/g;

export interface BuiltStatement {
  sql: string;
  assumptions: string[];
}

/** What Tableau asks of one store for joined and united tables, before a sheet takes columns of it. */
export class StatementBuilder {
  readonly #assumptions = new Set<string>(['Tableau asks for the columns and tables only that a sheet needs']);

  constructor(
    readonly engine: string | null,
    readonly parameters: ReadonlyMap<string, Parameter>,
  ) {}

  /** Null where a part has no SQL, or the text is too long. */
  build(tree: RelationTree): BuiltStatement | null {
    const from = this.#relation(tree);
    if (from === null) return null;
    const sql = `SELECT * FROM ${from}`;
    return sql.length > TEXT_LENGTH_MAX ? null : { sql, assumptions: [...this.#assumptions] };
  }

  /** A leaf as it may stand behind FROM, without its alias: a name or a query in parentheses. */
  source(leaf: Leaf): string | null {
    if (leaf.kind === 'table') return quotedPath(leaf.stored.text, this.engine);
    if (leaf.kind === 'procedure') return null;
    const sql = neutraliseCustomSql(leaf.stored.text, this.parameters).variants[0]?.sql;
    return sql === undefined ? null : `(\n${withoutEnd(sql)}\n)`;
  }

  #relation(tree: RelationTree): string | null {
    switch (tree.kind) {
      case 'leaf': {
        const source = this.source(tree.leaf);
        return source === null ? null : `${source} AS ${quoteName(tree.leaf.name, this.engine)}`;
      }
      case 'union': {
        const members = tree.members.map((member) => this.#relation(member));
        if (members.includes(null)) return null;
        const selects = members.map((member) => `SELECT * FROM ${member}`);
        return `(\n${selects.join('\nUNION ALL\n')}\n) AS ${quoteName(tree.name, this.engine)}`;
      }
      case 'join': {
        const left = this.#relation(tree.sides[0]);
        const right = this.#relation(tree.sides[1]);
        if (left === null || right === null) return null;
        const words = joinWords(tree.type);
        const nested = tree.sides[1].kind === 'join' ? `(${right})` : right;
        const on = words === 'CROSS JOIN' ? '' : `\n  ON ${this.#clause(tree.clause)}`;
        return `${left}\n${words} ${nested}${on}`;
      }
    }
  }

  #clause(clause: XmlElement | null): string {
    const [expression] = clause === null ? [] : bareChildren(clause, 'expression');
    return expression === undefined ? 'TRUE' : this.#expression(expression);
  }

  #expression(element: XmlElement): string {
    const op = (element.attribute('op') ?? '').trim();
    const operands = bareChildren(element, 'expression');
    if (operands.length > 0 && OPERATORS.has(op.toUpperCase())) {
      const sign = op === '==' ? '=' : op.toUpperCase();
      return `(${operands.map((operand) => this.#expression(operand)).join(` ${sign} `)})`;
    }
    if (operands.length === 0 && /^-?\d+(\.\d+)?$/.test(op)) return op;
    const whole = quotedPath(op, this.engine);
    if (operands.length === 0 && whole !== op) return whole;
    return this.#calculation(op, operands);
  }

  /** A formula of Tableau's own: what it reads survives, what it computes does not. */
  #calculation(op: string, operands: readonly XmlElement[]): string {
    const fields = [...op.matchAll(FIELD)].map(([field]) => quotedPath(field, this.engine));
    const read = [...fields, ...operands.map((operand) => this.#expression(operand))];
    this.#assumptions.add('a calculation within a join stands for the columns that it reads');
    return read.length === 0 ? 'NULL' : read.length === 1 ? (read[0] ?? 'NULL') : `COALESCE(${read.join(', ')})`;
  }
}

/** Without the semicolons behind which nothing follows. */
export function withoutEnd(sql: string): string {
  let end = sql.length;
  while (end > 0 && /[\s;]/.test(sql.charAt(end - 1))) end--;
  return sql.slice(0, end);
}
