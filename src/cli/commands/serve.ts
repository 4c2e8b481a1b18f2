import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Targets } from '../../config/defaults.js';
import type { Act, CommandContext } from '../command.js';
import { errorMessage } from '../error-message.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { addTargetOptions } from '../target-options.js';
import { journalFolderOf } from '../live/state-folder.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';

interface ServeOptions extends Partial<Targets> {
  listen?: { host: string; port: number };
  record?: string;
  journal: boolean;
  audit: boolean;
}

/** Messages and metrics speak of a view of this age at most. */
const LOOK_MS = 1_000;

export function register(command: Command, act: Act): void {
  addTargetOptions(command)
    .addOption(new Option('--listen <address>', 'host:port or port; default: 127.0.0.1:9177').argParser(address))
    .option('--record <file>', 'also write every sample to a file')
    .option('--no-journal', 'keep no journal, and no memory of what was told')
    .option('--no-audit', 'do not audit beside it: statements then have no origin')
    .addHelpText('after', HELP)
    .action((options: ServeOptions) => act((context) => run(context, options)));
}

const HELP = `
  /metrics  OpenMetrics; a Grafana dashboard and alert rules are in monitoring/
  /ready    200 when every store has been looked at lately
  /health   200 while the process lives

The webhooks of notify: in tidemark.yaml are told of changes of state. Only a
loopback address is listened on unless --listen says otherwise: what is served
names relations and roles.`;

function address(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('It must be host:port or a port, such as 127.0.0.1:9177.');
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

async function run(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  const { lifetime, output } = context;
  const { prepareLive } = await import('../targets.js');
  const { readContracts } = await import('../live/contracts.js');
  const prepared = await readContracts(context, await prepareLive(context, options));
  const { stores, live } = prepared.configuration;
  if (stores.length === 0) throw new UsageError('there is no store to watch', 'name one, as in tidemark serve --postgres postgresql://watch_ro@db.example/casework');
  context.redactor.addSecrets(live.notify.map(({ url }) => url));
  const [{ beginWatching }, { DEFAULT_HOST, DEFAULT_PORT, startMetricsServer }, { Webhooks }, { openMetrics }, { readinessOf }, { systemClock }] = await Promise.all([
    import('../live/session.js'),
    import('../live/metrics-server.js'),
    import('../live/webhook.js'),
    import('../../live/openmetrics.js'),
    import('../../live/readiness.js'),
    import('../live/system-clock.js'),
  ]);
  const session = await beginWatching(context, prepared, { record: options.record, journalFolder: journalFolderOf(context, prepared, options.journal), audit: options.audit });
  let view = session.view();
  const server = await startMetricsServer({
    host: options.listen?.host ?? DEFAULT_HOST,
    port: options.listen?.port ?? DEFAULT_PORT,
    metrics: () => openMetrics(view, { version: toolVersion(), journal: session.journal() }),
    readiness: () => readinessOf(view),
    onFault: (error) => output.note(context.redactor.redact(errorMessage(error, context.options.debug))),
  });
  lifetime.onEnd(() => server.close());
  const memory = session.journalFolder === null ? null : path.join(session.journalFolder, 'told.json');
  const webhooks = live.notify.length === 0 ? null : await Webhooks.open({ targets: live.notify, file: memory, clock: systemClock });
  lifetime.onEnd(() => webhooks?.close() ?? undefined);
  output.note(`serving ${server.url}/metrics`);
  const told = new Set<string>();
  while (!lifetime.signal.aborted) {
    await sleep(LOOK_MS, undefined, { signal: lifetime.signal }).catch(() => undefined);
    view = session.view();
    webhooks?.accept(view);
    const problems = [...session.problems(), ...(webhooks?.status() ?? []).flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`]))];
    // Each once; what has passed may come again.
    for (const problem of problems) if (!told.has(problem)) output.note(context.redactor.redact(problem));
    told.clear();
    for (const problem of problems) told.add(problem);
  }
  return EXIT.clean;
}
