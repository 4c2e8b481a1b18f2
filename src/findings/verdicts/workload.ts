import type { Subject } from '../../facts/subjects.js';
import type { Finding } from '../../model/finding.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, list, name, number, ofKind, storeNames, subjectsOf, text } from './support.js';

/** How much of the operational store goes to analytical work, by how many statements and whose. */
export function workload(findings: readonly Finding[], context: VerdictContext): AreaVerdict {
  const operational = ofKind(context.subjects, 'store').filter((store) => text(store, 'store', 'role') === 'operational');
  const accesses = ofKind(context.subjects, 'access').filter((access) => text(access, 'store', 'role') === 'operational');
  const stores = [...operational, ...accesses].map((subject) => subject.store);
  return {
    violated: violated(findings, context),
    holds: accesses.length === 0 ? '' : `no analytical work was found on ${storeNames(stores)} among ${count(accesses.length, 'statement')}`,
    missing: missing(stores, accesses, operational, context),
  };
}

function violated(findings: readonly Finding[], context: VerdictContext): string {
  const store = worstStore(findings, context);
  const onStore = findings.filter((finding) => finding.store === store?.store);
  const statements = subjectsOf(onStore, ofKind(context.subjects, 'access')).filter(
    (access) => text(access, 'statement', 'class') === 'analytical',
  );
  if (store === undefined) return '';
  const share = shareWords(store);
  if (text(store, 'store', 'role') === 'replica') {
    const known = number(store, 'store', 'analytical_statements');
    // Findings of sessions and conflicts say more of a replica without reports.
    if (share === null && !(known > 0) && statements.length === 0) return '';
    return `reporting is ${share ?? 'an unknown part of block reads'} on the replica ${name(store.store)}: ${count(known || statements.length, 'statement')}${doubtWords(store)}`;
  }
  if (statements.length === 0) return '';
  const whose = `${count(statements.length, 'statement')} of ${owners(statements)}`;
  if (share === null) return `reporting runs on ${name(store.store)}: ${whose}; its share of block reads is unknown`;
  return `reporting is ${share} on ${name(store.store)}${timeWords(store)}: ${whose}${doubtWords(store)}`;
}

/** `38 % of block reads`; `at least 12 % of block reads` where much could not be classified. Null where nothing was measured. */
function shareWords(store: Subject): string | null {
  const share = formatQuantity(number(store, 'store', 'analytical_block_share'), 'share');
  if (share !== null) return `${share} of block reads`;
  const least = number(store, 'store', 'analytical_block_share_min');
  return least > 0 ? `at least ${formatQuantity(least, 'share') ?? ''} of block reads` : null;
}

function timeWords(store: Subject): string {
  const share = formatQuantity(number(store, 'store', 'analytical_time_share'), 'share');
  return share === null ? '' : ` (${share} of time)`;
}

/** The weightiest reason why the numbers may be wrong. */
function doubtWords(store: Subject): string {
  const [doubt] = list(store, 'store', 'statistics_doubts');
  return doubt === undefined || !(number(store, 'store', 'statistics_trust') < 1) ? '' : `; with care, as ${plainText(doubt)}`;
}

/** Of the stores with findings the one that gives most of its reads to analytical work. */
function worstStore(findings: readonly Finding[], context: VerdictContext): Subject | undefined {
  const concerned = new Set(findings.map((finding) => finding.store));
  const share = (store: Subject) => number(store, 'store', 'analytical_block_share') || number(store, 'store', 'analytical_block_share_min') || 0;
  return ofKind(context.subjects, 'store')
    .filter((store) => concerned.has(store.store))
    .sort((a, b) => share(b) - share(a) || (a.store < b.store ? -1 : 1))[0];
}

function owners(statements: readonly Subject[]): string {
  const known = distinct(statements.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  const unowned = statements.filter(({ owner }) => owner === null).length;
  if (known.length === 0) return 'no known owner';
  return unowned === 0 ? count(known.length, 'owner') : `${count(known.length, 'owner')}, ${formatQuantity(unowned, 'count')} without an owner`;
}

function missing(
  stores: readonly string[],
  accesses: readonly Subject[],
  operational: readonly Subject[],
  context: VerdictContext,
): string[] {
  const unread = accesses.filter((access) => text(access, 'statement', 'class') === 'unknown').length;
  const unmeasured = operational.filter((store) => Number.isNaN(number(store, 'store', 'analytical_block_share')) && Number.isNaN(number(store, 'store', 'analytical_block_share_min')));
  return [
    ...(stores.length === 0 ? ['no operational store was looked at'] : []),
    ...(stores.length > 0 && accesses.length === 0 ? [`no statement of ${storeNames(stores)} was seen`] : []),
    ...(unmeasured.length > 0 ? [`${storeNames(unmeasured.map(({ store }) => store))} gave no statistics of statements`] : []),
    ...(unread > 0 ? [`${count(unread, 'statement')} could not be classified`] : []),
    ...undecidedWords(context, unmeasured.length > 0),
  ];
}

/** By the fact that a rule lacked: what that leaves open, and of how many. */
const OPEN: readonly (readonly [fact: RegExp, words: (number: number, store: string) => string])[] = [
  [/^cost\./, (number) => `the cost of ${count(number, 'statement')} is unknown`],
  [/^index_use\./, (number) => `whether ${count(number, 'index', 'indexes')} ${number === 1 ? 'serves' : 'serve'} reports alone is not known`],
  [/^growth\./, (number) => `how fast the data of ${count(number, 'statement')} grows is not known`],
  [/^session\./, (number) => `how long ${count(number, 'session')} kept a transaction open is not known`],
  [/^store\.conflicts/, (_, store) => `how often ${store} cancels queries is not known`],
  [/^/, (number) => `${count(number, 'case')} could not be decided`],
];

function undecidedWords(context: VerdictContext, isUnmeasured: boolean): string[] {
  const own = context.undecided.filter(({ area }) => area === 'workload');
  const left = new Set(own);
  return OPEN.flatMap(([fact, words]) => {
    const lacking = [...left].filter((entry) => fact.test(entry.fact));
    for (const entry of lacking) left.delete(entry);
    // Without statistics of statements that is said already, once for all of them.
    if (lacking.length === 0 || (isUnmeasured && lacking.every((entry) => /^(?:cost|store\.analytical)/.test(entry.fact)))) return [];
    const cases = new Set(lacking.map(({ consumer, store, relation }) => JSON.stringify([consumer, store, relation])));
    return [words(cases.size, storeNames(lacking.map(({ store }) => store)))];
  });
}
