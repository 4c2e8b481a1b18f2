import { z } from 'zod';
import { HttpFailure, StatementFailed } from '../http/failure.js';
import type { Secrets } from '../http/secrets.js';
import { DeadlineExceeded } from '../live.js';
import { ConnectError, PermissionGap, type ConnectReason } from '../store.js';
import { queryStatus, type QueryStatus } from './answer.js';

/** Of refusals before a statement: `message` beside `code`. */
const refusal = z.object({ code: z.string().nullish(), message: z.string().nullish(), error: z.string().nullish() });

/** What a refusal's body says, for people. */
export function detailOf(body: unknown): string | null {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return null;
  const { code, message, error } = parsed.data;
  const said = message ?? error ?? null;
  if (said === null) return null;
  return withoutValues({ code, message: said });
}

/** Data errors quote values of rows: class 22 of SQLSTATE, and Snowflake's own numbers from 100000 on. */
function withoutValues({ code, sqlState, message }: QueryStatus): string {
  const said = message ?? 'it gave no reason';
  // Functions of users, in JavaScript, Python and Java: what they throw may be anything.
  if (/^(?:100132|100183|100357)$/.test(code ?? '')) return 'a function failed; its text is left out, since it may hold values';
  const isData = sqlState?.startsWith('22') === true || /^1\d{5}$/.test(code ?? '');
  const clean = isData ? said.replace(/'(?:[^']|'')*'|"[^"]*"/g, "'…'").replace(/\d[\d.]{3,}/g, '…') : said;
  // `SQL compilation error:\nObject …`: one line is enough, and the position in our own text helps nobody.
  return clean.replace(/^SQL (compilation|execution|access control) error:\s*/i, '').replace(/^error line \d+ at position \d+\s*/i, '');
}

/**
 * An answer of 408 or 422 as the errors of this program. Codes and states as Snowflake's reference and its drivers list them.
 * @throws never; the caller throws what it gives.
 */
export function statementError(store: string, secrets: Secrets, failure: HttpFailure): Error {
  const parsed = queryStatus.safeParse(failure.body);
  const status: QueryStatus = parsed.success ? parsed.data : {};
  const code = status.code ?? null;
  const said = secrets.hide(withoutValues(status.message == null ? { ...status, message: failure.message } : status));
  const cause = { cause: failure };
  // 000630: the statement reached its timeout; 000604: it was cancelled.
  if (failure.status === 408 || code === '000630' || code === '000604' || status.sqlState === '57014') return new DeadlineExceeded(store, said, cause);
  // 002003 and 002043: there is no such object, or no right to it; Snowflake does not tell which.
  if (status.sqlState === '42501' || code === '003001' || code === '002003' || code === '002043') return new PermissionGap(store, said, cause);
  if (code === '000606') return new StatementFailed(store, 'no warehouse is chosen to run the statement; name one with ?warehouse= in the URL, or ALTER USER … SET DEFAULT_WAREHOUSE', code, cause);
  return new StatementFailed(store, said, code, cause);
}

/** What Snowflake's own codes say of an opening; null leaves it to what HTTP tells. */
export function openingDiagnosis(error: unknown): { reason: ConnectReason; detail: string; nextStep: string } | null {
  if (error instanceof ConnectError) return null;
  if (error instanceof StatementFailed || error instanceof PermissionGap) {
    const detail = error instanceof PermissionGap ? error.detail : error.message.replace(/^[^:]*: /, '');
    return { reason: error instanceof PermissionGap ? 'permission' : 'unavailable', detail, nextStep: 'Look at database, schema, warehouse and role in the URL, and at the grants of the role.' };
  }
  if (!(error instanceof HttpFailure)) return null;
  const code = refusal.safeParse(error.body).data?.code ?? null;
  const detail = code === null || error.message.includes(code) ? error.message : `${error.message} (${code})`;
  if (code === '390144') {
    return { reason: 'authentication', detail, nextStep: 'Compare DESCRIBE USER: RSA_PUBLIC_KEY_FP must be of this key, the user and account must be spelt as there, and the clock of this machine must be right.' };
  }
  if (code === '390318' || code === '390303') return { reason: 'authentication', detail, nextStep: 'Get a new token.' };
  if (code === '390420' || code === '390422') return { reason: 'permission', detail, nextStep: 'Let the address of this machine into the network policy.' };
  if (code === '390189' || code === '390186') return { reason: 'permission', detail, nextStep: 'Name a role in ?role= that was granted to this user.' };
  if (error.status === 404) return { reason: 'not-found', detail: 'there is no such account', nextStep: 'Correct the account identifier in the URL.' };
  return null;
}
