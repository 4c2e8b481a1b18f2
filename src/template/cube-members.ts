/** How a Cube model marks a reference in SQL: `{CUBE}.x` in YAML (Python f-strings), `${CUBE}.x` in JavaScript. */
export type CubeStyle = 'yaml' | 'javascript';

/** A construct within the SQL of a Cube model. Offsets count in the text that was scanned, delimiters included. */
export interface CubeConstruct {
  start: number;
  end: number;
  reference: CubeReference;
}

export type CubeReference =
  /** `CUBE`, `orders`, `orders.status`, `CUBE.created_at.day`. */
  | { kind: 'path'; path: string[] }
  /** `orders.sql()`: the relation of a cube. */
  | { kind: 'relation'; path: string[] }
  /** `FILTER_PARAMS.orders.created_at.filter('col')` and the like: predicates on SQL texts; null for a function. */
  | { kind: 'filter'; subject: 'query filter' | 'security context'; columns: (string | null)[] }
  /** `SQL_UTILS.convertTz("{CUBE}.created_at")`: a function of the texts it is given. */
  | { kind: 'function'; texts: string[] }
  /** `SECURITY_CONTEXT.region.unsafeValue()`, `COMPILE_CONTEXT.schema`, `{{ jinja }}`: known when it runs. */
  | { kind: 'value'; name: string }
  /** `\{`, `\}`: the brace itself. Jinja's `{% … %}` and `{# … #}`: nothing. */
  | { kind: 'literal'; text: string }
  /** Anything else that a program computes. */
  | { kind: 'code'; source: string };

const NESTING_MAX = 20;
const NAME_LENGTH_MAX = 200;
/** Constructs are searched no further than this. */
const CONSTRUCT_LENGTH_MAX = 2_000;
const PATH = /^[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*$/;

/**
 * The constructs of a text, in order, without overlaps. Braces that hold no reference (`'{1,2}'` of a regular expression)
 * are text. The time is bounded by the length of the text and of a construct.
 */
export function cubeConstructs(text: string, style: CubeStyle): CubeConstruct[] {
  const found: CubeConstruct[] = [];
  const opening = style === 'yaml' ? '{' : '${';
  let at = 0;
  while (at < text.length) {
    const construct = style === 'yaml' ? (escapedBrace(text, at) ?? jinjaConstruct(text, at)) : null;
    if (construct !== null) {
      found.push(construct);
      at = construct.end;
    } else if (text.startsWith(opening, at) && (style === 'javascript' || /[\sA-Za-z_]/.test(text.charAt(at + 1)))) {
      const last = Math.min(text.length, at + CONSTRUCT_LENGTH_MAX);
      const end = closingBrace(text, at + opening.length, last, 0);
      const reference = end === null ? null : referenceOf(text.slice(at + opening.length, end), style);
      if (end !== null && reference !== null) found.push({ start: at, end: end + 1, reference });
      // An open brace that nothing closes would be looked for again from each brace behind it.
      if (end === null && last === text.length) return found;
      at = end === null || reference === null ? at + opening.length : end + 1;
    } else {
      at++;
    }
  }
  return found;
}

function escapedBrace(text: string, at: number): CubeConstruct | null {
  if (text.charAt(at) !== '\\') return null;
  const brace = text.charAt(at + 1);
  return brace === '{' || brace === '}' ? { start: at, end: at + 2, reference: { kind: 'literal', text: brace } } : null;
}

function jinjaConstruct(text: string, at: number): CubeConstruct | null {
  const mark = text.slice(at, at + 2);
  const close = mark === '{{' ? '}}' : mark === '{%' ? '%}' : mark === '{#' ? '#}' : null;
  if (close === null) return null;
  const length = text.slice(at + 2, at + CONSTRUCT_LENGTH_MAX).indexOf(close);
  if (length < 0) return null;
  const end = at + 2 + length;
  const name = text.slice(at + 2, end).replace(/^[-+]|[-+]$/g, '').trim();
  return { start: at, end: end + 2, reference: mark === '{{' ? { kind: 'value', name } : { kind: 'literal', text: '' } };
}

/** Where the brace closes that was opened before `from`; strings are passed over. Null where it does not. */
function closingBrace(text: string, from: number, last: number, nesting: number): number | null {
  let depth = 0;
  for (let at = from; at < last; at++) {
    const character = text.charAt(at);
    if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return at;
    else if (character === "'" || character === '"' || character === '`') {
      const end = stringEnd(text, at, last, nesting);
      if (end === null) return null;
      at = end;
    }
  }
  return null;
}

/** The offset of the quote that closes the string at `start`. Templates may hold `${…}` with strings of their own. */
function stringEnd(text: string, start: number, last: number, nesting: number): number | null {
  const quote = text.charAt(start);
  for (let at = start + 1; at < last; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === quote) return at;
    else if (quote === '`' && text.startsWith('${', at)) {
      const end = nesting >= NESTING_MAX ? null : closingBrace(text, at + 2, last, nesting + 1);
      if (end === null) return null;
      at = end;
    }
  }
  return null;
}

/** What stands between the braces; null for a text that is no expression. */
function referenceOf(source: string, style: CubeStyle): CubeReference | null {
  const expression = source.trim();
  if (expression.length <= NAME_LENGTH_MAX && PATH.test(expression)) {
    const path = pathOf(expression);
    const [first = ''] = path;
    return CONTEXTS.has(first) ? { kind: 'value', name: expression } : { kind: 'path', path };
  }
  const [, word = ''] = /^([A-Za-z_]\w{0,100})\s*[.([]/.exec(expression) ?? [];
  if (word === 'FILTER_PARAMS' || word === 'FILTER_GROUP') return { kind: 'filter', subject: 'query filter', columns: filterColumns(expression) };
  if (CONTEXTS.has(word)) {
    const columns = filterColumns(expression);
    return columns.length > 0 ? { kind: 'filter', subject: 'security context', columns } : { kind: 'value', name: expression.slice(0, NAME_LENGTH_MAX) };
  }
  if (word === 'SQL_UTILS') return { kind: 'function', texts: stringsOf(expression) };
  const relation = /^([\w.\s]{1,200})\.\s*sql\(\s*\)$/.exec(expression)?.[1];
  if (relation !== undefined && PATH.test(relation)) return { kind: 'relation', path: pathOf(relation) };
  if (style === 'yaml') return word === '' || !/[)\]]$/.test(expression) ? null : { kind: 'code', source: expression };
  return { kind: 'code', source: expression };
}

/** Objects that hold what is known of the user or the deployment. */
const CONTEXTS = new Set(['SECURITY_CONTEXT', 'USER_CONTEXT', 'COMPILE_CONTEXT', 'securityContext', 'userAttributes']);

function pathOf(expression: string): string[] {
  return expression.split('.').map((step) => step.trim());
}

/** What each `.filter(…)` is given: the text of a string, null for a function. */
function filterColumns(expression: string): (string | null)[] {
  return [...expression.matchAll(/\.(?:filter|requiredFilter)\(\s*/g)].map((match) => stringAt(expression, match.index + match[0].length));
}

function stringsOf(expression: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < expression.length; at++) {
    const text = stringAt(expression, at);
    if (text === null) continue;
    texts.push(text);
    at = (stringEnd(expression, at, expression.length, 0) ?? expression.length) + 1;
  }
  return texts;
}

function stringAt(expression: string, start: number): string | null {
  if (!/['"`]/.test(expression.charAt(start))) return null;
  const end = stringEnd(expression, start, expression.length, 0);
  return end === null ? null : expression.slice(start + 1, end).replace(/\\(['"`\\])/g, '$1');
}
