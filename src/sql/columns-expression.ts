import type { Call, Expression } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import { offsetOf } from './expression-flows.js';
import { referred } from './flow.js';
import type { Lineage } from './lineage.js';
import { mapExpression } from './map-tree.js';
import { Scope, type Slot, relation } from './scope.js';
import { walkExpression } from './walk.js';

/**
 * `min(COLUMNS('ms_.*'))`: the expression once for each column of FROM whose name fits (DuckDB, "Star Expression"; ClickHouse,
 * "Dynamic column selection"). Null for an expression without COLUMNS.
 */
export function perColumn(expression: Expression, scope: Scope, lineage: Lineage, block: Block): Slot[] | null {
  const { id } = lineage.context.dialect;
  if (id !== 'duckdb' && id !== 'clickhouse') return null;
  const call = columnsCall(expression);
  if (!call) return null;
  return selected(call, scope, lineage, block).map((slot): Slot => {
    const flows = referred(slot.flows, call.span);
    if (expression === call) return { ...slot, flows };
    const inner = innerScope(scope, { ...slot, flows });
    const part = mapExpression(expression, { expression: (node) => (isColumns(node) ? { type: 'column', parts: [THIS], span: call.span } : node), keepsQueries: true });
    return { name: slot.name, flows: lineage.flows(part, inner, block), ...(slot.spelling === undefined ? {} : { spelling: slot.spelling }) };
  });
}

/** A name that no text can have. */
const THIS = '\u0000columns';

function innerScope(scope: Scope, slot: Slot): Scope {
  const inner = new Scope(scope);
  inner.relations.push(relation(THIS, [{ ...slot, name: THIS }]));
  return inner;
}

function isColumns(expression: Expression): boolean {
  return expression.type === 'call' && expression.name.length === 1 && expression.name[0] === 'columns';
}

function columnsCall(expression: Expression): Call | null {
  let found: Call | null = null;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'call' && isColumns(inner)) found ??= inner;
      return found === null;
    },
  });
  return found;
}

function selected(call: Call, scope: Scope, lineage: Lineage, block: Block): Slot[] {
  const [which] = call.arguments;
  if (which?.type === 'star') return lineage.expressions.star(which, scope, block);
  const fits = which ? testOf(which) : () => true;
  if (!fits) lineage.diagnose('which columns COLUMNS selects is not known: all are taken', offsetOf(call.span));
  const every = lineage.expressions.star({ type: 'star', qualifier: [], except: [], replace: [], rename: [], span: call.span }, scope, block);
  return fits ? every.filter(({ name }) => name === '*' || fits(name)) : every;
}

/** How names are chosen, for the patterns that can be told apart without running a regular expression of somebody else. */
function testOf(which: Expression): ((name: string) => boolean) | null {
  if (which.type === 'literal' && which.kind === 'string') return simplePattern(which.value ?? '');
  if (which.type !== 'lambda' || which.body.type !== 'operation') return null;
  const { operator, operands: [, pattern] } = which.body;
  if (pattern?.type !== 'literal' || pattern.kind !== 'string' || pattern.value === null) return null;
  const like = exactly(pattern.value.split('%').map((piece) => piece.toLowerCase()));
  if (pattern.value.replaceAll('_', '').includes('\\')) return null;
  if (operator === 'like' || operator === 'ilike') return like;
  return operator === 'not_like' || operator === 'not_ilike' ? (name) => !like(name) : null;
}

/** A pattern of letters, `.*`, `^`, `$` and `|`, which may stand in one pair of parentheses; it is looked for anywhere in the name. */
function simplePattern(text: string): ((name: string) => boolean) | null {
  const [, before = '', inside, after = ''] = /^([^()|]*)\(([^()]*)\)([^()|]*)$/.exec(text) ?? [];
  const choices = inside === undefined ? text.split('|') : inside.split('|').map((choice) => before + choice + after);
  const tests = choices.flatMap((choice) => simpleChoice(choice) ?? []);
  return tests.length === choices.length ? (name) => tests.some((fits) => fits(name)) : null;
}

function simpleChoice(text: string): ((name: string) => boolean) | null {
  if (!/^\^?(?:[\w ]|\.\*)*\$?$/.test(text)) return null;
  const body = text.replace(/^\^/, '').replace(/\$$/, '').toLowerCase();
  const pieces = body.split('.*');
  return exactly([...(text.startsWith('^') ? [] : ['']), ...pieces, ...(text.endsWith('$') ? [] : [''])]);
}

/** Whether a name is the pieces in their order with anything between them; `_` in a piece stands for any character. */
function exactly(pieces: readonly string[]): (name: string) => boolean {
  return (name) => {
    const text = name.toLowerCase();
    const [first = '', ...others] = pieces;
    const last = others.pop();
    if (last === undefined) return text.length === first.length && standsAt(text, first, 0);
    if (!standsAt(text, first, 0)) return false;
    let at = first.length;
    for (const piece of others) {
      while (at + piece.length <= text.length && !standsAt(text, piece, at)) at++;
      if (at + piece.length > text.length) return false;
      at += piece.length;
    }
    return text.length - last.length >= at && standsAt(text, last, text.length - last.length);
  };
}

function standsAt(text: string, piece: string, at: number): boolean {
  for (let index = 0; index < piece.length; index++) if (piece[index] !== '_' && piece[index] !== text[at + index]) return false;
  return at + piece.length <= text.length;
}
