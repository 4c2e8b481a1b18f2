import type { ParseOutcome, TableReference } from '../../model/syntax-tree.js';
import { type Dialect, foldName } from '../dialect.js';
import type { Lexing } from './lexing.js';
import { CUT_OFF } from './outcome.js';
import { type LexedToken, tokensOf } from './tokens.js';

/**
 * What can still be said of a statement that is cut off: a utility statement of verb `truncated` with the relations that
 * follow FROM, JOIN, INTO and UPDATE, and a diagnostic at the end of the text. A name that the end of the text touches is
 * left out, since it may go on.
 */
export function readCutOff(text: string, dialect: Dialect, lexing: Lexing): ParseOutcome {
  const relations = relationsOf(tokensOf(text, lexing), dialect, text.length);
  return {
    statements: [{ statement: { type: 'utility', verb: 'truncated', inner: null, relations }, span: { start: 0, end: text.length } }],
    diagnostics: [{ severity: 'error', message: CUT_OFF, offset: text.length }],
    frontEnd: null,
    confidence: 'low',
  };
}

/** Words that are no relation after FROM and its kin. */
const NO_NAME = new Set([
  'select', 'values', 'with', 'where', 'set', 'on', 'using', 'group', 'order', 'having', 'limit', 'union', 'except', 'intersect', 'join', 'inner', 'left', 'right', 'full', 'cross',
  'natural', 'outer', 'of', 'nowait', 'skip', 'stdin', 'stdout', 'unnest', 'rows', 'as', 'returning', 'default', 'when', 'then', 'end', 'and', 'or', 'not', 'window', 'fetch', 'offset', 'for',
]);
/** Functions that have a FROM of their own: `extract(year from opened_at)`. */
const FROM_INSIDE = new Set(['extract', 'substring', 'trim', 'overlay', 'position', 'ltrim', 'rtrim', 'btrim']);

function relationsOf(tokens: readonly LexedToken[], dialect: Dialect, textEnd: number): TableReference[] {
  const commonTables = new Set<string>();
  const found = new Map<string, TableReference>();
  const openedBy: string[] = [];
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (token.text === '(' && token.kind === 'punctuation') {
      openedBy.push(before?.kind === 'word' ? before.text : '');
      if (before?.kind === 'word' && before.text === 'as') addCommonTable(tokens, index, dialect, commonTables);
      return;
    }
    if (token.text === ')' && token.kind === 'punctuation') {
      openedBy.pop();
      return;
    }
    if (token.kind !== 'word') return;
    const introduces =
      token.text === 'join' ||
      token.text === 'into' ||
      (token.text === 'from' && before?.text !== 'distinct' && !FROM_INSIDE.has(openedBy.at(-1) ?? '')) ||
      (token.text === 'update' && (before === undefined || before.text === '(' || before.text === ';'));
    if (introduces) collect(tokens, index + 1, token.text === 'from', dialect, textEnd, found);
  });
  return [...found.values()].filter(({ schema, name }) => schema !== null || !commonTables.has(name));
}

/** `name AS (` and `name (columns) AS [NOT] MATERIALIZED (`: the name is no stored relation. */
function addCommonTable(tokens: readonly LexedToken[], open: number, dialect: Dialect, commonTables: Set<string>): void {
  let at = open - 2;
  if (tokens[at]?.text === ')') while (at > 0 && tokens[at]?.text !== '(') at--;
  const name = tokens[at]?.text === '(' ? tokens[at - 1] : tokens[at];
  if (name && (name.kind === 'word' || name.kind === 'quoted')) commonTables.add(foldName(name.written, name.kind === 'quoted', dialect));
}

const BEFORE_NAME = new Set(['only', 'lateral', 'table', 'overwrite']);

function isName(token: LexedToken | undefined): boolean {
  return token?.kind === 'quoted' || (token?.kind === 'word' && !NO_NAME.has(token.text));
}

/** A name with its points from `at` on, and what follows it; no parts where none stands there. */
function dottedName(tokens: readonly LexedToken[], from: number): { parts: LexedToken[]; next: number } {
  const parts: LexedToken[] = [];
  for (let at = from; ; at += 2) {
    const token = tokens[at];
    // Behind a point every word is a name.
    if (!token || !(isName(token) || (token.kind === 'word' && parts.length > 0))) return { parts, next: at };
    parts.push(token);
    if (tokens[at + 1]?.text !== '.') return { parts, next: at + 1 };
  }
}

/** The relations from `at` on: one, or behind FROM as many as commas separate. */
function collect(tokens: readonly LexedToken[], from: number, list: boolean, dialect: Dialect, textEnd: number, found: Map<string, TableReference>): void {
  let at = from;
  for (;;) {
    while (tokens[at]?.kind === 'word' && BEFORE_NAME.has(tokens[at]?.text ?? '')) at++;
    const { parts, next } = dottedName(tokens, at);
    at = next;
    const last = parts.at(-1);
    const call = list && tokens[at]?.text === '(';
    const unfinished = tokens[at - 1]?.text === '.';
    if (!last || call || unfinished || last.end >= textEnd) return;
    add(parts, dialect, found);
    if (!list) return;
    if (tokens[at]?.text === 'as') at++;
    if (isName(tokens[at])) at++;
    if (tokens[at]?.text !== ',') return;
    at++;
  }
}

function add(parts: readonly LexedToken[], dialect: Dialect, found: Map<string, TableReference>): void {
  // BigQuery quotes a whole path: `project.dataset.table`.
  const names = parts.flatMap(({ written, kind }) => {
    const name = foldName(written, kind === 'quoted', dialect);
    return dialect.id === 'bigquery' && kind === 'quoted' ? name.split('.') : [name];
  });
  const key = names.join('.');
  const [first, last] = [parts[0], parts.at(-1)];
  if (found.has(key) || !first || !last) return;
  found.set(key, {
    type: 'table', catalog: names.at(-3) ?? null, schema: names.at(-2) ?? null, name: names.at(-1) ?? '', alias: null, columnAliases: [], only: false,
    span: { start: first.start, end: last.end },
  });
}
