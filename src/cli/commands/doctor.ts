import type { Command } from 'commander';
import type { DoctorReport, Examined } from '../../doctor/check.js';
import type { Act, CommandContext } from '../command.js';
import type { DoctorOptions, DoctorRun } from '../doctor/targets.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { addTargetOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

export function register(command: Command, act: Act): void {
  addTargetOptions(command)
    .option('--store <name>', 'only this store of tidemark.yaml')
    .option('--sql', 'print only the SQL of the least-privilege role, to be run by psql or, for a warehouse, by its administrator; nothing is executed')
    .option('--role <name>', 'the role that the SQL is for; default: tidemark_ro, or the one that connects where its name says tidemark')
    .addHelpText('after', HELP)
    .action((options: DoctorOptions) => act((context) => run(context, options)));
}

const HELP = `
Examples:
  tidemark doctor                    the stores and sources of tidemark.yaml
  tidemark doctor --postgres postgresql://tidemark_ro@db.example/casework
  tidemark doctor --sql | less       read it first; then, as a superuser:
  tidemark doctor --sql | psql -d casework
  tidemark doctor --format json | jq '.subjects[].checks[].state'

Everything is read-only and bounded in time; what would change something is
printed. docs/doctor.md explains each line and the JSON.

Exit codes:
  0  everything needed can be looked at; there may be warnings
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  something that is needed cannot be looked at`;

async function run(context: CommandContext, options: DoctorOptions): Promise<ExitCode> {
  const format = formatOf(context, options);
  const { doctorTargets } = await import('../doctor/targets.js');
  const targets = await doctorTargets(context, options);
  return options.sql === true ? printSql(context, targets) : examineAll(context, targets, format);
}

async function examineAll(context: CommandContext, targets: DoctorRun, format: Format): Promise<ExitCode> {
  const { output, progress, lifetime, redactor } = context;
  const { examine } = await import('../doctor/examine.js');
  const { isBlind } = await import('../../doctor/check.js');
  const report: DoctorReport = redactor.redactAll(await examine(context, targets));
  lifetime.signal.throwIfAborted();
  progress.end();
  if (format.id === 'json') {
    const { sortedJson } = await import('../../report/layout/sorted-json.js');
    await output.printOrWrite(`${sortedJson(report, 2)}\n`, format.file);
  } else {
    const { doctorPage } = await import('../doctor/page.js');
    const { createPage } = await import('../../report/layout/page.js');
    const { COLUMNS_DEFAULT } = await import('../output.js');
    const page = createPage(format.file === null ? output.columns() : COLUMNS_DEFAULT, format.file === null && output.colors());
    await output.printOrWrite(`${doctorPage(page, report, context.options.quiet).join('\n')}\n`, format.file);
  }
  return isBlind(report) ? EXIT.blind : EXIT.clean;
}

/** Only SQL goes to standard output, so that psql can read it; why it may be incomplete goes to standard error. */
async function printSql(context: CommandContext, targets: DoctorRun): Promise<ExitCode> {
  const { output, progress, redactor, lifetime } = context;
  if (targets.stores.length === 0) {
    const { roleSqlUnseen } = await import('../../doctor/role-sql.js');
    await output.printOrWrite(roleSqlUnseen(targets.role, null, []).sql);
    return EXIT.clean;
  }
  const withRoles = targets.stores.filter(({ store }) => store.engine !== 'duckdb');
  const postgres = withRoles.filter(({ store }) => store.engine === 'postgres');
  // Production's role is what is meant where nothing else is said.
  const stores = postgres.length === 1 ? postgres : withRoles;
  const [one, another] = stores;
  if (one === undefined) throw new UsageError('there is no store with roles: a DuckDB file has none', 'let the user of the system who runs tidemark read the file and nothing more');
  if (another !== undefined) {
    throw new UsageError(`the SQL is for one database, and there are ${stores.length} stores with roles`, stores.map(({ store }) => `tidemark doctor --sql --store '${store.name}'`).join('\n'));
  }
  const { examineOne } = await import('../doctor/examine.js');
  const examined: Examined = redactor.redactAll(await examineOne(context, one, targets.configuration, targets.role));
  lifetime.signal.throwIfAborted();
  progress.end();
  const unreached = examined.checks.find(({ id, state }) => id === 'connection' && state === 'not available');
  if (unreached !== undefined) output.note(`${examined.name} was not looked at (${unreached.seen}): the SQL is by the configuration alone`);
  await output.printOrWrite(examined.roleSql?.sql ?? '');
  return unreached === undefined ? EXIT.clean : EXIT.blind;
}

interface Format {
  id: 'text' | 'json';
  file: string | null;
}

function formatOf({ options }: CommandContext, { sql }: DoctorOptions): Format {
  const [wanted = 'text', another] = options.format;
  if (sql === true && options.format.length > 0) throw new UsageError('--sql prints SQL, which has no other format', 'the SQL stands in --format json too, as roleSql');
  const colon = wanted.indexOf(':');
  const id = colon < 0 ? wanted : wanted.slice(0, colon);
  const hint = 'text is for people, --format json for programs';
  if (another !== undefined) throw new UsageError('doctor gives one answer, and two formats are asked for', hint);
  if (id !== 'text' && id !== 'json') throw new UsageError(`doctor has no format '${id}'`, hint);
  if (colon >= 0 && options.output !== undefined) throw new UsageError('-o names a file, but --format already has one');
  return { id, file: colon < 0 ? (options.output ?? null) : wanted.slice(colon + 1) };
}
