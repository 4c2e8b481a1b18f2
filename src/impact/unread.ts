import type { Access } from '../graph/boundary.js';
import { consumerName } from '../graph/consumer-name.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import type { PlacedChange, Situation } from './situation.js';

/** Who may read what is changed, and could not be followed. */
export interface UnreadReader {
  /** With its reason, in words. */
  name: string;
  /** `names-it`: its text speaks of what is changed; the others are unseen before every migration alike. `engine`: planning was given up. */
  why: 'names-it' | 'nothing-known' | 'nobody-known' | 'engine';
}

/** Consumers that may read what is changed, and could not be followed: each with its reason, sorted. */
export interface Unread {
  names: string[];
  /** The same with what kind of reason it is. */
  readers: UnreadReader[];
  /** By the place of a change: how many of them may be hit by it. */
  byChange: ReadonlyMap<number, number>;
}

/** Changes that take something away, so that who is unseen matters. */
export function takesAway({ change }: PlacedChange): boolean {
  return TAKING.has(change.kind);
}

const TAKING = new Set<PlacedChange['change']['kind']>([
  'relation-dropped', 'relation-renamed', 'view-replaced', 'column-dropped', 'column-renamed', 'column-type', 'values-changed', 'column-generated', 'privilege-revoked', 'publication-changed',
  'column-nullable', 'constraint-dropped', 'rows-changed', 'row-security-changed', 'policy-added', 'policy-changed', 'policy-dropped', 'function-dropped', 'function-replaced', 'trigger-dropped',
]);

/** Texts that no parser understood and that speak of what is changed, those of which nothing is known, and routines without a body. */
export function unreadOf(situation: Situation): Unread {
  const { changes, input: { boundary, read = [] } } = situation;
  const taking = changes.filter(takesAway);
  const names = new Map<string, UnreadReader['why']>();
  const byChange = new Map<number, number>();
  const note = (name: string, hit: readonly PlacedChange[], why: UnreadReader['why'] = 'nothing-known'): void => {
    if (names.has(name)) return;
    names.set(name, why);
    for (const { place } of hit) byChange.set(place, (byChange.get(place) ?? 0) + 1);
  };
  if (taking.length === 0) return { names: [], readers: [], byChange };
  if (isNobodyKnown(situation)) note(`who reads ${plainText(situation.store)}: there are no dashboards, no code and no statistics of it`, [], 'nobody-known');
  for (const access of boundary.accesses) {
    if (!isUnread(access)) continue;
    const hit = mentionedIn(access.text, taking);
    if (hit.length > 0) note(`${plainText(access.consumer.name)}: its text could not be read, and it names ${wordOf(hit)}`, hit, 'names-it');
  }
  const placed = new Set(boundary.accesses.flatMap(({ query }) => (query === null ? [] : [query.id])));
  for (const { query } of read) {
    if (placed.has(query.id)) continue;
    const texts = [query.raw, ...query.variants.map(({ sql }) => sql)];
    const hit = texts.flatMap((text) => mentionedIn(text, taking));
    if (query.variants.length === 0 && query.raw === '') note(`${plainText(consumerName(query))}: nothing of its query is known`, taking);
    else if (query.connection === null && hit.length > 0) note(`${plainText(consumerName(query))}: its database is not known, and it names ${wordOf(hit)}`, hit, 'names-it');
  }
  for (const { name, amount } of hiddenStatements(boundary.accesses)) note(`role ${name}: ${count(amount, 'statement')} of which the server keeps the text hidden`, taking);
  for (const routine of routines(situation, taking)) note(routine.name, routine.hit);
  const sorted = [...names.keys()].sort();
  return { names: sorted, readers: sorted.map((name) => ({ name, why: names.get(name) ?? 'nothing-known' })), byChange };
}

/** Nothing was there that reads the store: that nobody is hit says nothing then. */
export function isNobodyKnown({ input: { boundary } }: Situation): boolean {
  return boundary.accesses.length === 0;
}

function isUnread({ part, statement, text }: Access): boolean {
  return text !== '' && (part === null || statement.status === 'unparsed');
}

/** Changes whose relation, or column, a text speaks of as a word. */
function mentionedIn(text: string, changes: readonly PlacedChange[]): PlacedChange[] {
  const words = new Set(Array.from(text.slice(0, TEXT_LENGTH_MAX).matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu), ([word]) => word.toLowerCase()));
  return changes.filter(({ original }) => original.relation !== null && words.has(bare(original.relation)));
}

const TEXT_LENGTH_MAX = 1_000_000;

function bare(relation: string): string {
  return relation.slice(relation.indexOf('.') + 1).toLowerCase();
}

function wordOf(hit: readonly PlacedChange[]): string {
  return [...new Set(hit.flatMap(({ original }) => original.relation ?? []))].slice(0, 3).join(', ');
}

function hiddenStatements(accesses: readonly Access[]): { name: string; amount: number }[] {
  const found = new Map<string, number>();
  for (const { query, rows } of accesses) {
    if (query !== null) continue;
    for (const { role, textState } of rows) if (textState === 'hidden' || textState === 'lost') found.set(role, (found.get(role) ?? 0) + 1);
  }
  return [...found].map(([name, amount]) => ({ name, amount })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Routines in other languages: their bodies are not collected, so that nobody knows what they read. */
function routines({ input: { boundary } }: Situation, taking: readonly PlacedChange[]): { name: string; hit: readonly PlacedChange[] }[] {
  const schemas = new Set(taking.flatMap(({ original }) => original.relation?.split('.')[0] ?? []));
  const own = boundary.store.catalog.functions.filter(({ body, language, schema }) => body === null && language !== 'c' && language !== 'internal' && schemas.has(schema));
  if (own.length === 0) return [];
  const shown = own.slice(0, 4).map(({ schema, name }) => `${schema}.${name}`);
  return [{ name: `${count(own.length, 'routine')} whose body is not known: ${shown.join(', ')}${own.length > shown.length ? ' …' : ''}`, hit: [] }];
}
