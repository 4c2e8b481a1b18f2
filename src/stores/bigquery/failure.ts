import { z } from 'zod';
import { HttpFailure, StatementFailed } from '../http/failure.js';
import type { Secrets } from '../http/secrets.js';
import { DeadlineExceeded, ScanRefused } from '../live.js';
import { ConnectError, PermissionGap, type ConnectReason } from '../store.js';

/** Reason, message and place of an error (BigQuery REST, ErrorProto). */
export const errorProto = z.object({ reason: z.string().nullish(), message: z.string().nullish(), location: z.string().nullish() });
export type ErrorProto = z.infer<typeof errorProto>;

const refusal = z.object({ error: z.object({ code: z.number().nullish(), message: z.string().nullish(), status: z.string().nullish(), errors: z.array(errorProto).nullish() }) });
const oauthRefusal = z.object({ error: z.string(), error_description: z.string().nullish() });

/** Overload that passes (Error messages, with its table of reasons). */
const TRANSIENT: ReadonlySet<string> = new Set(['rateLimitExceeded', 'backendError', 'jobRateLimitExceeded', 'jobBackendError', 'internalError', 'jobInternalError', 'tableUnavailable']);
const DENIED: ReadonlySet<string> = new Set(['accessDenied', 'notFound', 'blocked', 'policyViolation']);

export function errorOf(body: unknown): ErrorProto | null {
  const { data } = refusal.safeParse(body);
  if (!data) return null;
  const [first] = data.error.errors ?? [];
  return { reason: first?.reason ?? data.error.status ?? null, message: data.error.message ?? first?.message ?? null };
}

/** What a refusal's body says, for people. */
export function detailOf(body: unknown): string | null {
  const error = errorOf(body);
  return error?.message == null ? null : withoutValues(error.message);
}

export function oauthDetail(body: unknown): string | null {
  const { data } = oauthRefusal.safeParse(body);
  return data ? `${data.error_description ?? data.error} (${data.error})` : null;
}

export function isTransient(failure: HttpFailure): boolean {
  return TRANSIENT.has(errorOf(failure.body)?.reason ?? '');
}

/** What BigQuery says of statements and rights; all else may quote a value of a row, as `Bad int64 value: …` does. */
const WITHOUT_VALUES =
  /^(?:Access Denied|Not found|Syntax error|Unrecognized name|Table |Dataset |Column |Function |No matching signature|Query exceeded|Quota exceeded|Exceeded |Resources exceeded|Cannot query|Cannot read|Job |User |The job|The project|BigQuery |Billing |Invalid project|Invalid dataset|Invalid table|Request |Project |Custom quota|Partition |Duplicate column|Unknown|VPC|Request had|Response too large|Not implemented|Operation)/i;

function withoutValues(message: string): string {
  const said = message.replace(/^Error preparing query: |^Query error: /i, '');
  return WITHOUT_VALUES.test(said) ? said : said.replace(/:[\s\S]*$/, '').replace(/'[^']*'|"[^"]*"/g, "'…'").replace(/\d[\d.]{3,}/g, '…');
}

/**
 * An error of a job as the errors of this program.
 * @param allowed_bytes the limit that the job was given, if any.
 */
export function jobError(store: string, secrets: Secrets, { reason, message }: ErrorProto, { allowed_bytes, cause }: { allowed_bytes: number | null; cause?: unknown }): Error {
  const said = secrets.hide(withoutValues(message ?? 'it gave no reason'));
  const options = cause === undefined ? {} : { cause };
  if (reason === 'bytesBilledLimitExceeded') {
    // `Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.`
    const needed = Number(/(\d+) or higher required/.exec(message ?? '')?.[1] ?? Number.NaN);
    if (allowed_bytes !== null && Number.isFinite(needed)) return new ScanRefused(store, { expected_bytes: needed, allowed_bytes });
  }
  if (DENIED.has(reason ?? '') || reason === 'PERMISSION_DENIED') return new PermissionGap(store, said, options);
  if (reason === 'stopped' || reason === 'timeout' || /^(?:Operation timed out|Job timed out|Query timed out)/i.test(message ?? '')) return new DeadlineExceeded(store, said, options);
  return new StatementFailed(store, said, reason ?? null, options);
}

/** What BigQuery's reasons say of an opening; null leaves it to what HTTP tells. */
export function openingDiagnosis(error: unknown, project: string): { reason: ConnectReason; detail: string; nextStep: string } | null {
  if (error instanceof ConnectError) return null;
  if (error instanceof PermissionGap) {
    return { reason: 'permission', detail: error.detail, nextStep: `Grant roles/bigquery.jobUser on project ${project} and roles/bigquery.dataViewer on its datasets to the account.` };
  }
  if (!(error instanceof HttpFailure)) return null;
  const reason = errorOf(error.body)?.reason ?? null;
  const isToken = oauthRefusal.safeParse(error.body).success;
  if (isToken) return { reason: 'authentication', detail: error.message, nextStep: 'Is the key still one of the service account, and is the clock of this machine right? Otherwise log in again.' };
  if (error.status === 403 || reason === 'accessDenied') {
    return { reason: 'permission', detail: error.message, nextStep: `Enable the BigQuery API of project ${project} and grant roles/bigquery.jobUser to the account.` };
  }
  if (error.status === 404) return { reason: 'not-found', detail: error.message, nextStep: 'Correct the project, the dataset or ?location= in the URL.' };
  if (error.status === 401) return { reason: 'authentication', detail: error.message, nextStep: 'The access token is wrong or over: get a new one, or name the file of a service account.' };
  return null;
}
