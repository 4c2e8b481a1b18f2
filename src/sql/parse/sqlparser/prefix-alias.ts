import { type Context, isDialect } from './context.js';
import { flag, isRecord, list, member, text, variant, when } from './node.js';

/** An alias that stands before its expression. */
export interface Prefixed {
  alias: unknown;
  expression: unknown;
}

/** Where the leftmost part of an expression is kept. */
const LEFTMOST: Record<string, string> = { BinaryOp: 'left', Cast: 'expr', Between: 'expr', InList: 'expr', Like: 'expr', ILike: 'expr' };

/**
 * DuckDB's `SELECT mail: c.email`: the parser reads the path `c.email` of a document `mail`, of which DuckDB knows nothing. Null
 * where no name with a colon begins the expression.
 */
export function prefixAlias(node: unknown, at: Context): Prefixed | null {
  if (!isDialect(at, 'duckdb')) return null;
  const { tag, content } = variant(node);
  if (tag === 'JsonAccess') return namedPath(content, at);
  const key = LEFTMOST[tag];
  if (key === undefined || !isRecord(content)) return null;
  const inner = prefixAlias(content[key], at);
  return inner && { alias: inner.alias, expression: { [tag]: { ...content, [key]: inner.expression } } };
}

function namedPath(content: unknown, at: Context): Prefixed | null {
  const alias = when(member(content, 'value'), 'Identifier');
  const steps = list(member(content, 'path'), 'path').map((step) => when(step, 'Dot'));
  if (alias === undefined || steps.some((step) => step === undefined)) return null;
  // The parser tells no place of the steps: they follow the alias, mostly without a gap but the colon's.
  const end = member(member(alias, 'span'), 'end');
  const line = member(end, 'line');
  const after = at.positions.of(alias).end;
  const gap = /^\s*:[^\S\n]*/.exec(at.positions.text({ start: after, end: after + GAP }))?.[0].length ?? 0;
  let column = Number(member(end, 'column')) + gap;
  const names = steps.map((step) => {
    const value = text(member(step, 'key')) ?? '';
    const quoted = flag(step, 'quoted');
    const start = column;
    column += [...value].length + (quoted ? 2 : 0);
    const span = { start: { line, column: start }, end: { line, column } };
    column += 1;
    return { value, ...(quoted ? { quote_style: '"' } : {}), span };
  });
  return { alias, expression: names.length === 1 ? { Identifier: names[0] } : { CompoundIdentifier: names } };
}

/** How far behind the alias its colon is looked for. */
const GAP = 40;
