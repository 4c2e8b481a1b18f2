import type { Join, ParsedStatement, Span } from '../../model/syntax-tree.js';
import { type Dialect, foldName } from '../dialect.js';
import { lexingOf } from './lexing.js';
import { type LexedToken, tokensOf } from './tokens.js';

/** Where a text names the columns of USING, by their order there. No parser tells. */
export type UsingPlaces = ReadonlyMap<Join, readonly Span[]>;

const NONE: UsingPlaces = new Map();

/** One `USING (a, b)` of a text. */
interface Clause {
  names: string[];
  spans: Span[];
  taken: boolean;
}

/** Finds the clause of each join: the first with its names behind everything that it joins. */
export function usingPlaces(text: string, statements: readonly ParsedStatement[], dialect: Dialect): UsingPlaces {
  if (!/\busing\b/i.test(text)) return NONE;
  const clauses = clausesOf(tokensOf(text, lexingOf(dialect.id)), dialect);
  if (clauses.length === 0) return NONE;
  const places = new Map<Join, readonly Span[]>();
  for (const { join, end } of statements.flatMap(({ statement }) => joinsOf(statement))) {
    const clause = clauses.find(({ names, spans, taken }) => !taken && (spans[0]?.start ?? 0) >= end && names.length === join.using.length && names.every((name, index) => name === join.using[index]));
    if (!clause) continue;
    clause.taken = true;
    places.set(join, clause.spans);
  }
  return places;
}

function clausesOf(tokens: readonly LexedToken[], dialect: Dialect): Clause[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'word' || token.text !== 'using' || tokens[index + 1]?.text !== '(') return [];
    const clause: Clause = { names: [], spans: [], taken: false };
    for (let at = index + 2; ; at += 2) {
      const name = tokens[at];
      if (name?.kind !== 'word' && name?.kind !== 'quoted') return [];
      clause.names.push(foldName(name.kind === 'quoted' ? name.text : name.written, name.kind === 'quoted', dialect));
      clause.spans.push({ start: name.start, end: name.end });
      if (tokens[at + 1]?.text === ')') return [clause];
      if (tokens[at + 1]?.text !== ',') return [];
    }
  });
}

/** The joins of USING with the end of what they join, those within others first. Keeps its own stack, since trees may be deep. */
function joinsOf(root: object): { join: Join; end: number }[] {
  const joins: { join: Join; end: number }[] = [];
  const open: { node: object; children: object[]; end: number }[] = [entryOf(root)];
  for (let entry = open.at(-1); entry !== undefined; entry = open.at(-1)) {
    const child = entry.children.pop();
    if (child !== undefined) {
      open.push(entryOf(child));
      continue;
    }
    open.pop();
    const { node, end } = entry;
    if (isJoin(node)) joins.push({ join: node, end });
    const outer = open.at(-1);
    if (outer) outer.end = Math.max(outer.end, end);
  }
  return joins;
}

function entryOf(node: object): { node: object; children: object[]; end: number } {
  const children = Object.values(node).filter((value): value is object => typeof value === 'object' && value !== null);
  return { node, children: children.reverse(), end: 'end' in node && typeof node.end === 'number' ? node.end : 0 };
}

function isJoin(node: object): node is Join {
  return 'type' in node && node.type === 'join' && 'using' in node && Array.isArray(node.using) && node.using.length > 0;
}
