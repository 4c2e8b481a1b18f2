import { sampleFailure } from '../../probes/failure.js';
import { DeadlineExceeded } from '../../stores/live.js';
import { ConnectError, PermissionGap, StoreLost } from '../../stores/store.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';

/** The work of a command; a store that cannot be asked is no wrong usage: it is told, and the run ends with 3. */
export async function asked(context: CommandContext, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    context.lifetime.signal.throwIfAborted();
    if (!(error instanceof ConnectError || error instanceof StoreLost || error instanceof PermissionGap || error instanceof DeadlineExceeded)) throw error;
    context.progress.end();
    const { message, next_step } = sampleFailure(error, { probe: 'report_run', store: error.store, role: null, deadline_ms: 10_000 });
    context.output.note(context.redactor.redact(`tidemark: ${message}. ${next_step}`));
    return EXIT.blind;
  }
}
