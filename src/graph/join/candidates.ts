import { type Distinctness, distinctnessOf } from './distinctness.js';
import type { TextMatch } from './evidence.js';
import type { JoinCard, JoinRow, Sender } from './join.js';
import { familyOf, isClient, isDriver, namesItself, toolOfApplication } from './tools.js';

/** The card, or several that nothing tells apart, and how it is known. */
export interface Match {
  cards: readonly JoinCard[];
  match: TextMatch | null;
  distinctness: Distinctness;
  fingerprint: string;
}

/** Seen less often than that, somebody may have tried the statement once. */
const SAMPLES_MIN = 3;

/** The texts by which an entry may be known, its own first. What a function runs is the work of who calls the function. */
export function textsOf({ row, read }: JoinRow, isKnownFunction: (name: readonly string[]) => boolean): Omit<Match, 'cards'>[] {
  const part = read?.parts[0];
  if (!part) return [];
  const isCursor = part.statement.type === 'query_statement' && part.statement.form === 'cursor';
  if (!row.toplevel && !isCursor) return [];
  return [
    { fingerprint: part.fingerprint, match: isCursor ? 'portions' : 'same', distinctness: distinctnessOf(part.statement, isKnownFunction) },
    ...part.cores().map(({ fingerprint, use, statement }) => ({ fingerprint, match: use, distinctness: distinctnessOf(statement, isKnownFunction) })),
  ];
}

/** Queries of one card are one; two cards of one name on two instances are not. */
export function identityOf({ name, query: { id, kind } }: JoinCard): string {
  const parts = id.split(':');
  const at = parts.findIndex((part) => part === 'card' || part === 'query');
  return `${name}\n${kind}\n${at > 0 ? parts.slice(0, at + 2).join(':') : ''}`;
}

/** Those whose tool was seen running it. Where others were, and often, it is theirs. */
export function bySamples(cards: readonly JoinCard[], { applications }: Sender, roleTool: string | null): JoinCard[] {
  const named = applications.filter(({ name }) => !isDriver(name));
  const seen = new Set(named.flatMap(({ name }) => toolOfApplication(name) ?? []));
  const fitting = cards.filter(({ query }) => seen.has(familyOf(query.kind)));
  if (fitting.length > 0 || named.length === 0) return fitting.length > 0 ? fitting : [...cards];
  if (named.reduce((sum, entry) => sum + entry.seen, 0) < SAMPLES_MIN) return [...cards];
  const isPerson = named.some(({ name }) => isClient(name));
  return cards.filter(({ query }) => {
    const tool = familyOf(query.kind);
    return tool === roleTool || (seen.size === 0 && !isPerson && !namesItself(tool));
  });
}
