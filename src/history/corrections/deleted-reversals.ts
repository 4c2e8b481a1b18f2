import type { StoreBoundary } from '../../graph/boundary.js';
import type { Relation } from '../../model/catalog.js';
import { columnsIn, isDelete, type SentWrite } from './writes.js';
import type { Correction } from './index.js';

/** Rows of such tables are money or an obligation that has been: what ends one is a row more. */
const LEDGER = new Set('payment payments refund refunds ledger posting postings invoice invoices charge charges settlement settlements payout payouts disbursement disbursements receipt receipts deposit deposits withdrawal withdrawals transfer transfers transaction transactions booking bookings journal'.split(' '));
/** What stands beside them and is no fact: not yet one, a part of one, or what is only passed on. */
const BESIDE = new Set('draft drafts tmp temp temporary staging stage cache attempt attempts intent intents method methods token tokens session sessions queue outbox inbox config setting settings schedule schedules type types template templates line lines item items detail details preview pending cart basket import imports error errors test lock locks'.split(' '));
const AMOUNT = /(?:^|_)(?:amount|total|gross|net|debit|credit|value|price|minor|cents)(?:_|$)/i;
const NUMBER = /^(?:numeric|decimal|money|integer|int\d?|bigint|double|real|float)/i;
const MOMENT = /^(?:date|timestamp)/i;
/** A condition on one of these says that the row was none yet, or is past its time. */
const NOT_YET_OR_PAST = /status|state|draft|test|temp|expire|archiv|purge|delete|date|time|_at$|_on$|(?:^|_)(?:is|age|year|month|day)(?:_|$)/i;

/** Facts of money that are deleted one by one: the reversal leaves no row (Part 066 §16: reversal fact, not silent delete). */
export function deletedReversals({ store }: StoreBoundary, writes: readonly SentWrite[]): Correction[] {
  const names = new Set(store.catalog.relations.map(({ schema, name }) => `${schema}.${name}`));
  return store.catalog.relations.flatMap((relation): Correction[] => {
    const key = `${relation.schema}.${relation.name}`;
    const columns = ledgerColumns(relation, store.catalog.constraints.some((one) => one.kind === 'foreign_key' && `${one.schema}.${one.relation}` === key));
    // Where the row is kept elsewhere the delete is not silent.
    if (columns === null || ['history', 'audit', 'log', 'deleted', 'archive', 'hist'].some((suffix) => names.has(`${key}_${suffix}`))) return [];
    const own = writes.filter((write) => write.relation === key && isDelete(write) && isByKey(write));
    return own.length === 0 ? [] : [{ kind: 'reversal-deleted', relation: key, columns, writes: own }];
  });
}

/** The columns that make it a ledger; null where it is none. */
function ledgerColumns({ kind, name, columns }: Relation, refersToOthers: boolean): string[] | null {
  if (kind !== 'table' && kind !== 'partitioned_table') return null;
  const words = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().split(/[^\p{L}\p{N}]+/u);
  if (!words.some((word) => LEDGER.has(word)) || words.some((word) => BESIDE.has(word))) return null;
  const amounts = columns.filter((column) => AMOUNT.test(column.name) && NUMBER.test(column.type));
  const moments = columns.filter(({ type }) => MOMENT.test(type));
  return amounts.length > 0 && moments.length > 0 && refersToOthers ? [...amounts.slice(0, 2), ...moments.slice(0, 1)].map((column) => column.name) : null;
}

/** By the number of a row: not what a retention takes, nor a draft, nor rows that are moved elsewhere. */
function isByKey({ statement }: SentWrite): boolean {
  if (statement.type !== 'delete' || statement.ctes.length > 0 || statement.from.length > 0 || statement.where === null) return false;
  const columns = columnsIn(statement.where);
  return columns.length > 0 && columns.every((column) => /(?:^|_)(?:id|uuid|no|number|reference|ref|key|code)$|Id$/.test(column)) && !columns.some((column) => NOT_YET_OR_PAST.test(column));
}
