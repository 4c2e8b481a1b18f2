import type { Subject } from '../../facts/subjects.js';
import type { Finding } from '../../model/finding.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { AreaVerdict, VerdictContext } from '../verdict.js';
import { distinct, name, number, ofKind, storeNames, subjectsOf, text } from './support.js';

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
  const share = formatQuantity(number(store, 'store', 'analytical_block_share'), 'share');
  if (text(store, 'store', 'role') === 'replica') {
    const known = number(store, 'store', 'analytical_statements');
    const part = share ?? 'an unknown part';
    return `reporting is ${part} of block reads on the replica ${name(store.store)}: ${count(known || 0, 'statement')}`;
  }
  if (statements.length === 0) return '';
  const whose = `${count(statements.length, 'statement')} of ${owners(statements)}`;
  if (share === null) return `reporting runs on ${name(store.store)}: ${whose}; its share of block reads is unknown`;
  return `reporting is ${share} of block reads on ${name(store.store)}: ${whose}`;
}

/** Of the stores with findings the one that gives most of its reads to analytical work. */
function worstStore(findings: readonly Finding[], context: VerdictContext): Subject | undefined {
  const concerned = new Set(findings.map((finding) => finding.store));
  const share = (store: Subject) => number(store, 'store', 'analytical_block_share') || 0;
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
  const unmeasured = operational.filter((store) => Number.isNaN(number(store, 'store', 'analytical_block_share')));
  const undecided = context.undecided.filter(({ area }) => area === 'workload').length;
  return [
    ...(stores.length === 0 ? ['no operational store was looked at'] : []),
    ...(stores.length > 0 && accesses.length === 0 ? [`no statement of ${storeNames(stores)} was seen`] : []),
    ...(unmeasured.length > 0 ? [`${storeNames(unmeasured.map(({ store }) => store))} gave no statistics of statements`] : []),
    ...(unread > 0 ? [`${count(unread, 'statement')} could not be classified`] : []),
    ...(undecided > 0 && unmeasured.length === 0 ? [`the cost of ${count(undecided, 'statement')} is unknown`] : []),
  ];
}
