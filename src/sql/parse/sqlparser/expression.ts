import type { Expression } from '../../../model/syntax-tree.js';
import { lowerAccess, lowerDottedName, lowerIdentifier, lowerJsonAccess, lowerLambda, lowerStar, named } from './access.js';
import { opaque, operation } from './build.js';
import { type Context } from './context.js';
import { lowerFunction } from './functions.js';
import { KEYWORD_FUNCTIONS } from './keyword-functions.js';
import { lowerValue } from './literal.js';
import { ident } from './names.js';
import { isRecord, items, member, variant } from './node.js';
import { TESTS } from './operators.js';
import { PREDICATES } from './predicates.js';

type Lower = (content: unknown, at: Context) => Expression;

const EXPRESSIONS: Record<string, Lower> = {
  ...PREDICATES,
  ...KEYWORD_FUNCTIONS,
  Identifier: lowerIdentifier,
  CompoundIdentifier: lowerDottedName,
  CompoundFieldAccess: lowerAccess,
  JsonAccess: lowerJsonAccess,
  Value: lowerValue,
  Function: lowerFunction,
  Lambda: lowerLambda,
  Nested: (content, at) => at.expression(content),
  Named: (content, at) => named(ident(member(content, 'name'), at), at.expression(member(content, 'expr'))),
  Subquery: (content, at) => ({
    type: 'subquery', kind: 'scalar', operand: null, operator: null, query: at.valueQuery(content), span: at.positions.around(content),
  }),
  Wildcard: (_content, at) => lowerStar(undefined, undefined, at),
  QualifiedWildcard: (content, at) => lowerStar({ ObjectName: items(content)[0] }, undefined, at),
};

/** Lowers one expression. One that it does not know becomes `opaque` with every expression inside it. */
export function lowerExpression(node: unknown, at: Context): Expression {
  const { tag, content } = variant(node);
  const lower = EXPRESSIONS[tag];
  if (lower) return lower(content, at);
  const test = TESTS[tag];
  if (test !== undefined) return operation(test, [at.expression(content)]);
  return opaque(tag, childExpressions(content, at));
}

/** What holds names, not expressions. */
const NAMES: ReadonlySet<string> = new Set(['name', 'alias', 'data_type', 'collation', 'span', 'names', 'quote_style']);

/** The expressions and queries anywhere below a node of the parser. */
export function childExpressions(content: unknown, at: Context): Expression[] {
  if (Array.isArray(content)) return items(content).flatMap((child) => childExpressions(child, at));
  if (!isRecord(content)) return [];
  if (isRecord(content['body']) && Array.isArray(content['locks'])) return [at.expression({ Subquery: content })];
  const keys = Object.keys(content);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && (Object.hasOwn(EXPRESSIONS, only) || Object.hasOwn(TESTS, only))) return [at.expression(content)];
  return keys.flatMap((key) => (NAMES.has(key) ? [] : childExpressions(content[key], at)));
}
