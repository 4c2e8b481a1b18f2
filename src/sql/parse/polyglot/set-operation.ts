import type { Query, SetOperation } from '../../../model/syntax-tree.js';
import type { DialectId } from '../../dialect.js';
import type { Context } from './context.js';
import { isAbsent, type Tagged, taggedOf } from './data.js';
import { lowerQuery, orderAndLimit, queryOf } from './query.js';
import { lowerSelect } from './select.js';

/** Where INTERSECT binds no closer than UNION and EXCEPT (SQLite, "Compound Select Statements"; Oracle, "The Set Operators"). */
const EQUAL_PRECEDENCE: readonly DialectId[] = ['sqlite', 'oracle'];

interface Link {
  operator: SetOperation['operator'];
  all: boolean;
  byName: boolean;
}

/** Queries and what is between them, as written; and the order and limit of the whole. */
interface Chain {
  terms: Query[];
  links: Link[];
  whole: Pick<Query, 'orderBy' | 'limit' | 'offset'>;
}

/**
 * A SELECT or a chain of set operations. The parser binds all of them from the left; here INTERSECT goes first, as the
 * standard has it. What stands in parentheses is a term of the chain.
 */
export function lowerChain(node: Tagged, context: Context): Query {
  const chain: Chain = { terms: [], links: [], whole: orderAndLimit({}, context) };
  extend(chain, node, context);
  if (chain.links.length === 0) return chain.terms[0] ?? queryOf({ type: 'values', rows: [] });
  const { terms, links } = chain;
  if (!EQUAL_PRECEDENCE.includes(context.dialect.id)) fold(terms, links, ({ operator }) => operator === 'intersect');
  fold(terms, links, () => true);
  return { ...(terms[0] ?? queryOf({ type: 'values', rows: [] })), ...chain.whole };
}

function isSetOperation({ kind }: Tagged): boolean {
  return kind === 'union' || kind === 'intersect' || kind === 'except';
}

function extend(chain: Chain, node: Tagged, context: Context): void {
  if (isSetOperation(node)) {
    extendWith(chain, node.fields['left'], context);
    link(chain, node, context);
  } else {
    context.misplaced.push([]);
    const select = lowerSelect(node.fields, context);
    const misplaced = context.misplaced.pop() ?? [];
    chain.terms.push(select);
    for (const value of misplaced) attach(chain, value, context);
    if (misplaced.length === 0) return;
    // What was written behind the last query of the chain is the whole's.
    adopt(chain, select);
    chain.terms[chain.terms.indexOf(select)] = { ...select, orderBy: [], limit: null, offset: null };
  }
}

function extendWith(chain: Chain, value: unknown, context: Context): void {
  const node = taggedOf(value);
  const isBare = node && (isSetOperation(node) || node.kind === 'select') && (node.kind === 'select' ? ['with', 'into'] : ['with', 'order_by', 'limit', 'offset']).every((key) => isAbsent(node.fields[key]));
  if (isBare) return extend(chain, node, context);
  const query = lowerQuery(value, context);
  if (!query) context.warn('one side of a set operation could not be read');
  chain.terms.push(query ?? queryOf({ type: 'values', rows: [] }));
}

/** The operation of a node and its right side, behind what is in the chain. */
function link(chain: Chain, { kind, fields }: Tagged, context: Context): void {
  const operator = kind === 'intersect' || kind === 'except' ? kind : 'union';
  chain.links.push({ operator, all: fields['all'] === true, byName: fields['by_name'] === true || fields['corresponding'] === true });
  extendWith(chain, fields['right'], context);
  adopt(chain, orderAndLimit(fields, context));
}

function adopt(chain: Chain, { orderBy, limit, offset }: Chain['whole']): void {
  if (orderBy.length > 0) chain.whole.orderBy = orderBy;
  chain.whole.limit = limit ?? chain.whole.limit;
  chain.whole.offset = offset ?? chain.whole.offset;
}

/**
 * `… WHERE a = (SELECT …) UNION SELECT …`: the parser joins the sub-query with what follows, and puts the union into the
 * condition. Gives the sub-query, which alone belongs there; null where nothing is wrong.
 */
export function misplacedIn(value: unknown): unknown {
  const node = taggedOf(value);
  if (!node || !isSetOperation(node)) return null;
  const left = taggedOf(node.fields['left']);
  return left?.kind === 'subquery' ? node.fields['left'] : misplacedIn(node.fields['left']);
}

/** A misplaced chain without its first term, which stays where it was. */
function attach(chain: Chain, value: unknown, context: Context): void {
  const node = taggedOf(value);
  if (!node || !isSetOperation(node)) return;
  attach(chain, node.fields['left'], context);
  link(chain, node, context);
}

/** Joins the terms at the links that are `wanted`, from the left. */
function fold(terms: Query[], links: Link[], wanted: (link: Link) => boolean): void {
  for (let index = 0; index < links.length; ) {
    const between = links[index];
    const [left, right] = [terms[index], terms[index + 1]];
    if (!between || !left || !right || !wanted(between)) index++;
    else {
      terms.splice(index, 2, queryOf({ type: 'set_operation', ...between, left, right }));
      links.splice(index, 1);
    }
  }
}
