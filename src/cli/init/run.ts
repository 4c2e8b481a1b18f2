import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseConfiguration } from '../../config/parse.js';
import { CONFIGURATION_FILE } from '../../config/load.js';
import { guessedConfiguration, variableOf } from '../../guess/index.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { seenSnapshot } from '../seen-snapshot.js';
import { givenTargets } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';
import type { InitOptions } from './options.js';

/** `tidemark init`: a configuration by what is seen. Throws UsageError, BundleError, ConfigurationError. */
export async function init(context: CommandContext, bundles: readonly string[], options: InitOptions): Promise<ExitCode> {
  const { host, lifetime, output, progress, redactor } = context;
  const targets = givenTargets(options);
  if (bundles.length === 0 && Object.keys(targets).length === 0) {
    throw new UsageError('there is nothing to look at', 'name a store or dashboards, as in tidemark init --postgres postgresql://audit_ro@db.example/casework --dashboards exports/, or a bundle');
  }
  const name = context.options.output ?? CONFIGURATION_FILE;
  const file = name === '-' ? null : path.resolve(host.directory, name);
  if (file !== null) await refuseTaken(context, file, name, options.force === true);
  const { prepared, snapshot } = await seenSnapshot(context, bundles, targets, 'a configuration is written');
  const [{ auditWithJoin }, { loadRules }] = await Promise.all([import('../../audit.js'), import('../../rules/load.js')]);
  progress.stage('looking for zones, owners and decisions');
  const { report, boundaries, consumers, movements } = await auditWithJoin(snapshot, prepared.configuration, await loadRules(), toolVersion(), { signal: lifetime.signal });
  lifetime.signal.throwIfAborted();
  const text = redactor.redact(guessedConfiguration({ snapshot, configuration: prepared.configuration, boundaries, consumers, movements, report }));
  // What it writes must load: whoever begins here has nothing else.
  parseConfiguration(text, host.directory, { environment: {}, connects: false, displayName: name });
  progress.end();
  if (file === null) await output.printOrWrite(text, null);
  else await writeFile(file, text, { mode: 0o644, flag: options.force === true ? 'w' : 'wx' });
  if (file !== null) output.note(nextSteps(name, snapshot.stores.map((store) => store.name), bundles));
  return report.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

async function refuseTaken({ output }: CommandContext, file: string, name: string, force: boolean): Promise<void> {
  await output.refuseUnwritable(name);
  if (force) return;
  const taken = await stat(file).then(() => true, () => false);
  if (taken) throw new UsageError(`${name} is there already`, 'give another file with -o, or --force to write over it');
}

/** What the reader types next. */
function nextSteps(name: string, stores: readonly string[], bundles: readonly string[]): string {
  const [bundle] = bundles;
  const variables = stores.map(variableOf);
  const audit = bundle === undefined ? `tidemark audit -c ${name}` : `tidemark audit ${bundle} -c ${name}`;
  return `${name} is written: read its guesses, then ${bundle === undefined && variables.length > 0 ? `set ${variables.join(' and ')} and run ` : 'run '}${audit}`;
}
