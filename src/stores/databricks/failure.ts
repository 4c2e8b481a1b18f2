import { z } from 'zod';
import { HttpFailure, StatementFailed } from '../http/failure.js';
import type { Secrets } from '../http/secrets.js';
import { DeadlineExceeded } from '../live.js';
import { PermissionGap, type ConnectReason } from '../store.js';

/** Of a refused request, and of a statement that failed (Statement Execution API 2.0, ServiceError). */
const serviceError = z.object({ error_code: z.string().nullish(), message: z.string().nullish() });
export type ServiceError = z.infer<typeof serviceError>;

/** `[TABLE_OR_VIEW_NOT_FOUND] The table … cannot be found.` */
const ERROR_CLASS = /^\s*\[([A-Z][A-Z0-9_.]*)\]\s*/;
/** Conditions that speak of names and limits; the text of any other may quote values of rows (Databricks, Error conditions). */
const SPEAKS_OF_NAMES = /^(?:PARSE_SYNTAX_ERROR|INSUFFICIENT_PERMISSIONS|\w+_NOT_FOUND|NO_SUCH_\w+|UNRESOLVED_\w+|DATATYPE_MISMATCH|EXPECT_\w+|UNSUPPORTED_\w+|NOT_SUPPORTED_\w+|UC_\w+|PERMISSION_DENIED|MISSING_AGGREGATION)(?:\.\w+)*$/;

/** What a refusal's body says. */
export function detailOf(body: unknown): string | null {
  const { error_code, message } = serviceError.safeParse(body).data ?? {};
  if (message == null || message === '') return error_code ?? null;
  return error_code == null || message.includes(error_code) ? told(message) : `${told(message)} (${error_code})`;
}

/** A message without values and without what follows its first line: Spark adds the statement and a trace. */
function told(message: string): string {
  const name = ERROR_CLASS.exec(message)?.[1];
  if (name === undefined) return message.split('\n')[0] ?? '';
  return SPEAKS_OF_NAMES.test(name) ? (message.split('\n')[0] ?? '') : `[${name}] its text is left out, since it may hold values`;
}

/** A statement that ended as FAILED, as the errors of this program. */
export function statementError(store: string, secrets: Secrets, { error_code, message }: ServiceError, sql_state: string | null): Error {
  const name = ERROR_CLASS.exec(message ?? '')?.[1] ?? null;
  if (/^\s*Inline byte limit exceeded/i.test(message ?? '')) return new StatementFailed(store, 'its answer is larger than the 25 MiB that Databricks gives inline', null);
  const isKnown = name !== null || error_code !== 'BAD_REQUEST';
  const said = secrets.hide(isKnown ? told(message ?? 'it gave no reason') : 'the statement failed; its text is left out, since it may hold values');
  if (sql_state === '42501' || name?.startsWith('INSUFFICIENT_PERMISSIONS') === true || error_code === 'PERMISSION_DENIED') return new PermissionGap(store, said);
  if (error_code === 'DEADLINE_EXCEEDED' || error_code === 'CANCELLED' || sql_state === '57014') return new DeadlineExceeded(store, said);
  return new StatementFailed(store, said, name ?? error_code ?? null);
}

/** 403 of a request as a missing right; all else as it is. */
export function requestError(store: string, error: unknown): unknown {
  return error instanceof HttpFailure && error.status === 403 ? new PermissionGap(store, error.message, { cause: error }) : error;
}

/** What Databricks' own codes say of an opening; null leaves it to what HTTP tells. */
export function openingDiagnosis(store: string, error: unknown, isToken: boolean): { reason: ConnectReason; detail: string; nextStep: string } | null {
  if (error instanceof DeadlineExceeded) return { reason: 'timeout', detail: error.detail, nextStep: 'A SQL warehouse that was stopped takes some minutes to start: run it again then.' };
  if (error instanceof PermissionGap) return { reason: 'permission', detail: error.detail, nextStep: 'Give it CAN USE on the SQL warehouse, and USE CATALOG on the catalog.' };
  if (error instanceof StatementFailed) {
    const isName = /_NOT_FOUND|NO_SUCH_/.test(error.code ?? '');
    return { reason: isName ? 'not-found' : 'unavailable', detail: error.message.replace(`${store}: `, ''), nextStep: isName ? 'Correct catalog and schema in the URL.' : 'Look at the SQL warehouse in the workspace.' };
  }
  if (!(error instanceof HttpFailure)) return null;
  if (error.status === 401 || (error.status === 400 && /OAuth token/.test(error.message))) {
    return { reason: 'authentication', detail: error.message, nextStep: isToken ? 'Make a new token and give it as credentials.token or DATABRICKS_TOKEN.' : 'Correct credentials.client_id and credentials.client_secret; a secret lives for two years at most.' };
  }
  if (error.status === 404 || error.status === 400) return { reason: 'not-found', detail: error.message, nextStep: 'Correct host and warehouse in the URL: the id stands in the connection details of the SQL warehouse.' };
  return null;
}
