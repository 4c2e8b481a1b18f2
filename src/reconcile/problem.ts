import { DeadlineExceeded } from '../stores/live.js';
import { ConnectError, PermissionGap, StoreLost } from '../stores/store.js';
import { plainText } from '../text/plain-text.js';

/** A pair, or a side of one, that cannot be compared. Message and next step are one line each and hold no row value. */
export class PairProblem extends Error {
  override readonly name = 'PairProblem';
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.nextStep = nextStep;
  }
}

/** A side as messages name it: `warehouse: analytics.orders`. */
export function placeOf(store: string, relation: string): string {
  return `${plainText(store, 60)}: ${plainText(relation, 120)}`;
}

/** True where a statement was ended because its time was over. */
export function isTimeout(error: unknown): boolean {
  return error instanceof DeadlineExceeded;
}

/**
 * Turns what reading a side ended with into a problem.
 *
 * The text of a server's error may quote values of rows ("Overflow in HUGEINT addition: 871 + 9", "invalid input syntax for
 * type numeric: …"), so only errors about names and rights are passed on; of others the class is told.
 * @throws the error itself where it is a lost connection or an abort: nothing later can be read then.
 */
export function problemOf(place: string, role: string | null, error: unknown): PairProblem {
  if (error instanceof PairProblem) return error;
  if (error instanceof StoreLost || (error instanceof Error && error.name === 'AbortError')) throw error;
  if (error instanceof ConnectError) return new PairProblem(`${place} cannot be opened: ${error.detail}`, error.nextStep, { cause: error });
  if (error instanceof PermissionGap) {
    const grantee = role === null ? 'the role of tidemark' : plainText(role, 63);
    return new PairProblem(`${place} may not be read: ${plainText(error.detail)}`, `GRANT USAGE on its schema and SELECT on it to ${grantee}.`, { cause: error });
  }
  if (isTimeout(error)) return new PairProblem(`${place} gave no answer in time`, 'It is tried again at the next pass; look at what the server waits for.', { cause: error });
  return new PairProblem(`${place} cannot be read: ${classOf(error)}`, 'Run the count and the sums of this pair by hand to see the whole message.', { cause: error });
}

/** Classes of SQLSTATE (PostgreSQL 18, appendix A) that sums over a column can end with. */
const STATES: Record<string, string> = {
  '22003': 'a sum is out of range',
  '22P02': 'a value has not the form of its type',
  '42P01': 'a relation behind it is missing',
  '42703': 'a column behind it is missing',
  '53100': 'the disk is full',
  '53200': 'the server is out of memory',
  '55P03': 'it is locked by another session',
};

function classOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== null && /^[0-9A-Z]{5}$/.test(code)) return `${STATES[code] ?? 'the server refused'} (SQLSTATE ${code})`;
  const said = error instanceof Error ? error.message : '';
  if (said.startsWith('Out of Range Error')) return 'a sum is out of range (38 digits in DuckDB)';
  if (/^(Catalog|Binder) Error/.test(said)) return plainText(said.split('\n')[0] ?? '');
  const kind = /^([A-Z][A-Za-z]+(?: [A-Za-z]+){0,3} Error)\b/.exec(said)?.[1];
  return kind === undefined ? 'the answer was not understood' : `the store says ${kind}`;
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
