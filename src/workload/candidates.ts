import type { Access } from '../graph/boundary.js';
import { plainText } from '../text/plain-text.js';
import { count, formatQuantity } from '../text/quantity.js';
import { sqlIdentifier } from '../text/sql-name.js';
import type { Candidate, ChangesInput } from './changes.js';
import { indexCandidates } from './index-candidates.js';
import { periodOf } from './period.js';
import { relationsOf } from './relations.js';
import type { StatementWork } from './statements.js';

/** A statement that was joined to who sends it, and seen running. */
type Sent = StatementWork & { access: Access };

/** How sure each change is to free what its statements take, by how much of it depends on people and on guesses. */
const CONFIDENCE = { retire: 0.95, move: 0.9, mart: 0.85, slowByStarts: 0.85, slowBySchedule: 0.7, bound: 0.7, load: 0.7, summary: 0.6 };
/** What a screen that people watch needs no oftener. */
const REFRESH_SECONDS = 900;
/** Where a slower refresh alone frees so much, nobody need move anything. */
const SLOWING_ENOUGH = 0.9;
/** As other texts of ours propose it. */
const TIMEOUT = '30s';
const TEXT_LENGTH_MAX = 4000;

/** Everything that could be done about the work of a store. The same statement may stand in several. */
export function candidatesOf(input: ChangesInput): Candidate[] {
  const sent = input.works.filter((one): one is Sent => one.access !== null && one.work !== null && one.portions.length > 0);
  const unused = sent.filter(({ access: { consumer } }) => input.unused_days !== null && consumer.kind === 'card' && consumer.usage_known && consumer.last_used_days > input.unused_days);
  const exports = sent.filter(({ access }) => access.statement.exports && access.statement.class === 'analytical' && !unused.some((one) => one.access === access));
  const indexes = indexCandidates(sent.filter((one) => !unused.includes(one)), input.boundary);
  const indexed = new Set(indexes.flatMap(({ takes }) => takes.map(({ statement }) => statement)));
  // What an index makes small needs no other place.
  const analytical = sent.filter((one) => one.access.statement.class === 'analytical' && !unused.includes(one) && !exports.includes(one) && !indexed.has(one));
  const cards = analytical.filter(({ access }) => access.consumer.kind === 'card');
  const slowing = cards.flatMap((one) => slowed(one, input.window_seconds) ?? []);
  const settled = new Set(slowing.filter(({ part }) => part >= SLOWING_ENOUGH).map(({ one }) => one));
  const movable = cards.filter((one) => !settled.has(one));
  return [
    ...retirements(unused),
    ...slowerRefreshes(slowing),
    ...marts(cards, input),
    ...dashboards(movable, input),
    ...byName(movable).map(([name, own]) => ({ ...aboutOne(own), change: `Move ${words(name)} to the warehouse`, sql: null, takes: all(own), confidence: CONFIDENCE.move, whole: false })),
    ...ofRoles(analytical.filter(({ access }) => access.consumer.kind !== 'card')),
    ...byName(exports).map(([name, own]) => ({ ...aboutOne(own), change: `Take the ${own.length === 1 ? 'export' : 'exports'} of ${words(name)} from a replica, or only what changed since the last one`, sql: null, takes: all(own), confidence: CONFIDENCE.load, whole: false })),
    ...indexes,
  ];
}

function retirements(unused: readonly Sent[]): Candidate[] {
  return byName(unused).map(([name, own]) => {
    const days = Math.min(...own.map(({ access }) => access.consumer.last_used_days));
    return { ...aboutOne(own), change: `Retire ${words(name)}: it still runs, and nobody has opened it for ${formatQuantity(days, 'days') ?? ''}`, sql: null, takes: all(own), confidence: CONFIDENCE.retire, whole: false };
  });
}

interface Slowed {
  one: Sent;
  part: number;
  period_seconds: number;
  confidence: number;
}

/**
 * What a slower refresh frees: calls become fewer by as much, however many people look. But no more than what ran oftener than the
 * slower refresh would have, all the time: a dashboard that is opened now and then is run by those who open it, whatever its
 * refresh. Null where nothing tells the present one.
 */
function slowed(one: Sent, window_seconds: number | null): Slowed | null {
  const period = periodOf(one.access);
  if (period === null || period.seconds >= REFRESH_SECONDS) return null;
  const calls = one.work?.calls ?? 0;
  const left = window_seconds === null || calls === 0 ? 0 : window_seconds / REFRESH_SECONDS / calls;
  const part = 1 - Math.max(period.seconds / REFRESH_SECONDS, left);
  if (part <= 0) return null;
  return { one, part, period_seconds: period.seconds, confidence: period.from === 'starts' ? CONFIDENCE.slowByStarts : CONFIDENCE.slowBySchedule };
}

/** A dashboard is refreshed as one. */
function slowerRefreshes(slowing: readonly Slowed[]): Candidate[] {
  const groups = groupedBy(slowing, ({ one, period_seconds }) => JSON.stringify([dashboardOf(one) ?? one.access.consumer.name, period_seconds]));
  return groups.flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const statements = own.map(({ one }) => one);
    const names = new Set(statements.map(({ access }) => access.consumer.name));
    const dashboard = names.size > 1 ? dashboardOf(first.one) : null;
    const what = dashboard === null ? words(first.one.access.consumer.name) : `${words(dashboard)} (${count(names.size, 'card')})`;
    const now = formatQuantity(first.period_seconds, 'seconds') ?? '';
    return [{
      ...(dashboard === null ? aboutOne(statements) : { consumer: dashboard, owner: ownersOf(statements) }),
      change: `Refresh ${what} every ${formatQuantity(REFRESH_SECONDS, 'seconds') ?? ''} instead of every ${now}`, sql: null,
      takes: own.map(({ one, part }) => ({ statement: one, part })), confidence: Math.min(...own.map(({ confidence }) => confidence)), whole: false,
    }];
  });
}

/** One computation for what several cards ask in the same words. */
function marts(cards: readonly Sent[], { boundary }: ChangesInput): Candidate[] {
  const groups = groupedBy(cards.filter(({ access }) => access.part !== null), ({ access }) => access.part?.fingerprint ?? '');
  return groups.flatMap((own) => {
    const fingerprint = own[0]?.access.part?.fingerprint;
    const names = [...new Set(boundary.accesses.filter(({ part, consumer }) => part?.fingerprint === fingerprint && consumer.kind === 'card').map(({ consumer }) => consumer.name))].sort();
    const [first, second, ...more] = names;
    if (first === undefined || second === undefined) return [];
    const who = more.length === 0 ? `${words(first)} and ${words(second)}` : `${words(first)}, ${words(second)} and ${count(more.length, 'other')}`;
    return [{
      consumer: first, owner: ownersOf(own), change: `Build one table in the warehouse for ${count(names.length, 'card')} with the same definition: ${who}`,
      sql: martSql(own), takes: all(own), confidence: CONFIDENCE.mart, whole: true,
    }];
  });
}

/** The definition as a materialised view, where the text of a card is the whole of it and holds nothing that was put in for a template. */
function martSql(cards: readonly Sent[]): string | null {
  for (const { access: { query, text, part } } of cards) {
    const [variant, ...others] = query?.variants ?? [];
    if (!query || !variant || others.length > 0 || variant.assumptions.length > 0 || query.reconstructed || query.sqlKind !== 'statement' || part?.shape.kind !== 'select') continue;
    const statement = text.trim().replace(/;\s*$/, '');
    if (statement.length > TEXT_LENGTH_MAX || /;|\$\d|\{\{|\[\[/.test(statement)) continue;
    const lines = statement.split('\n').map((line) => plainText(line, TEXT_LENGTH_MAX));
    return `-- in the warehouse, over the loaded tables\nCREATE MATERIALIZED VIEW ${sqlIdentifier(nameFrom(query.title ?? ''))} AS\n${lines.join('\n')};`;
  }
  return null;
}

/** `Case volume by month` → `case_volume_by_month`; for a new object. */
function nameFrom(title: string): string {
  const parts = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return parts.join('_').slice(0, 60) || 'shared_report';
}

/** The cards of a dashboard that read one relation: once it is loaded, they move together. */
function dashboards(cards: readonly Sent[], { boundary }: ChangesInput): Candidate[] {
  return groupedBy(cards.filter((one) => dashboardOf(one) !== null), (one) => dashboardOf(one) ?? '').flatMap((own) => {
    const dashboard = own[0] ? (dashboardOf(own[0]) ?? '') : '';
    const readers = new Map<string, Sent[]>();
    for (const one of own) for (const relation of relationsOf(one.access, boundary)) readers.set(relation, [...(readers.get(relation) ?? []), one]);
    return [...readers].flatMap(([relation, reading]): Candidate[] => {
      const names = new Set(reading.map(({ access }) => access.consumer.name));
      if (names.size < 2) return [];
      const which = reading.length === own.length ? `analytical cards of ${words(dashboard)}` : `cards of ${words(dashboard)} that read ${words(relation)}`;
      return [{ consumer: dashboard, owner: ownersOf(reading), change: `Move the ${names.size} ${which} to the warehouse`, sql: null, takes: all(reading), confidence: CONFIDENCE.move, whole: true }];
    });
  });
}

/** Analytical work that no dashboard explains, by who runs it. */
function ofRoles(statements: readonly Sent[]): Candidate[] {
  return byName(statements).flatMap(([name, own]): Candidate[] => {
    const [first] = own;
    if (!first) return [];
    const { role, role_purpose: purpose, kind } = first.access.consumer;
    const what = count(own.length, 'analytical statement');
    const about = { ...aboutOne(own), takes: all(own), whole: false };
    if (kind === 'code' || purpose === 'application') {
      return [{ ...about, change: `Keep what ${words(name)} computes with ${what} in a summary table that its own writes maintain`, sql: null, confidence: CONFIDENCE.summary }];
    }
    if (purpose === 'loader') return [{ ...about, change: `Let ${words(name)} load only what changed since its last run: ${what}`, sql: null, confidence: CONFIDENCE.load }];
    return [{ ...about, change: `Move ${what} of ${words(name)} to the warehouse, and bound the role until then`, sql: `ALTER ROLE ${sqlIdentifier(role)} SET statement_timeout = '${TIMEOUT}';`, confidence: CONFIDENCE.bound }];
  });
}

/** `grafana dashboard Shop live`; null for a card that stands alone. */
function dashboardOf({ access: { consumer, query } }: Sent): string | null {
  const container = query?.container;
  return container?.kind === 'dashboard' && consumer.dashboard !== '' ? `${consumer.tool} dashboard ${consumer.dashboard}` : null;
}

function aboutOne(statements: readonly Sent[]): { consumer: string; owner: string | null } {
  return { consumer: statements[0]?.access.consumer.name ?? '', owner: ownersOf(statements) };
}

const OWNERS_MAX = 3;

/** Who must agree: every known owner, by name; null where none is known. */
function ownersOf(statements: readonly Sent[]): string | null {
  const known = [...new Set(statements.map(({ access }) => access.consumer.owner))].filter((owner) => owner !== '').sort();
  const shown = known.slice(0, OWNERS_MAX).join(', ');
  return known.length === 0 ? null : known.length > OWNERS_MAX ? `${shown} and ${count(known.length - OWNERS_MAX, 'other')}` : shown;
}

function all(statements: readonly Sent[]): Candidate['takes'] {
  return statements.map((statement) => ({ statement, part: 1 }));
}

function byName(statements: readonly Sent[]): [string, Sent[]][] {
  return groupedBy(statements, ({ access }) => access.consumer.name).map((own) => [own[0]?.access.consumer.name ?? '', own]);
}

function groupedBy<T>(list: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}

/** A name from outside within a sentence. */
function words(name: string): string {
  return plainText(name, 100);
}
