import { Scanner, Token, type LexOptions } from '../../sql/lexer.js';

/** What may stand between CREATE and the word for what is created. */
const BETWEEN = new Set(['or', 'replace', 'temp', 'temporary', 'unlogged', 'local', 'global', 'materialized', 'foreign', 'external', 'transient', 'volatile', 'recursive', 'multiset', 'set', 'column', 'row', 'dynamic', 'iceberg', 'force', 'editionable', 'secure', 'private']);
const CREATED = new Set(['table', 'view']);

/**
 * Where each table and view of a text of DDL is created, by its name in lower case, once with its schema and once without. A name that
 * is created twice has its first place.
 */
export function creationOrder(text: string, options: LexOptions = {}): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const tokens = wordsOf(text, options);
  for (let token = tokens.next(); !token.done; token = tokens.next()) {
    const { word, at, quoted } = token.value;
    if (quoted || (word !== 'create' && word !== 'rename')) continue;
    const parts = word === 'create' ? createdName(tokens) : renamedTo(tokens);
    for (const name of [parts.join('.'), parts.slice(-2).join('.'), parts.at(-1) ?? '']) if (name !== '' && !places.has(name)) places.set(name, at);
  }
  return places;
}

interface TokenWord {
  word: string;
  at: number;
  quoted: boolean;
}

function* wordsOf(text: string, options: LexOptions): Generator<TokenWord, undefined> {
  const scanner = new Scanner(text, options);
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const raw = text.slice(scanner.start, Math.min(scanner.end, scanner.start + 300));
    const quoted = kind === Token.Identifier || kind === Token.Backtick;
    yield { word: (quoted ? raw.slice(1, -1) : raw).toLowerCase(), at: scanner.start, quoted };
  }
}

function createdName(tokens: Generator<TokenWord, undefined>): string[] {
  let next = tokens.next();
  while (!next.done && !next.value.quoted && BETWEEN.has(next.value.word)) next = tokens.next();
  if (next.done || next.value.quoted || !CREATED.has(next.value.word)) return [];
  next = tokens.next();
  // CREATE TABLE IF NOT EXISTS
  while (!next.done && !next.value.quoted && ['if', 'not', 'exists'].includes(next.value.word)) next = tokens.next();
  return next.done ? [] : dotted(next.value.word, tokens);
}

function renamedTo(tokens: Generator<TokenWord, undefined>): string[] {
  const to = tokens.next();
  if (to.done || to.value.word !== 'to') return [];
  const name = tokens.next();
  return name.done ? [] : [name.value.word];
}

function dotted(first: string, tokens: Generator<TokenWord, undefined>): string[] {
  const parts = [first];
  for (let dot = tokens.next(); !dot.done && dot.value.word === '.' && !dot.value.quoted; dot = tokens.next()) {
    const part = tokens.next();
    if (part.done) break;
    parts.push(part.value.word);
  }
  return parts;
}
