import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { notAvailable, ok, reportOf, warning, type Check, type DoctorReport, type Examined } from '../../doctor/check.js';
import { examineStore, type ExaminedStore } from '../../doctor/examine.js';
import { step } from '../../doctor/remedy.js';
import { sourceExamined } from '../../doctor/sources.js';
import type { Configuration, SourceConfiguration } from '../../model/configuration.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { readerOptions } from '../sources/reader-options.js';
import { toolVersion } from '../version.js';
import type { DoctorRun } from './targets.js';

const GIT_TIMEOUT_MS = 2_000;

/** Examines the configuration, every store at once, and the sources one after another. @throws the reason of an abort. */
export async function examine(context: CommandContext, run: DoctorRun): Promise<DoctorReport> {
  const { progress } = context;
  progress.stage('looking at stores');
  const stores = await Promise.all(run.stores.map((store) => examineOne(context, store, run.configuration, run.role)));
  if (run.onlyStore) return reportOf(stores, toolVersion());
  const sources: Examined[] = [];
  for (const source of run.configuration.sources) sources.push(await examineSource(context, source, run));
  return reportOf([...(await configurationExamined(context, run)), ...stores, ...sources], toolVersion());
}

/** Examines one store. @throws the reason of an abort. */
export function examineOne({ host, lifetime }: CommandContext, store: ExaminedStore, configuration: Configuration, role: string | null): Promise<Examined> {
  return examineStore(store, {
    configuration,
    context: { environment: host.environment, homeDirectory: host.homeDirectory, signal: lifetime.signal },
    now: () => Date.now() / 1000,
    elapsed: () => performance.now(),
    role,
  });
}

async function examineSource(context: CommandContext, source: SourceConfiguration, { directory, unset }: DoctorRun): Promise<Examined> {
  const { progress, lifetime } = context;
  const { readSources } = await import('../../sources/reading/read.js');
  progress.stage(`reading ${source.path}`);
  const isRemote = source.remote !== undefined;
  const frame = { name: source.path, tool: source.tool, isRemote };
  const written = JSON.stringify(source.remote ?? {});
  if (unset.length > 0 && written.includes('tidemark-unset-')) {
    const names = unset.filter((_, index) => written.includes(`tidemark-unset-${index}-`));
    const gap = { subject: source.path, missing: 'every query in it', cause: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set`, remedy: `Set ${names.join(' and ')} in the environment.`, severity: 'blind' as const };
    return sourceExamined({ ...frame, summary: null, problems: 0, example: null, gaps: [gap] });
  }
  const { queries, sources, gaps } = await readSources([source], { ...readerOptions(context, { blame: false }), baseDirectory: directory });
  lifetime.signal.throwIfAborted();
  const told = queries.filter(({ problems }) => problems.length > 0);
  return sourceExamined({ ...frame, summary: sources[0] ?? null, problems: told.length, example: told[0]?.problems[0]?.message ?? null, gaps });
}

/** The file itself, what it names on disk, and the programs that are asked. */
async function configurationExamined(context: CommandContext, { file, unset, configuration }: DoctorRun): Promise<Examined[]> {
  const checks: Check[] = [];
  if (file !== null) {
    const seen = `${count(configuration.stores.length, 'store')}, ${count(configuration.sources.length, 'source')}, ${count(configuration.live.dataProducts.length, 'data product')}, ${count(configuration.live.reconcile.length, 'pair')} to reconcile`;
    checks.push(ok('file', 'file', seen));
    if (unset.length > 0) checks.push(warning('environment', 'environment', `not set: ${unset.join(', ')}`, 'what is named by them', step(`Set ${unset.length === 1 ? 'it' : 'them'}, or write the value where it is no secret.`)));
    for (const place of [...configuration.live.contracts, ...configuration.live.dbt]) {
      if (await isMissing(place)) checks.push(notAvailable('path', 'path', `${place} does not exist or may not be read`, 'what it promises of data products', step('Correct the path in tidemark.yaml; it counts from the folder of that file.')));
    }
  }
  if (configuration.sources.some(({ remote }) => remote === undefined)) checks.push(await git(context));
  const description = file === null ? 'flags name what to look at' : file;
  return checks.length === 0 ? [] : [{ kind: 'configuration', name: 'configuration', description, engine: null, role: null, checks, cost: null, roleSql: null }];
}

function isMissing(place: string): Promise<boolean> {
  return access(place).then(
    () => false,
    () => true,
  );
}

/** It says who wrote what nobody owns; everything else goes without it. */
function git({ host, lifetime }: CommandContext): Promise<Check> {
  const { PATH = '' } = host.environment;
  return new Promise((resolve) => {
    execFile('git', ['--version'], { env: { PATH, LC_ALL: 'C' }, timeout: GIT_TIMEOUT_MS, signal: lifetime.signal }, (error, stdout) => {
      const version = /^git version ([\d.]+)/.exec(stdout)?.[1];
      const lost = 'who wrote queries in files that nobody owns';
      resolve(error === null && version !== undefined ? ok('git', 'git', `${version}: names who wrote what nobody owns`) : notAvailable('git', 'git', 'the program git is not there', lost, step('Install git, or leave it: owners in the files themselves are read without it.'), false));
    });
  });
}
