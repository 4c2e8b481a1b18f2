import { readText } from '../../config/load.js';
import { configurationFromTargets, type Targets } from '../../config/defaults.js';
import type { ExaminedStore } from '../../doctor/examine.js';
import type { Configuration } from '../../model/configuration.js';
import { suggestion } from '../../text/nearest-name.js';
import type { CommandContext } from '../command.js';
import { configurationFile, displayName, readConfiguration } from '../configuration.js';
import { givenTargets, prepareLive } from '../targets.js';
import { UsageError } from '../usage-error.js';

export interface DoctorOptions extends Partial<Targets> {
  store?: string;
  sql?: boolean;
  role?: string;
}

/** What is examined. */
export interface DoctorRun {
  configuration: Configuration;
  /** Where relative paths of sources start from. */
  directory: string;
  stores: ExaminedStore[];
  /** The file as a person names it; null where flags name what to look at. */
  file: string | null;
  /** Variables of the environment that the file names and nobody set. */
  unset: string[];
  /** True where one store was asked for: then nothing else is examined. */
  onlyStore: boolean;
  /** The role that SQL is printed for; null leaves it to what is found. */
  role: string | null;
}

const REFERENCE = /\$\{env:([^}]{1,200})\}/g;

/** @throws UsageError, ConfigurationError */
export async function doctorTargets(context: CommandContext, options: DoctorOptions): Promise<DoctorRun> {
  const { store: wanted, sql, role } = options;
  if (role !== undefined && (role === '' || Buffer.byteLength(role) > 63 || role.includes('\0'))) throw new UsageError('--role is no name of a role: 1 to 63 bytes');
  const given = givenTargets(options);
  const isFlagged = Object.keys(given).length > 0;
  const file = isFlagged ? null : await configurationFile(context);
  const found = file === null ? await withoutFile(context, given, sql === true && !isFlagged) : await fromFile(context, file);
  const run = { ...found, role: role ?? null };
  if (wanted === undefined) return run;
  const stores = run.stores.filter(({ store }) => store.name === wanted);
  if (stores.length === 0) {
    const names = run.stores.map(({ store }) => store.name);
    throw new UsageError(`there is no store '${wanted}'${suggestion(wanted, names)}`, `stores: ${names.join(', ') || 'none'}`);
  }
  return { ...run, stores, onlyStore: true };
}

async function withoutFile(context: CommandContext, given: Partial<Targets>, generic: boolean): Promise<DoctorRun> {
  if (generic) {
    const { configuration } = configurationFromTargets({});
    return { configuration, directory: context.host.directory, stores: [], file: null, unset: [], onlyStore: false, role: null };
  }
  const { configuration, directory } = await prepareLive(context, given).catch((error: unknown) => {
    if (!(error instanceof UsageError) || Object.keys(given).length > 0) throw error;
    throw new UsageError(error.message, `${error.hint ?? ''}\ntidemark doctor --sql prints a role that may look at any database, before there is anything else`);
  });
  return { configuration, directory, stores: configuration.stores.map((store) => ({ store, unset: [] })), file: null, unset: [], onlyStore: false, role: null };
}

/** A variable that is not set costs the stores that need it, not the whole run: until then a mark stands in its place. */
async function fromFile(context: CommandContext, file: string): Promise<DoctorRun> {
  const { environment } = context.host;
  const name = displayName(context, file);
  const text = await readText(file, name);
  const unset = [...new Set([...text.matchAll(REFERENCE)].flatMap(([, variable = '']) => (environment[variable] === undefined ? [variable] : [])))].sort();
  const marks = new Map(unset.map((variable, index) => [variable, `tidemark-unset-${index}-`]));
  const host = { ...context.host, environment: { ...environment, ...Object.fromEntries(marks) } };
  const { configuration, directory } = await readConfiguration({ ...context, host }, file, true);
  // A mark is made of what no URL encodes.
  const named = (written: string): string[] => [...marks].flatMap(([variable, mark]) => (written.includes(mark) ? [variable] : []));
  const stores = configuration.stores.map((store): ExaminedStore => ({ store, unset: named([store.url ?? '', ...Object.values(store.credentials ?? {})].join(' ')) }));
  return { configuration, directory, stores, file: name, unset, onlyStore: false, role: null };
}
