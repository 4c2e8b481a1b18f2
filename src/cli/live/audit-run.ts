import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { payload } from '../../probes/audit.js';
import type { AuditRequest } from './audit-process.js';

/** Long enough for a large system, short enough that a hung one is noticed. */
const DEADLINE_MS = 180_000;
/** What it may take to end in good order. */
const CLEANING_MS = 3_000;

/** What looking cost each store, in milliseconds of waiting. */
const collected = z.object({ cost_ms: z.record(z.string(), z.number()) });
export type AuditCost = z.output<typeof collected>['cost_ms'];

const outcome = z.union([z.object({ payload, error: z.null() }), z.object({ payload: z.null(), error: z.string() })]);
export type AuditOutcome = z.output<typeof outcome>;

/**
 * Audits in a process of its own. `onCollected` is called when it has closed its connections. Resolves with the error in words
 * where it failed.
 * @throws the reason of an abort.
 */
export async function runAudit(
  request: AuditRequest,
  { environment, signal, onCollected }: { environment: Readonly<Record<string, string | undefined>>; signal: AbortSignal; onCollected: (cost_ms: AuditCost) => void },
): Promise<AuditOutcome> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(new URL('./audit-process.js', import.meta.url)), {
    env: environment,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  // Given up, it still closes its connections and removes its copies.
  const end = (): void => {
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), CLEANING_MS).unref();
  };
  signal.addEventListener('abort', end, { once: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<AuditOutcome>((resolve, reject) => {
      const overdue = (): void => resolve({ payload: null, error: `it was not done after ${DEADLINE_MS / 1000} s` });
      timer = setTimeout(overdue, DEADLINE_MS);
      child.on('message', (message) => {
        const looked = collected.safeParse(message);
        if (looked.success) {
          onCollected(looked.data.cost_ms);
          return;
        }
        const read = outcome.safeParse(message);
        resolve(read.success ? read.data : { payload: null, error: 'its answer has an unknown form' });
      });
      child.once('error', (error) => resolve({ payload: null, error: error.message }));
      child.once('exit', (code, killed) => {
        if (signal.aborted) reject(signal.reason);
        else resolve({ payload: null, error: killed === null ? `it ended with ${code ?? 0}` : `it was ended by ${killed}` });
      });
      child.send(request, (error) => {
        if (error) resolve({ payload: null, error: error.message });
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
  }
}
