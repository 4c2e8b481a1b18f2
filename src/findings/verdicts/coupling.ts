import type { Subject } from '../../facts/subjects.js';
import type { Finding } from '../../model/finding.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, holdsInternals, list, ofKind, storeNames, subjectsOf, text, unknownFacts } from './support.js';

/** How many dashboard queries hang on internal relations, and what would free them. */
export function coupling(findings: readonly Finding[], context: VerdictContext): AreaVerdict {
  const readings = ofKind(context.subjects, 'reading');
  const cards = cardsOf(ofKind(context.subjects, 'access'));
  const internal = subjectsOf(findings, readings).filter(
    (reading) => text(reading, 'relation', 'zone') === 'internal' && holdsInternals(reading),
  );
  const promised = subjectsOf(findings, ofKind(context.subjects, 'contract'));
  return {
    violated: [violated(internal, cards.length), disorder(promised)].filter((part) => part !== '').join('; '),
    holds: cards.length === 0 ? '' : `no internal table was found among what ${count(cards.length, 'dashboard query reads', 'dashboard queries read')}`,
    missing: missing(cards.length, readings, context),
  };
}

function violated(internal: readonly Subject[], cards: number): string {
  const coupled = internal.filter(isCard);
  const readers = cardsOf(coupled);
  if (readers.length > 0) {
    const tables = distinct(coupled.map((reading) => text(reading, 'relation', 'name')));
    const of = `${formatQuantity(readers.length, 'count')} of ${count(cards, 'dashboard query', 'dashboard queries')}`;
    return `${of} ${readers.length === 1 ? 'reads' : 'read'} ${count(tables.length, 'internal table')}; ${offered(coupled, readers)}`;
  }
  const roles = distinct(internal.map(({ consumer }) => consumer));
  const tables = distinct(internal.map((reading) => text(reading, 'relation', 'name')));
  if (roles.length === 0) return '';
  const read = `${roles.length === 1 ? 'reads' : 'read'} ${count(tables.length, 'internal table')}`;
  return `${count(roles.length, 'role')} ${read}, and no dashboard explains it`;
}

/** Contracts that differ from what was promised, or that nobody looks after. */
function disorder(contracts: readonly Subject[]): string {
  const names = distinct(contracts.map(({ store, relation }) => `${store} ${relation}`));
  return names.length === 0 ? '' : `${count(names.length, 'contract')} ${names.length === 1 ? 'is' : 'are'} not in order`;
}

/** Which of the readers could move to contract views today: those whose every internal relation has one. */
function offered(coupled: readonly Subject[], readers: readonly string[]): string {
  const bound = new Set(coupled.filter((reading) => contractsOf(reading).length === 0).map(({ consumer }) => consumer));
  const free = readers.filter((reader) => !bound.has(reader));
  if (free.length === 0) return `no contract view offers what ${readers.length === 1 ? 'it uses' : 'they use'}`;
  const contracts = distinct(coupled.filter(({ consumer }) => free.includes(consumer)).flatMap(contractsOf));
  const whom = free.length === readers.length ? (free.length === 1 ? 'it' : 'them') : `${formatQuantity(free.length, 'count')} of them`;
  return `${count(contracts.length, 'contract view')} would serve ${whom}`;
}

function contractsOf(reading: Subject): string[] {
  return list(reading, 'relation', 'contracts');
}

function isCard(subject: Subject): boolean {
  return text(subject, 'consumer', 'kind') === 'card';
}

function cardsOf(subjects: readonly Subject[]): string[] {
  return distinct(subjects.filter(isCard).map(({ consumer }) => consumer));
}

function missing(cards: number, readings: readonly Subject[], context: VerdictContext): string[] {
  const { coverage } = context;
  const unread = coverage.queries.unparsed;
  const unzoned = readings.filter((reading) => text(reading, 'relation', 'zone') === 'unknown' && holdsInternals(reading));
  const tables = distinct(unzoned.map((reading) => text(reading, 'relation', 'name')));
  return [
    ...(cards === 0 ? [coverage.queries.total === 0 ? 'no dashboard query was given' : 'no dashboard query runs on a store that was looked at'] : []),
    ...(coverage.relations === 0 ? ['no catalogue was read'] : []),
    ...(unread > 0 ? [`${count(unread, 'dashboard query', 'dashboard queries')} could not be read`] : []),
    ...(tables.length > 0
      ? [`the zone of ${count(tables.length, 'relation')} on ${storeNames(unzoned.map(({ store }) => store))} is unknown`]
      : []),
    ...unknownFacts('coupling', 'reading', context),
  ];
}
