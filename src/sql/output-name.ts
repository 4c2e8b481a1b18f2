import type { Expression } from '../model/syntax-tree.js';

/** The name that PostgreSQL gives an output without an alias (FigureColname in parse_target.c). */
export function outputName(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return expression.parts.at(-1) ?? '?column?';
    case 'call':
      return expression.name.at(-1) ?? '?column?';
    case 'cast': {
      const inner = outputName(expression.operand);
      return inner === '?column?' ? expression.target.replace(/\(.*$/, '') : inner;
    }
    case 'case':
      return expression.otherwise?.type === 'column' ? outputName(expression.otherwise) : 'case';
    case 'operation':
      return ['coalesce', 'nullif', 'greatest', 'least'].includes(expression.operator) ? expression.operator : '?column?';
    case 'composite':
      return expression.kind === 'field' && expression.field !== '*' ? (expression.field ?? '?column?') : expression.kind === 'subscript' && expression.elements[0] ? outputName(expression.elements[0]) : expression.kind;
    case 'subquery': {
      if (expression.kind !== 'scalar') return expression.kind === 'exists' ? 'exists' : expression.kind === 'array' ? 'array' : '?column?';
      const body = expression.query.body;
      const first = body.type === 'select' ? body.projections[0] : undefined;
      return first ? (first.alias ?? outputName(first.expression)) : '?column?';
    }
    default:
      return '?column?';
  }
}

