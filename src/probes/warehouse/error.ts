import { ServerFailure } from '../../stores/clickhouse/failure.js';
import { DeadlineExceeded, ScanRefused } from '../../stores/live.js';
import { ConnectError, PermissionGap, StoreLost } from '../../stores/store.js';
import { plainText } from '../../text/plain-text.js';
import { written, writtenRelation, type RelationName } from './name.js';

/**
 * Throws again what concerns the store as a whole: a lost connection, a file that cannot be opened, an abort. Returns for
 * what concerns one statement only.
 */
export function rethrowFatal(error: unknown, signal: AbortSignal): void {
  signal.throwIfAborted();
  if (error instanceof StoreLost || error instanceof ConnectError) throw error;
}

/**
 * What a statement over a relation of the user failed with, as an error whose message holds no values. Missing rights,
 * deadlines and what concerns the whole store come back as they are, because the caller tells them apart.
 */
export function readingError(error: unknown, store: string, relation: string): unknown {
  if (error instanceof StoreLost || error instanceof ConnectError || error instanceof PermissionGap || error instanceof DeadlineExceeded || error instanceof ScanRefused) return error;
  return new Error(`${plainText(store)}: ${plainText(relation)} could not be read: ${messageWithoutValues(error)}`, { cause: error });
}

/** SQLSTATE of an error of PostgreSQL; null for others. */
export function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** Rollbacks, resources, intervention, system errors, locks. */
const CIRCUMSTANCE_STATES = /^(40|53|57|58)|^55P03/;
const CIRCUMSTANCE_KINDS = /^(Out of Memory|IO|TransactionContext|Connection|INTERNAL|FATAL|INTERRUPT) Error/i;

/** True for an error that tells of the moment and nothing of the statement: the same may succeed next time. */
export function isCircumstance(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return CIRCUMSTANCE_STATES.test(state);
  return error instanceof DeadlineExceeded || (error instanceof Error && CIRCUMSTANCE_KINDS.test(error.message));
}

/**
 * Classes whose messages name only what stands in the catalogue or in the statement (PostgreSQL 18, appendix A): not supported,
 * syntax and missing objects, resources, limits, state of an object, operator intervention.
 */
const PLAIN_STATES = /^(0A|42|53|54|55|57)/;
const PLAIN_KINDS = /^(Binder|Catalog|Parser|Permission|Not implemented|Dependency|Interrupt|INTERRUPT) Error/;
/** Classes whose messages begin with what is wrong and then quote the value. */
const VALUE_STATES = /^22/;
const VALUE_KINDS = /^(Conversion|Out of Range|Mismatch Type|Invalid Type) Error/;

/**
 * A server's message without values: literals are masked, and of messages that quote a row's value only the words before it
 * stay. What a function of the database says by itself (RAISE, error()) is left out altogether. One harmless line.
 */
export function messageWithoutValues(error: unknown): string {
  if (error instanceof PermissionGap || error instanceof DeadlineExceeded) return plainText(error.detail);
  if (error instanceof ScanRefused) return plainText(error.message);
  // Only texts of codes that speak of names are in it.
  if (error instanceof ServerFailure) return plainText(masked(error.message.split('\n', 1)[0] ?? ''));
  const said = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  const state = sqlState(error);
  const kind = /^[A-Z][A-Za-z ]* Error(?=:)/.exec(said)?.[0] ?? null;
  if (state !== null ? PLAIN_STATES.test(state) : kind !== null && PLAIN_KINDS.test(kind)) return plainText(masked(said));
  if (state !== null && VALUE_STATES.test(state)) return plainText(`${masked(beforeValue(said, 0))} (${state})`);
  if (kind !== null && VALUE_KINDS.test(kind)) return plainText(masked(beforeValue(said, kind.length + 1)));
  return `the server answers with ${state === null ? (kind ?? 'an error') : `error ${state}`}, whose text may hold values and is left out`;
}

/** Up to the first quote, colon or bracket at or after `from`, or the words that announce a value. */
function beforeValue(text: string, from: number): string {
  const at = text.slice(from).search(/["'`:({[“‘«]| with value /);
  return at < 0 ? text : text.slice(0, from + at).trimEnd();
}

/** Strings and numbers become `?`; numbers in names, as in INT64, stay. */
function masked(text: string): string {
  return text.replace(/'[^']*'?/g, "'?'").replace(/(?<![\w"])-?\d[\d.,:+-]*(?![\w"])/g, '?');
}

/** The statement that gives a missing right; null where a right is not what is missing. */
export function grantFor(error: unknown, relation: RelationName, role: string | null): string | null {
  if (!(error instanceof PermissionGap)) return null;
  const receiver = written(role ?? 'tidemark');
  // Without the right to look into the schema PostgreSQL says nothing of the relation.
  if (/\bschema\b/.test(error.detail)) return `GRANT USAGE ON SCHEMA ${written(relation.schema)} TO ${receiver};`;
  return `GRANT SELECT ON ${writtenRelation(relation)} TO ${receiver};`;
}
