import { z } from 'zod';
import type { SampleFailure } from '../model/sample.js';
import type { Engine } from '../model/store.js';
import { DeadlineExceeded, ScanRefused } from '../stores/live.js';
import { errorCode, quoteName } from '../stores/postgres/failure.js';
import { ConnectError, PermissionGap, StoreLost, type ConnectReason } from '../stores/store.js';
import { plainText } from '../text/plain-text.js';
import { ProbeUnsupported } from './probe.js';

const MESSAGE_LENGTH_MAX = 400;

/** What a failed run was about. */
export interface RunContext {
  probe: string;
  /** The store, or the path of a file. */
  store: string;
  /** The role that tidemark is there; null where it is not known or the engine has none. */
  role: string | null;
  deadline_ms: number;
  /** Of the store; absent means PostgreSQL or none. */
  engine?: Engine;
}

/** A run took longer than its probe may. */
export class RunExpired extends Error {
  override readonly name = 'RunExpired';
}

/** What ended a run, as it may be shown and kept: one line, no value of a row, no secret. */
export function sampleFailure(error: unknown, run: RunContext): SampleFailure {
  const { reason, message, next_step } = explain(error, run);
  return { reason, message: plainText(message, MESSAGE_LENGTH_MAX), next_step: plainText(next_step, MESSAGE_LENGTH_MAX) };
}

function explain(error: unknown, run: RunContext): SampleFailure {
  const subject = `${run.store}: ${run.probe}`;
  if (error instanceof ConnectError) {
    const reason = error.reason === 'locked' ? 'locked' : 'connect';
    return { reason, message: `${error.store}: cannot open ${error.place}: ${error.detail}`, next_step: error.nextStep };
  }
  if (error instanceof StoreLost) {
    return { reason: 'lost', message: error.message, next_step: 'tidemark connects again by itself. Is the server running, and can it be reached?' };
  }
  if (error instanceof PermissionGap) {
    // Who knows the missing right says it behind the cause.
    const [, detail = error.detail, grant = grantFor(error.detail, run)] = /^(.*): (GRANT .*)$/.exec(error.detail) ?? [];
    return { reason: 'permission', message: `${subject} may not look: ${detail}`, next_step: grant };
  }
  if (error instanceof DeadlineExceeded || error instanceof RunExpired) {
    const why = error instanceof DeadlineExceeded && !/statement timeout|did not answer within/.test(error.detail) ? ` (${error.detail})` : '';
    const message = `${subject} got no answer within ${run.deadline_ms / 1000} s${why}`;
    return { reason: 'deadline', message, next_step: 'It is asked again by itself. Is the server overloaded, or does a lock stand in the way?' };
  }
  if (error instanceof ScanRefused) return { reason: 'unsupported', message: `${run.probe}: ${error.message}`, next_step: `Raise scan_max of ${run.store} if it is worth that, or name a smaller relation.` };
  if (error instanceof ProbeUnsupported) return { reason: 'unsupported', message: `${subject} cannot look: ${error.message}`, next_step: error.nextStep };
  if (errorCode(error) === '55P03') {
    return { reason: 'locked', message: `${subject} found its relation locked by another session`, next_step: 'It is asked again by itself. Does a migration hold the lock?' };
  }
  return { reason: 'failed', message: `${subject} failed: ${causeOf(error)}`, next_step: 'It is asked again by itself. If it stays, look at the log of the server.' };
}

/** Errors about data quote the data: of those only the kind may be said. */
function causeOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `the answer has an unknown form${issue ? ` at ${issue.path.join('.') || 'its top'}: ${issue.message}` : ''}`;
  }
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  // 22: data exception, 23: constraint, P0: raised by a function of the database (PostgreSQL 18, appendix A).
  if (code !== null && /^(22|23|P0)/.test(code)) return `a value in the data cannot be read as what it should be (${code})`;
  // DuckDB 1.5.
  const kind = /^(Conversion|Invalid Input|Out of Range|Constraint|Invalid Type) Error/.exec(text)?.[0];
  if (kind !== undefined) return `a value in the data cannot be read as what it should be (${kind})`;
  const [line = ''] = text.split('\n');
  return code === null || line.includes(code) ? line : `${line} (${code})`;
}

/** By the server's message, which is in English unless lc_messages says otherwise; then the right that covers all its own views. */
function grantFor(detail: string, { role, engine }: RunContext): string {
  if (engine !== undefined && engine !== 'postgres') return 'tidemark doctor says which rights it needs, and prints the statements that give them.';
  const to = role === null ? 'the role of tidemark' : quoteName(role);
  const denied = /permission denied for (\w+(?: \w+)*) ("[^"]+"|\S+)$/.exec(detail);
  const [, kind = '', name = ''] = denied ?? [];
  if (kind === 'schema') return `GRANT USAGE ON SCHEMA ${asName(name)} TO ${to};`;
  const own = name.startsWith('pg_');
  if (/^(table|view|materialized view|foreign table|relation)$/.test(kind) && !own) return `GRANT SELECT ON ${asName(name)} TO ${to};`;
  if (kind === 'function' && !own) return `GRANT EXECUTE ON FUNCTION ${asName(name)} TO ${to};`;
  return `GRANT pg_monitor TO ${to};`;
}

function asName(name: string): string {
  return name.startsWith('"') ? name : quoteName(name);
}

/** True where the connection is gone, so that only a new one can look again. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof StoreLost || (error instanceof ConnectError && error.reason !== 'locked');
}

const PEOPLE_MEND: readonly ConnectReason[] = ['authentication', 'configuration', 'not-found', 'permission', 'tls', 'unsupported'];

/** True where trying again soon is of no use, and may even lock an account. */
export function needsPerson(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  // A loader that writes a file anew may be between its two steps, and looking for it costs nothing.
  const isAbsentFile = error.reason === 'not-found' && errorCode(error.cause) === 'ENOENT';
  return !isAbsentFile && PEOPLE_MEND.includes(error.reason);
}

/** The server's SQLSTATE behind an error, also where the error was translated; null where there is none. */
export function sqlState(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; depth < 4 && at instanceof Error; at = at.cause, depth++) {
    const code = errorCode(at);
    if (code !== null && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return null;
}
