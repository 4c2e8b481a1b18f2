import type { StatementStatistics } from '../../model/statement.js';
import { Scanner, Token } from '../../sql/lexer.js';
import { blocksOf } from '../../facts/cost.js';

/** Statements that PostgreSQL runs as a utility and, with `track = all`, enters once more for the query that they carry. */
const CARRIES = /^(?:declare|copy|create|explain|refresh)\b/i;
const DECLARES = /^declare\s+("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)/iu;
const HANDS_OUT = /^(?:fetch|move|close)\b/i;
const LAST_NAME = /("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)\s*;?\s*$/u;

/** An entry, or several that are one piece of work. */
export interface Piece {
  row: StatementStatistics;
  /** Under which it was entered. */
  queryIds: string[];
}

/**
 * The entries of the statistics as pieces of work: each stands once. What is fetched from a cursor belongs to the statement
 * that declared it, where its role declares one cursor of that name: PostgreSQL enters the work under FETCH, which names no
 * relation. The second entry that `pg_stat_statements.track = all` makes of the query within a utility statement is the same
 * work once more.
 */
export function piecesOfWork(entries: readonly StatementStatistics[]): Piece[] {
  const heads = new Map(entries.map((entry) => [entry, entry.text === null ? '' : withoutComments(entry.text)]));
  const { openings, fetched } = cursors(entries, heads);
  const twins = twinsOf(entries, heads);
  const pieces: Piece[] = [];
  const done = new Set<StatementStatistics>();
  for (const entry of entries) {
    if (done.has(entry) || fetched.has(entry)) continue;
    const own = twins.get(entry) ?? [entry];
    for (const twin of own) done.add(twin);
    const rows = own.flatMap((twin) => openings.get(twin) ?? []);
    // Where the work is known from FETCH, the entry that holds it once more is the larger one.
    const largest = own.toSorted((a, b) => blocksOf(b) - blocksOf(a) || Number(b.toplevel) - Number(a.toplevel));
    const kept = (rows.length > 0 ? largest.at(-1) : largest[0]) ?? entry;
    // A comment before the statement may stand in one of the two texts only.
    const text = own.reduce((longest, { text: other }) => ((other?.length ?? 0) > (longest?.length ?? 0) ? other : longest), kept.text);
    const row = own.length === 1 && rows.length === 0 ? entry : summed({ ...kept, text, toplevel: kept.toplevel || rows.length > 0 }, rows);
    pieces.push({ row, queryIds: [...own, ...rows].flatMap(({ queryId }) => queryId ?? []) });
  }
  return pieces;
}

interface Cursors {
  /** By the entry that declares: what is fetched from it. */
  openings: Map<StatementStatistics, StatementStatistics[]>;
  fetched: Set<StatementStatistics>;
}

function cursors(entries: readonly StatementStatistics[], heads: ReadonlyMap<StatementStatistics, string>): Cursors {
  const declared = new Map<string, StatementStatistics[]>();
  for (const entry of entries) {
    const name = DECLARES.exec(heads.get(entry) ?? '')?.[1];
    if (name !== undefined) append(declared, keyOf(entry, folded(name)), entry);
  }
  const found: Cursors = { openings: new Map(), fetched: new Set() };
  if (declared.size === 0) return found;
  for (const entry of entries) {
    const head = heads.get(entry) ?? '';
    const name = HANDS_OUT.test(head) ? LAST_NAME.exec(head)?.[1] : undefined;
    const openings = name === undefined ? [] : (declared.get(keyOf(entry, folded(name))) ?? []);
    const [first] = openings;
    // Two cursors of one name: whose rows these are, nothing tells.
    if (!first || new Set(openings.map((opening) => heads.get(opening))).size > 1) continue;
    append(found.openings, first, entry);
    found.fetched.add(entry);
  }
  return found;
}

/** Entries of one utility statement, by each of them. */
function twinsOf(entries: readonly StatementStatistics[], heads: ReadonlyMap<StatementStatistics, string>): Map<StatementStatistics, StatementStatistics[]> {
  const same = new Map<string, StatementStatistics[]>();
  for (const entry of entries) {
    const head = heads.get(entry) ?? '';
    if (CARRIES.test(head)) append(same, keyOf(entry, withoutValues(head)), entry);
  }
  return new Map([...same.values()].filter((group) => group.some(({ toplevel }) => toplevel)).flatMap((group) => group.map((entry) => [entry, group] as const)));
}

function summed(entry: StatementStatistics, others: readonly StatementStatistics[]): StatementStatistics {
  const sum = (value: (statistics: StatementStatistics) => number): number => others.reduce((total, other) => total + value(other), value(entry));
  return {
    ...entry,
    execution_ms: sum(({ execution_ms }) => execution_ms),
    rows: sum(({ rows }) => rows),
    sharedBlocksHit: sum(({ sharedBlocksHit }) => sharedBlocksHit),
    sharedBlocksRead: sum(({ sharedBlocksRead }) => sharedBlocksRead),
    tempBlocksRead: sum(({ tempBlocksRead }) => tempBlocksRead),
    tempBlocksWritten: sum(({ tempBlocksWritten }) => tempBlocksWritten),
  };
}

function keyOf({ role, database }: StatementStatistics, name: string): string {
  return `${role}\n${database}\n${name}`;
}

function folded(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

/** The server puts parameters for the values of the query, and leaves those of the statement around it as they stand. */
function withoutValues(text: string): string {
  const scanner = new Scanner(text, { backticks: false });
  const words: string[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const word = text.slice(scanner.start, scanner.end);
    words.push(kind === Token.String || kind === Token.Number || kind === Token.Dollar || /^\$\d+$/.test(word) ? '?' : word);
  }
  return words.join(' ');
}

/** From its first word on. */
function withoutComments(text: string): string {
  const scanner = new Scanner(text, { backticks: false });
  let kind = scanner.next();
  while (kind === Token.LineComment || kind === Token.BlockComment) kind = scanner.next();
  return kind === Token.End ? '' : text.slice(scanner.start).trim();
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
