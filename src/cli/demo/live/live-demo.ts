import { join } from 'node:path';
import type { CommandContext } from '../../command.js';
import { readConfiguration } from '../../configuration.js';
import type { ExitCode } from '../../exit-code.js';
import { linesOrScreen } from '../../live/form.js';
import { type Prepared, fromFile } from '../../targets.js';
import { startPostgres } from '../postgres-server.js';
import { listenForFaults } from './control.js';
import { FAULTS, isFault, type Fault } from './faults.js';
import { Impatience } from './impatience.js';
import { buildLivingEstate } from './living-estate.js';

/** The example estate with a real consumer of changes, on the live screen, until the user leaves. */
export async function runLiveDemo(context: CommandContext, options: { plain: boolean; for_seconds: number | null }): Promise<ExitCode> {
  const { lifetime, progress } = context;
  const form = linesOrScreen(context, options.plain);
  const common = { signal: lifetime.signal, onProgress: progress.stage };
  const server = await startPostgres(common);
  lifetime.onEnd(server.stop, server.killNow);
  // In the server's folder the warehouse goes with the server, even when this process is killed.
  const { estate, life } = await buildLivingEstate({ ...common, server, directory: server.directory });
  lifetime.onEnd(
    () => life.stop(),
    () => life.killNow(),
  );
  const host = { ...context.host, environment: { ...context.host.environment, ...estate.environment } };
  const own: CommandContext = { ...context, host };
  const prepared: Prepared = fromFile(await readConfiguration(own, estate.configurationFile, true));
  const { beginWatching } = await import('../../live/session.js');
  const session = await beginWatching(own, prepared, { record: undefined, journalFolder: join(server.directory, 'journal'), audit: true });
  const impatience = new Impatience(() => session.watching.refresh());
  lifetime.onEnd(() => impatience.end());
  const inject = (fault: Fault): void => {
    life.inject(fault);
    impatience.begin();
  };
  lifetime.onEnd(await listenForFaults(server.directory, inject));
  progress.end();
  if (form !== 'screen') {
    const { printLines } = await import('../../live/lines-mode.js');
    return printLines(own, form, session, options.for_seconds);
  }
  const { showLive } = await import('../../live/screen-mode.js');
  const faults = Object.entries(FAULTS).map(([fault, meaning]) => `${fault}: ${meaning}`);
  const injectChosen = (chosen: string): void => {
    const [fault = ''] = chosen.split(':');
    if (isFault(fault)) inject(fault);
  };
  return showLive(own, prepared, session, options.for_seconds, { faults, inject: injectChosen });
}
