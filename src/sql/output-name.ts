import type { Expression } from '../model/syntax-tree.js';
import { internalTypeName } from './parse/postgres/nodes.js';

const UNNAMED = '?column?';

/** The name that PostgreSQL gives an output without an alias (FigureColname in parse_target.c, PostgreSQL 18). */
export function outputName(expression: Expression): string {
  return figure(expression).name;
}

interface Figured {
  name: string;
  /** 0: no name, 1: a name that an outer cast or CASE replaces by its own, 2: a good name. */
  strength: 0 | 1 | 2;
}

function good(name: string): Figured {
  return { name, strength: 2 };
}

const NONE: Figured = { name: UNNAMED, strength: 0 };

/** Operators that the grammar of PostgreSQL has as functions or as nodes of their own. */
const NAMED_OPERATORS: Record<string, string> = {
  coalesce: 'coalesce', nullif: 'nullif', greatest: 'greatest', least: 'least', at_time_zone: 'timezone',
};

function figure(expression: Expression): Figured {
  switch (expression.type) {
    case 'column':
      return good(expression.parts.at(-1) ?? UNNAMED);
    case 'call':
      return good(expression.name.at(-1) ?? UNNAMED);
    case 'cast': {
      const inner = figure(expression.operand);
      return inner.strength > 1 ? inner : { name: internalTypeName(expression.target), strength: 1 };
    }
    case 'case': {
      const inner = expression.otherwise ? figure(expression.otherwise) : NONE;
      return inner.strength > 1 ? inner : { name: 'case', strength: 1 };
    }
    case 'operation': {
      const [operand] = expression.operands;
      if (expression.operator.startsWith('collate ') && operand) return figure(operand);
      const name = NAMED_OPERATORS[expression.operator];
      return name === undefined ? NONE : good(name);
    }
    case 'composite':
      return figureComposite(expression);
    case 'subquery':
      return figureSubquery(expression);
    default:
      return NONE;
  }
}

function figureComposite({ kind, field, elements }: Extract<Expression, { type: 'composite' }>): Figured {
  const [base] = elements;
  if (kind === 'field' && field !== null && field !== '*') return good(field);
  if (kind === 'field' || kind === 'subscript') return base ? figure(base) : NONE;
  if (kind === 'json') return field === null || field.startsWith('is_') ? NONE : good(field);
  return good(kind);
}

function figureSubquery({ kind, query: { body } }: Extract<Expression, { type: 'subquery' }>): Figured {
  if (kind === 'exists' || kind === 'array') return good(kind);
  if (kind !== 'scalar') return NONE;
  let first = body;
  while (first.type === 'set_operation') first = first.left.body;
  if (first.type === 'values') return good('column1');
  const shown = first.projections[0];
  if (!shown) return NONE;
  return shown.alias === null ? figure(shown.expression) : good(shown.alias);
}
