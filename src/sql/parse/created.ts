import type { ParseOutcome, TableDefinition, TableReference } from '../../model/syntax-tree.js';
import { type Dialect, foldName } from '../dialect.js';
import type { Lexing } from './lexing.js';
import { type LexedToken, tokensOf } from './tokens.js';

/**
 * CREATE TABLE and CREATE VIEW with clauses that no parser knows: every store has its own for where and how the rows lie,
 * and none of them says what is in the rows.
 */

/** `CREATE … object [IF NOT EXISTS] name [(…)] … [AS query]`, by the places of its tokens. */
interface Created {
  tokens: LexedToken[];
  object: number;
  name: { first: number; last: number };
  /** The parentheses behind the name. */
  list: { open: number; close: number } | null;
  /** The word AS in front of a query. */
  as: number | null;
}

const QUERY_WORDS = new Set(['select', 'with', 'from', 'values', '(']);
/** Behind these words stands a query, also where another parser would have read on. */
const KEPT_BEFORE = new Set(['or', 'replace', 'temp', 'temporary', 'materialized']);

function createdBy(text: string, lexing: Lexing): Created | null {
  const tokens = tokensOf(text, lexing);
  if (tokens[0]?.text !== 'create' || tokens[0].kind !== 'word') return null;
  const object = tokens.findIndex(({ kind, text: word }) => kind === 'word' && (word === 'table' || word === 'view'));
  if (object < 0 || object > 12) return null;
  let first = object + 1;
  if (['if', 'not', 'exists'].every((word, at) => tokens[first + at]?.text === word)) first += 3;
  let last = first;
  while (tokens[last + 1]?.text === '.' && tokens[last + 2] !== undefined) last += 2;
  if (tokens[last] === undefined) return null;
  const list = tokens[last + 1]?.text === '(' ? { open: last + 1, close: closing(tokens, last + 1) } : null;
  return { tokens, object, name: { first, last }, list, as: asOf(tokens, last + 1) };
}

function asOf(tokens: readonly LexedToken[], from: number): number | null {
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === 'punctuation' && token.text === '(') at = closing(tokens, at);
    else if (token?.kind === 'word' && token.text === 'as' && QUERY_WORDS.has(tokens[at + 1]?.text ?? '')) return at;
  }
  return null;
}

/** The place of the parenthesis that closes one; the last token where none does. */
function closing(tokens: readonly LexedToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.kind !== 'punctuation') continue;
    if (tokens[at]?.text === '(') depth++;
    else if (tokens[at]?.text === ')' && --depth === 0) return at;
  }
  return tokens.length - 1;
}

/** What ends a view and says nothing of its rows. */
const AT_THE_END = [/^with(?: (?:cascaded|local))? check option$/, /^with no schema binding$/, /^with(?: no)? data$/, /^with read only$/];

/**
 * The text with spaces for what a CREATE … AS says of storage, owners and options, of the same length; null where it says
 * nothing of the kind.
 */
export function withoutStorage(text: string, lexing: Lexing): string | null {
  const created = createdBy(text, lexing);
  if (created?.as == null) return null;
  const { tokens, object, name, list, as } = created;
  const blanked: LexedToken[] = tokens.slice(1, object).filter(({ kind, text: word }) => kind !== 'word' || !KEPT_BEFORE.has(word));
  blanked.push(...tokens.slice((list?.close ?? name.last) + 1, as));
  if (list) blanked.push(...elements(tokens, list).flatMap((element) => element.slice(1)));
  const words = tokens.slice(as).filter(({ text: word }) => word !== ';');
  for (const length of [3, 4, 5, 2]) {
    const end = words.slice(-length);
    if (AT_THE_END.some((pattern) => pattern.test(end.map(({ text: word }) => word).join(' ')))) blanked.push(...end);
  }
  return blanked.length === 0 ? null : withSpaces(text, blanked);
}

/** MySQL's SELECT … INTO OUTFILE '…' FROM …, with spaces for the file. */
export function withoutOutfile(text: string, lexing: Lexing): string | null {
  if (!/\binto\s+(?:outfile|dumpfile)\b/i.test(text)) return null;
  const tokens = tokensOf(text, lexing);
  const start = tokens.findIndex(({ kind, text: word }, at) => kind === 'word' && word === 'into' && /^(?:out|dump)file$/.test(tokens[at + 1]?.text ?? ''));
  if (start < 0) return null;
  const from = tokens.findIndex(({ kind, text: word }, at) => at > start && kind === 'word' && (word === 'from' || word === 'for'));
  return withSpaces(text, tokens.slice(start, from < 0 ? tokens.length : from).filter(({ text: word }) => word !== ';'));
}

function withSpaces(text: string, blanked: readonly LexedToken[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { start, end } of blanked.toSorted((a, b) => a.start - b.start)) {
    if (start < copied) continue;
    parts.push(text.slice(copied, start), ' '.repeat(end - start));
    copied = end;
  }
  return parts.join('') + text.slice(copied);
}

function elements(tokens: readonly LexedToken[], { open, close }: { open: number; close: number }): LexedToken[][] {
  const found: LexedToken[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(open + 1, close)) {
    // The parameters of a type may stand in angles.
    if (token.text === '(' || token.text === '<' || token.text === '[') depth++;
    else if (token.text === ')' || token.text === '>' || token.text === ']') depth--;
    else if (token.text === '>>') depth -= 2;
    if (token.text === ',' && depth === 0) found.push([]);
    else found.at(-1)?.push(token);
  }
  return found.filter((element) => element.length > 0);
}

/** What begins a constraint or an index in the list of columns. */
const NO_COLUMN = new Set(['constraint', 'primary', 'unique', 'foreign', 'check', 'key', 'index', 'fulltext', 'spatial', 'period', 'projection', 'exclude', 'like', 'supplemental']);
/** What follows the type of a column. */
const AFTER_TYPE = new Set([
  'not', 'null', 'default', 'primary', 'unique', 'references', 'check', 'constraint', 'collate', 'comment', 'encode', 'identity', 'distkey', 'sortkey', 'generated', 'enable', 'disable', 'masked',
  'autoincrement', 'auto_increment', 'materialized', 'alias', 'ephemeral', 'codec', 'ttl', 'options', 'as', 'with', 'masking', 'tag', 'sparse', 'rowguidcol', 'invisible', 'visible', 'on', 'charset', 'policy',
]);

const BRACKETS: ReadonlySet<string> = new Set(['tsql', 'sqlite']);

/** CREATE TABLE by its list of columns alone, where no parser reads it: names and types, and that the rest was passed over. */
export function definitionByTokens(text: string, dialect: Dialect, lexing: Lexing): ParseOutcome | null {
  // The lexer knows no names in brackets; in quotes they have the same length.
  const seen = BRACKETS.has(dialect.id) ? text.replace(/\[([^\][]{1,128})\]/g, '"$1"') : text;
  const created = createdBy(seen, lexing);
  if (!created?.list || created.as !== null || created.tokens[created.object]?.text !== 'table') return null;
  const { tokens, name, list } = created;
  const target = referenceOf(tokens.slice(name.first, name.last + 1), dialect);
  const columns = elements(tokens, list).flatMap((element) => columnOf(element, text, dialect));
  if (target === null || columns.length === 0) return null;
  const statement: TableDefinition = { type: 'table_definition', target, columns, keys: [] };
  return {
    statements: [{ statement, span: { start: tokens[0]?.start ?? 0, end: text.length } }],
    diagnostics: [{ severity: 'warning', message: `of the table ${target.name} only the names and types of its columns were read`, offset: tokens[name.first]?.start ?? 0 }],
    frontEnd: null,
    confidence: 'low',
  };
}

function columnOf([name, ...rest]: readonly LexedToken[], text: string, dialect: Dialect): TableDefinition['columns'] {
  if (name === undefined || (name.kind !== 'word' && name.kind !== 'quoted') || (name.kind === 'word' && NO_COLUMN.has(name.text))) return [];
  const after = rest.findIndex((token) => token.kind === 'word' && AFTER_TYPE.has(token.text));
  const type = after < 0 ? rest : rest.slice(0, after);
  const dataType = type.length === 0 ? '' : text.slice(type[0]?.start, type.at(-1)?.end).toLowerCase();
  const words = rest.map((token) => token.text).join(' ');
  return [{ name: foldName(name.written, name.kind === 'quoted', dialect), dataType, nullable: !/\bnot null\b|\bprimary key\b/.test(words) }];
}

function referenceOf(tokens: readonly LexedToken[], dialect: Dialect): TableReference | null {
  const parts = tokens.filter(({ text }) => text !== '.').map(({ written, kind }) => foldName(written, kind === 'quoted', dialect));
  const name = parts.at(-1);
  if (name === undefined) return null;
  const span = { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
  return { type: 'table', catalog: parts.at(-3) ?? null, schema: parts.at(-2) ?? null, name, alias: null, columnAliases: [], only: false, span };
}
