import type { Catalog } from '../../model/catalog.js';
import { splitStatements } from '../../sql/lexer.js';

/** Shorter DDL is run as it is. */
const STATEMENTS_MAX = 60;

const HEAD_LENGTH_MAX = 2_000;

/** `CREATE TABLE x`, `CREATE UNIQUE INDEX ON x`, `ALTER TABLE ONLY x`: what a statement makes, or what it belongs to. */
const MAKES = /^(?:create|alter|comment\s+on|insert\s+into|copy|truncate|grant|revoke|drop)\b/i;
const CREATES = /^create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unlogged|materialized|recursive|foreign)\s+)*(table|view|function|procedure|aggregate)\s+(?:if\s+not\s+exists\s+)?/i;
const BELONGS = /^(?:alter\s+(?:foreign\s+)?(?:table|view|materialized\s+view|index)\s+(?:if\s+exists\s+)?(?:only\s+)?|create\s+(?:unique\s+)?index\b.*?\bon\s+(?:only\s+)?|create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b.*?\bon\s+|create\s+(?:policy|rule)\b.*?\bon\s+|comment\s+on\s+(?:table|column|view)\s+|insert\s+into\s+|copy\s+|grant\b.*?\bon\s+(?:table\s+)?)/is;
const CHILD_OF = /\b(?:partition\s+of|inherits\s*\()\s*/gi;
const NAME = /^\s*((?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*)/u;
const WORD = /"((?:[^"]|"")*)"|[\p{L}_][\p{L}\p{N}_$]*/gu;

interface Piece {
  text: string;
  /** The last part of what it makes or belongs to; null for what is always kept: types, domains, schemas, settings. */
  name: string | null;
  /** Tables of which it is a part. */
  parents: string[];
}

/**
 * The statements of a large DDL that can matter to queries: those of the tables, views and functions that the queries name, of
 * what these name in turn, of their partitions and children, and everything that is no table. Names are compared without
 * schema and case, so that rather too much is kept.
 */
export function relevantDdl(ddl: string, queries: readonly string[]): string {
  const pieces = splitStatements(ddl).map(({ start, end }) => pieceOf(ddl.slice(start, end)));
  if (pieces.length <= STATEMENTS_MAX) return ddl;
  const byName = new Map<string, Piece[]>();
  const byParent = new Map<string, Piece[]>();
  for (const piece of pieces) {
    if (piece.name !== null) byName.set(piece.name, [...(byName.get(piece.name) ?? []), piece]);
    for (const parent of piece.parents) byParent.set(parent, [...(byParent.get(parent) ?? []), piece]);
  }
  const kept = new Set<Piece>(pieces.filter(({ name }) => name === null));
  const seen = new Set<string>();
  const open = queries.flatMap(wordsOf);
  for (let word = open.pop(); word !== undefined; word = open.pop()) {
    if (seen.has(word)) continue;
    seen.add(word);
    for (const piece of byName.get(word) ?? []) {
      if (kept.has(piece)) continue;
      kept.add(piece);
      open.push(...wordsOf(piece.text));
    }
    for (const { name } of byParent.get(word) ?? []) if (name !== null) open.push(name);
  }
  return pieces.flatMap((piece) => (kept.has(piece) ? [piece.text] : [])).join(';\n');
}

/** Relations of a catalogue whose names stand in queries, as `schema.name`; rather too many than too few. */
export function mentionedRelations({ relations }: Catalog, queries: readonly string[]): string[] {
  const words = new Set(queries.flatMap(wordsOf));
  return relations.filter(({ name }) => words.has(name.toLowerCase())).map(({ schema, name }) => `${schema}.${name}`);
}

function pieceOf(text: string): Piece {
  const code = text.replace(/^(?:\s|--[^\n]*\n|\/\*.*?\*\/)+/s, '');
  const head = code.slice(0, HEAD_LENGTH_MAX);
  if (!MAKES.test(head)) return { text, name: null, parents: [] };
  const [before] = CREATES.exec(head) ?? BELONGS.exec(head) ?? [];
  if (before === undefined) return { text, name: null, parents: [] };
  const parents = [...code.matchAll(CHILD_OF)].flatMap((match) => lastName(code.slice(match.index + match[0].length, match.index + match[0].length + 300)) ?? []);
  return { text, name: lastName(head.slice(before.length)), parents };
}

function lastName(text: string): string | null {
  const [, name] = NAME.exec(text) ?? [];
  return name === undefined ? null : (wordsOf(name).at(-1) ?? null);
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word, quoted]) => (quoted?.replaceAll('""', '"') ?? word).toLowerCase());
}
