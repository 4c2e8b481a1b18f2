import type { A_Expr, A_Indirection, FuncCall, Node, SQLValueFunction, SortBy, SubLink, WindowDef } from '@pgsql/types';
import type { Expression, OrderItem, Subquery, Window } from '../../../model/syntax-tree.js';
import { childNodes, items, text, texts, typeText } from './nodes.js';
import type { Positions } from './positions.js';
import { lowerJsonOrXml } from './json-xml.js';
import { lowerQuery } from './query.js';
import { frameOf } from './window-frame.js';

/** Lowers one expression. A node that it does not know becomes `opaque` with every expression inside it. */
export function lowerExpression(node: Node, at: Positions): Expression {
  if ('ColumnRef' in node) return lowerColumn(node.ColumnRef.fields ?? [], node.ColumnRef.location, at);
  if ('A_Const' in node) return lowerConstant(node, at);
  if ('ParamRef' in node) return { type: 'parameter', number: node.ParamRef.number ?? 0, span: at.at(node.ParamRef.location) };
  if ('A_Expr' in node) return lowerOperator(node.A_Expr, at);
  if ('BoolExpr' in node) {
    const operator = { AND_EXPR: 'and', OR_EXPR: 'or', NOT_EXPR: 'not' }[node.BoolExpr.boolop ?? 'AND_EXPR'];
    return operation(operator, expressions(node.BoolExpr.args, at), node.BoolExpr.location, at);
  }
  if ('NullTest' in node) {
    const operator = node.NullTest.nulltesttype === 'IS_NOT_NULL' ? 'is_not_null' : 'is_null';
    return operation(operator, expressions([node.NullTest.arg], at), node.NullTest.location, at);
  }
  if ('BooleanTest' in node) {
    const operator = (node.BooleanTest.booltesttype ?? 'IS_TRUE').toLowerCase();
    return operation(operator, expressions([node.BooleanTest.arg], at), node.BooleanTest.location, at);
  }
  if ('FuncCall' in node) return lowerCall(node.FuncCall, at);
  if ('TypeCast' in node) {
    const [operand] = expressions([node.TypeCast.arg], at);
    if (operand) return { type: 'cast', operand, target: typeText(node.TypeCast.typeName), span: operand.span };
  }
  if ('CaseExpr' in node) return lowerCase(node, at);
  if ('SubLink' in node) return lowerSubquery(node.SubLink, at);
  if ('CoalesceExpr' in node) return operation('coalesce', expressions(node.CoalesceExpr.args, at), node.CoalesceExpr.location, at);
  if ('MinMaxExpr' in node) {
    const operator = node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest';
    return operation(operator, expressions(node.MinMaxExpr.args, at), node.MinMaxExpr.location, at);
  }
  if ('A_Indirection' in node) return lowerIndirection(node.A_Indirection, at);
  if ('A_ArrayExpr' in node) return composite('array', expressions(node.A_ArrayExpr.elements, at), node.A_ArrayExpr.location, at);
  if ('RowExpr' in node) return composite('row', expressions(node.RowExpr.args, at), node.RowExpr.location, at);
  return lowerRare(node, at);
}

/** Lowers what is there of a list of nodes. */
export function expressions(nodes: readonly (Node | undefined)[] | undefined, at: Positions): Expression[] {
  return (nodes ?? []).flatMap((node) => (node ? [lowerExpression(node, at)] : []));
}

export function optionalExpression(node: Node | undefined, at: Positions): Expression | null {
  return node ? lowerExpression(node, at) : null;
}

function lowerRare(node: Node, at: Positions): Expression {
  if ('CollateClause' in node) {
    const operator = `collate ${texts(node.CollateClause.collname).join('.')}`;
    return operation(operator, expressions([node.CollateClause.arg], at), node.CollateClause.location, at);
  }
  if ('NamedArgExpr' in node) {
    return operation(`${node.NamedArgExpr.name ?? ''} =>`, expressions([node.NamedArgExpr.arg], at), node.NamedArgExpr.location, at);
  }
  if ('SQLValueFunction' in node) return lowerValueFunction(node.SQLValueFunction, at);
  if ('MergeSupportFunc' in node) return call(['merge_action'], [], node.MergeSupportFunc.location, at);
  if ('GroupingFunc' in node) return call(['grouping'], expressions(node.GroupingFunc.args, at), node.GroupingFunc.location, at);
  if ('SetToDefault' in node) return { type: 'literal', kind: 'null', value: null, span: at.at(node.SetToDefault.location) };
  if ('SelectStmt' in node) {
    return { type: 'subquery', kind: 'scalar', operand: null, operator: null, query: lowerQuery(node.SelectStmt, at), span: at.at(undefined) };
  }
  const [what, content] = Object.entries(node)[0] ?? ['', undefined];
  return lowerJsonOrXml(node, at) ?? opaque(what, content, at);
}

/** CURRENT_DATE, CURRENT_TIMESTAMP(3) and their kin: calls without parentheses, or with a precision. */
function lowerValueFunction({ op, typmod, location }: SQLValueFunction, at: Positions): Expression {
  const name = (op ?? '').replace(/^SVFOP_/, '').replace(/_N$/, '').toLowerCase();
  const hasPrecision = (op ?? '').endsWith('_N') && typmod !== undefined;
  const precision: Expression[] = hasPrecision ? [{ type: 'literal', kind: 'number', value: String(typmod), span: at.at(location) }] : [];
  return call([name], precision, location, at);
}

function opaque(what: string, content: unknown, at: Positions): Expression {
  return { type: 'opaque', what, parts: lowerChildren(content, at), span: at.at(undefined) };
}

/** Nodes that only hold expressions, such as a named argument of XMLFOREST or a column of JSON_TABLE. */
const CONTAINERS = new Set(
  `List SortBy ResTarget RangeTableFuncCol JsonTableColumn JsonTablePathSpec JsonKeyValue JsonValueExpr JsonArgument JsonBehavior
   JsonOutput JsonReturning JsonFormat`.split(/\s+/),
);

/** The expressions anywhere in the content of a node. */
export function lowerChildren(content: unknown, at: Positions): Expression[] {
  return childNodes(content).flatMap((child) => {
    // Type names and bare texts are no expressions.
    if ('String' in child || 'TypeName' in child || 'Integer' in child) return [];
    const [what, inner] = Object.entries(child)[0] ?? ['', undefined];
    return CONTAINERS.has(what) ? lowerChildren(inner, at) : [lowerExpression(child, at)];
  });
}

function lowerColumn(fields: Node[], location: number | undefined, at: Positions): Expression {
  const last = fields.at(-1);
  const parts = texts(fields.filter((field) => !('A_Star' in field)));
  const span = at.name(location, fields.length);
  if (last && 'A_Star' in last) return { type: 'star', qualifier: parts, except: [], replace: [], rename: [], span };
  return { type: 'column', parts, span };
}

function lowerConstant(node: Extract<Node, { A_Const: unknown }>, at: Positions): Expression {
  const constant = node.A_Const;
  const span = at.at(constant.location);
  if (constant.sval) return { type: 'literal', kind: 'string', value: constant.sval.sval ?? '', span };
  if (constant.ival) return { type: 'literal', kind: 'number', value: String(constant.ival.ival ?? 0), span };
  if (constant.fval) return { type: 'literal', kind: 'number', value: constant.fval.fval ?? '0', span };
  if (constant.boolval) return { type: 'literal', kind: 'boolean', value: constant.boolval.boolval ? 'true' : 'false', span };
  if (constant.bsval) return { type: 'literal', kind: 'bits', value: constant.bsval.bsval ?? '', span };
  return { type: 'literal', kind: 'null', value: null, span };
}

const LIKE: Record<string, string> = { '~~': 'like', '!~~': 'not_like', '~~*': 'ilike', '!~~*': 'not_ilike', '~': 'similar', '!~': 'not_similar' };

function lowerOperator(node: A_Expr, at: Positions): Expression {
  const symbol = texts(node.name).at(-1) ?? '';
  const left = expressions([node.lexpr], at);
  const right = expressions(items(node.rexpr), at);
  const operands = [...left, ...right];
  const make = (operator: string): Expression => operation(operator, operands, node.location, at);
  switch (node.kind) {
    case 'AEXPR_IN':
      return make(symbol === '<>' ? 'not_in' : 'in');
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR':
      return make(LIKE[symbol] ?? symbol);
    case 'AEXPR_OP_ANY':
      return make(`${symbol} any`);
    case 'AEXPR_OP_ALL':
      return make(`${symbol} all`);
    case 'AEXPR_DISTINCT':
      return make('is_distinct');
    case 'AEXPR_NOT_DISTINCT':
      return make('is_not_distinct');
    case 'AEXPR_NULLIF':
      return make('nullif');
    case 'AEXPR_BETWEEN':
      return make('between');
    case 'AEXPR_NOT_BETWEEN':
      return make('not_between');
    case 'AEXPR_BETWEEN_SYM':
      return make('between_symmetric');
    case 'AEXPR_NOT_BETWEEN_SYM':
      return make('not_between_symmetric');
    default:
      return make(symbol === '!=' ? '<>' : symbol);
  }
}

function lowerCall(node: FuncCall, at: Positions): Expression {
  const name = texts(node.funcname);
  // AT TIME ZONE and its kin arrive as calls of catalogue functions with a mark of their own.
  if (name.at(-1) === 'timezone' && node.funcformat === 'COERCE_SQL_SYNTAX') {
    return operation('at_time_zone', expressions(node.args, at).reverse(), node.location, at);
  }
  return {
    type: 'call',
    name,
    arguments: expressions(node.args, at),
    distinct: node.agg_distinct ?? false,
    star: node.agg_star ?? false,
    filter: optionalExpression(node.agg_filter, at),
    orderBy: orderItems(node.agg_order, at),
    withinGroup: node.agg_within_group ?? false,
    over: node.over ? lowerWindow(node.over, at) : null,
    span: at.name(node.location, name.length),
  };
}

export function lowerWindow(window: WindowDef, at: Positions): Window {
  const frame = frameOf(window.frameOptions);
  return {
    ...(frame === null ? {} : { frame }),
    partitionBy: expressions(window.partitionClause, at),
    orderBy: orderItems(window.orderClause, at),
    // `OVER w` has the name in `name`, `OVER (w …)` in `refname`.
    reference: window.refname ?? window.name ?? null,
  };
}

export function orderItems(nodes: Node[] | undefined, at: Positions): OrderItem[] {
  return (nodes ?? []).flatMap((node) => ('SortBy' in node ? orderItem(node.SortBy, at) : []));
}

function orderItem(sort: SortBy, at: Positions): OrderItem[] {
  const nulls = sort.sortby_nulls === 'SORTBY_NULLS_FIRST' ? 'first' : sort.sortby_nulls === 'SORTBY_NULLS_LAST' ? 'last' : null;
  return expressions([sort.node], at).map((expression) => ({ expression, descending: sort.sortby_dir === 'SORTBY_DESC', ...(nulls === null ? {} : { nulls }) }));
}

function lowerCase(node: Extract<Node, { CaseExpr: unknown }>, at: Positions): Expression {
  const branches = (node.CaseExpr.args ?? []).flatMap((child) => {
    if (!('CaseWhen' in child)) return [];
    const [when, then] = expressions([child.CaseWhen.expr, child.CaseWhen.result], at);
    return when && then ? [{ when, then }] : [];
  });
  return {
    type: 'case',
    operand: optionalExpression(node.CaseExpr.arg, at),
    branches,
    otherwise: optionalExpression(node.CaseExpr.defresult, at),
    span: at.at(node.CaseExpr.location),
  };
}

function lowerSubquery(link: SubLink, at: Positions): Expression {
  const inner = link.subselect;
  if (!inner || !('SelectStmt' in inner)) return opaque('SubLink', inner, at);
  const operator = texts(link.operName).at(-1) ?? null;
  const kinds: Record<string, Subquery['kind']> = {
    EXISTS_SUBLINK: 'exists',
    ALL_SUBLINK: 'all',
    ANY_SUBLINK: operator ? 'any' : 'in',
    ARRAY_SUBLINK: 'array',
  };
  return {
    type: 'subquery',
    kind: kinds[link.subLinkType ?? ''] ?? 'scalar',
    operand: optionalExpression(link.testexpr, at),
    operator,
    query: lowerQuery(inner.SelectStmt, at),
    span: at.at(link.location),
  };
}

function lowerIndirection(node: A_Indirection, at: Positions): Expression {
  let [current] = expressions([node.arg], at);
  if (!current) return opaque('A_Indirection', node, at);
  for (const step of node.indirection ?? []) {
    const elements: Expression[] = [current];
    let field: string | null = null;
    let kind: 'field' | 'subscript' = 'field';
    if ('A_Indices' in step) {
      kind = 'subscript';
      elements.push(...expressions([step.A_Indices.lidx, step.A_Indices.uidx], at));
    } else {
      field = 'A_Star' in step ? '*' : text(step);
    }
    current = { type: 'composite', kind, elements, field, span: current.span };
  }
  return current;
}

function operation(operator: string, operands: Expression[], location: number | undefined, at: Positions): Expression {
  return { type: 'operation', operator, operands, span: at.at(location) };
}

export function call(name: string[], operands: Expression[], location: number | undefined, at: Positions): Expression {
  return {
    type: 'call', name, arguments: operands, distinct: false, star: false, filter: null, orderBy: [], withinGroup: false, over: null,
    span: at.at(location),
  };
}

function composite(kind: 'row' | 'array', elements: Expression[], location: number | undefined, at: Positions): Expression {
  return { type: 'composite', kind, elements, field: null, span: at.at(location) };
}
