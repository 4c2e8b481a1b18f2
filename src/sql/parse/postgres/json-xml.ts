import type { JsonAggConstructor, Node } from '@pgsql/types';
import type { Expression } from '../../../model/syntax-tree.js';
import { call, lowerChildren, lowerWindow, optionalExpression, orderItems } from './expression.js';
import type { Positions } from './positions.js';

/** The names that the server gives to the output of SQL/JSON and SQL/XML expressions, by the parser's names. */
const NAMES: Record<string, string> = {
  JsonObjectConstructor: 'json_object', JsonArrayConstructor: 'json_array', JsonArrayQueryConstructor: 'json_array',
  JsonParseExpr: 'json', JsonScalarExpr: 'json_scalar', JsonSerializeExpr: 'json_serialize', XmlSerialize: 'xmlserialize',
};

const JSON_FUNCTIONS: Record<string, string> = { JSON_EXISTS_OP: 'json_exists', JSON_QUERY_OP: 'json_query', JSON_VALUE_OP: 'json_value' };

/**
 * Lowers an expression of SQL/JSON or SQL/XML: an aggregate to a call, every other to a composite whose `field` is its name,
 * since its clauses (RETURNING, ON EMPTY …) are not kept. Null for nodes of other kinds.
 */
export function lowerJsonOrXml(node: Node, at: Positions): Expression | null {
  if ('JsonArrayAgg' in node) return aggregate('json_arrayagg', node.JsonArrayAgg.arg, node.JsonArrayAgg.constructor, at);
  if ('JsonObjectAgg' in node) return aggregate('json_objectagg', node.JsonObjectAgg.arg, node.JsonObjectAgg.constructor, at);
  if ('JsonIsPredicate' in node) return named('is_json', node.JsonIsPredicate.expr, node.JsonIsPredicate.location, at);
  if ('JsonFuncExpr' in node) {
    const { op, location } = node.JsonFuncExpr;
    return named(JSON_FUNCTIONS[op ?? ''] ?? 'json', node.JsonFuncExpr, location, at);
  }
  if ('XmlExpr' in node) {
    const operator = (node.XmlExpr.op ?? 'xml').toLowerCase();
    return named(operator.startsWith('is_xml') ? operator.slice('is_'.length) : operator, node.XmlExpr, node.XmlExpr.location, at);
  }
  const [what, content] = Object.entries(node)[0] ?? ['', undefined];
  const name = NAMES[what];
  return name === undefined ? null : named(name, content, undefined, at);
}

function named(name: string, content: unknown, location: number | undefined, at: Positions): Expression {
  return { type: 'composite', kind: 'json', elements: lowerChildren(content, at), field: name, span: at.at(location) };
}

function aggregate(name: string, argument: unknown, shell: JsonAggConstructor | undefined, at: Positions): Expression {
  const plain = call([name], lowerChildren({ argument }, at), shell?.location, at);
  if (plain.type !== 'call') return plain;
  return {
    ...plain,
    filter: optionalExpression(shell?.agg_filter, at),
    orderBy: orderItems(shell?.agg_order, at),
    over: shell?.over ? lowerWindow(shell.over, at) : null,
  };
}
