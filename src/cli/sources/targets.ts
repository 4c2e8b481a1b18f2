import { carriesPassword } from '../../config/credentials.js';
import { configurationFromTargets, type Targets } from '../../config/defaults.js';
import { CONFIGURATION_FILE } from '../../config/load.js';
import { remoteSource } from '../../config/remote-source.js';
import type { Configuration, SourceConfiguration } from '../../model/configuration.js';
import { sourceIds } from '../../sources/index.js';
import { suggestion } from '../../text/nearest-name.js';
import type { CommandContext } from '../command.js';
import { configurationFile, readConfiguration } from '../configuration.js';
import { givenTargets, namesStores, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';

export interface SourceTargets extends Partial<Targets> {
  tool?: string;
  tokenEnv?: string;
  username?: string;
  passwordEnv?: string;
}

/** What is read, and the stores that connections may lead to. */
export interface SourceRun {
  configuration: Configuration;
  /** Where relative paths start from. */
  directory: string;
  /** Of `configuration.stores`, those whose own queries are listed: only flags name them. */
  looksAtStores: boolean;
}

/** @throws UsageError, ConfigurationError */
export async function sourceTargets(context: CommandContext, paths: readonly string[], given: SourceTargets): Promise<SourceRun> {
  const { host } = context;
  await refuseUnknownTool(given.tool);
  const looksAtStores = namesStores(given);
  if (looksAtStores) {
    const { configuration } = await prepareLive(context, { ...givenTargets(given), dashboards: [] });
    return { configuration: { ...configuration, sources: sourcesOf(context, paths, given) }, directory: host.directory, looksAtStores };
  }
  const file = await configurationFile(context);
  if (paths.length > 0) {
    const sources = sourcesOf(context, paths, given);
    // Only its stores serve: they say where the connections of dashboards lead.
    const known = file === null ? null : await readConfiguration(context, file, false);
    const { configuration } = configurationFromTargets({});
    return { configuration: { ...(known?.configuration ?? configuration), sources }, directory: host.directory, looksAtStores };
  }
  if (given.tool !== undefined || given.tokenEnv !== undefined || given.username !== undefined || given.passwordEnv !== undefined) {
    throw new UsageError('--tool, --token-env, --username and --password-env say how a path or address is read, and none was given');
  }
  if (file === null) {
    throw new UsageError(
      `there is nothing to read: no path was given, and there is no ${CONFIGURATION_FILE} in this folder or above it`,
      'name files or folders, as in tidemark sources exports/ reports/',
    );
  }
  const { configuration, directory } = await readConfiguration(context, file, true);
  if (configuration.sources.length === 0) throw new UsageError(`${file} names no source`, 'name files or folders, as in tidemark sources exports/');
  return { configuration, directory, looksAtStores };
}

async function refuseUnknownTool(tool: string | undefined): Promise<void> {
  const known = await sourceIds();
  if (tool === undefined || known.includes(tool)) return;
  throw new UsageError(`there is no tool '${tool}'${suggestion(tool, known)}`, `tools: ${known.join(', ')}`);
}

function sourcesOf(context: CommandContext, paths: readonly string[], given: SourceTargets): SourceConfiguration[] {
  return paths.map((path) => (/^(https?|postgres(ql)?):\/\//i.test(path) ? addressed(context, path, given) : onDisk(path, given)));
}

function onDisk(path: string, { tool }: SourceTargets): SourceConfiguration {
  if (path === '') throw new UsageError('the name of a path is empty');
  return { path, tool: tool ?? null, store: null };
}

function addressed(context: CommandContext, address: string, given: SourceTargets): SourceConfiguration {
  if (!URL.canParse(address)) throw new UsageError(`'${address}' is no address`, 'as in https://bi.example');
  if (carriesPassword(address)) {
    throw new UsageError('the address carries a password, which every process of this machine and the history of the shell would see', 'name the variable that holds it: --username NAME --password-env VARIABLE');
  }
  if (given.tool === undefined) throw new UsageError(`which tool answers at ${address}?`, 'name it, as in --tool metabase');
  const token = fromEnvironment(context, given.tokenEnv, '--token-env');
  const password = fromEnvironment(context, given.passwordEnv, '--password-env');
  return remoteSource(address, { tool: given.tool, store: null, token, username: given.username ?? null, password });
}

function fromEnvironment({ host, redactor }: CommandContext, variable: string | undefined, flag: string): string | null {
  if (variable === undefined) return null;
  const value = host.environment[variable];
  if (value === undefined || value === '') throw new UsageError(`${flag} names ${variable}, and the environment has no such variable`, `set it: export ${variable}=…`);
  redactor.add(value);
  return value;
}
