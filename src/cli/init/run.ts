import { stat } from 'node:fs/promises';
import path from 'node:path';
import { configurationFromSnapshot } from '../../config/defaults.js';
import { CONFIGURATION_FILE } from '../../config/load.js';
import { parseConfiguration } from '../../config/parse.js';
import { ConfigurationError } from '../../config/problem.js';
import type { Snapshot } from '../../model/snapshot.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { givenTargets, prepareLive, type Prepared } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { InitOptions } from './options.js';
import { writtenStores } from './stores.js';

/** `tidemark init`: a first configuration by what is seen. Throws UsageError, BundleError. */
export async function init(context: CommandContext, bundles: readonly string[], options: InitOptions): Promise<ExitCode> {
  const { host, lifetime, output, progress, redactor } = context;
  const target = await freeTarget(context, options);
  const { prepared, snapshot } = await seen(context, bundles, options);
  const { configuration } = prepared;
  const [{ auditWithJoin }, { configurationText }, { suggestPairs }] = await Promise.all([import('../../audit.js'), import('../../guess/index.js'), import('../../reconcile/pairs/suggest.js')]);
  progress.stage('following what is loaded from where');
  const { report, boundaries, consumers, movements } = await auditWithJoin(snapshot, configuration, [], toolVersion(), { signal: lifetime.signal });
  lifetime.signal.throwIfAborted();
  const folder = target === null ? host.directory : path.dirname(path.resolve(host.directory, target));
  const stores = writtenStores(configuration, folder);
  const pairs = suggestPairs(snapshot.stores.map(({ name, role, engine, catalog }) => ({ name, role, engine, catalog })), movements, []);
  const text = redactor.redact(configurationText({ snapshot: { ...snapshot, sources: fromFolder(snapshot.sources, host.directory, bundles.length > 0 ? host.directory : folder), gaps: report.gaps }, configuration, stores, boundaries, consumers, movements, metrics: report.metrics ?? [], pairs }));
  refuseUnloadable(text, folder);
  progress.end();
  await output.printOrWrite(text, target);
  if (target !== null && !context.options.quiet) for (const line of nextSteps(target, stores.map(({ url }) => url), consumers.length, bundles)) output.note(line);
  return report.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

/** Where it is written, null for standard output. What stands there is kept unless somebody says otherwise. */
async function freeTarget({ host, options: { config, format, output: named }, output }: CommandContext, { force }: InitOptions): Promise<string | null> {
  if (config !== undefined) throw new UsageError('init writes a configuration and reads none', 'name what to look at, as in --postgres and --dashboards, and where to write it with -o FILE');
  if (format.length > 0) throw new UsageError('init writes YAML, which has no other format', '-o - prints it');
  if (named === '-') return null;
  const target = named ?? CONFIGURATION_FILE;
  await output.refuseUnwritable(target);
  const there = await stat(path.resolve(host.directory, target)).catch(() => null);
  if (there !== null && force !== true) throw new UsageError(`${target} is there already`, '-o writes to another file, -o - prints it, and --force replaces it');
  return target;
}

async function seen(context: CommandContext, [bundle, another]: readonly string[], options: InitOptions): Promise<{ prepared: Prepared; snapshot: Snapshot }> {
  const targets = givenTargets(options);
  const named = Object.keys(targets).length > 0;
  if (another !== undefined) throw new UsageError('a configuration is written by one bundle, and several were given');
  if (bundle !== undefined && named) throw new UsageError('a bundle holds its stores and dashboards, so --postgres, --duckdb, --warehouse and --dashboards cannot be added');
  if (bundle !== undefined) {
    context.progress.stage(`reading ${bundle}`);
    const { readBundle } = await import('../../snapshot/bundle.js');
    const snapshot = await readBundle(path.resolve(context.host.directory, bundle));
    return { prepared: { ...configurationFromSnapshot(snapshot), directory: context.host.directory, checkRuleIds: () => {} }, snapshot };
  }
  if (!named) throw new UsageError('there is nothing to look at', 'name a store or dashboards, as in tidemark init --postgres postgresql://audit_ro@db.example/casework --dashboards exports/\nor a bundle that tidemark collect wrote');
  const prepared = await prepareLive(context, targets);
  const { takeSnapshot } = await import('../take-snapshot.js');
  return { prepared, snapshot: await takeSnapshot(context, prepared) };
}

/** Paths as they are from where the file is written. */
function fromFolder(sources: Snapshot['sources'], directory: string, folder: string): Snapshot['sources'] {
  return folder === directory ? sources : sources.map((source) => ({ ...source, path: path.relative(folder, path.resolve(directory, source.path)) || '.' }));
}

/** Names of an estate must not make a file that nobody can use. */
function refuseUnloadable(text: string, folder: string): void {
  try {
    parseConfiguration(text, folder, { environment: {}, connects: false, displayName: CONFIGURATION_FILE });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new Error(`what was seen makes a configuration that does not load: ${error.message}`, { cause: error });
  }
}

function nextSteps(target: string, urls: readonly string[], consumers: number, bundles: readonly string[]): string[] {
  const variables = urls.flatMap((url) => /^\$\{env:([^}]+)\}$/.exec(url)?.[1] ?? []);
  return [
    `wrote ${target}: ${count(urls.length, 'store')}, ${count(consumers, 'consumer')}; look at every line that says guess`,
    ...(variables.length === 0 ? [] : [`set ${variables.join(', ')} where tidemark runs`]),
    `next: tidemark audit ${bundles.length > 0 ? `${bundles.join(' ')} ` : ''}-c ${target}`,
  ];
}
