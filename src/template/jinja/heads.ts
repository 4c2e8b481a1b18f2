import type { ExpressionParser } from './expression.js';
import type { Expression, Parameter, Target } from './nodes.js';

/** The first word of a tag, '' for one that begins otherwise. */
export function wordOf(inner: string): string {
  return /^[A-Za-z_]\w*/.exec(inner)?.[0] ?? '';
}

/** A construct as messages show it: on one line, not endless. */
export function shown(source: string): string {
  const line = source.replace(/\s+/g, ' ').trim();
  return `"${line.length > 80 ? `${line.slice(0, 79)}…` : line}"`;
}

/** The expression that names the template, without what tells how it is included. */
export function includeName(rest: string): string {
  return rest.replace(/\s+ignore\s+missing\b/, '').replace(/\s+with(out)?\s+context$/, '');
}

/** `a, b` and `(a, b)`, also nested, as one list of names. */
export function nameList(parser: ExpressionParser): string[] {
  const names: string[] = [];
  do {
    while (parser.skip('('));
    names.push(parser.name());
    while (parser.skip(')'));
  } while (parser.skip(',') && !parser.is('in'));
  return names;
}

/** What a loop goes through; the `if` behind it is the loop's. */
export function loopList(parser: ExpressionParser): Expression {
  const first = parser.expression(false);
  if (!parser.is(',')) return first;
  const items = [first];
  while (parser.skip(',')) items.push(parser.expression(false));
  return { kind: 'list', items };
}

/** What `set` assigns to. */
export function targetOf(parser: ExpressionParser): Target {
  const names = nameList(parser);
  const [namespace] = names;
  if (namespace !== undefined && parser.skip('.')) return { namespace, attribute: parser.name() };
  return { names };
}

/** `(a, b=1)` of a macro. */
export function parameterList(parser: ExpressionParser): Parameter[] {
  parser.expect('(');
  const parameters: Parameter[] = [];
  while (!parser.skip(')')) {
    const name = parser.name();
    parameters.push({ name, preset: parser.skip('=') ? parser.expression() : null });
    if (!parser.is(')')) parser.expect(',');
  }
  return parameters;
}

/** `upper | replace('a', 'b')` on the content of a block, which stands under a name that no template can write. */
export const BLOCK_CONTENT = ' content';

export function filterChain(parser: ExpressionParser): Expression {
  let value = parser.filter({ kind: 'name', name: BLOCK_CONTENT });
  while (parser.skip('|')) value = parser.filter(value);
  return value;
}
