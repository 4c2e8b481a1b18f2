import path from 'node:path';
import type { Ledger } from '../../official/ledger.js';
import type { ReportRunTable } from '../../official/article-table.js';
import type { Run } from '../../official/run.js';
import type { LiveSession } from '../../stores/live.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { configurationFile } from '../configuration.js';
import type { PlaceOptions } from './options.js';
import { UsageError } from '../usage-error.js';
import { readLedgerFile } from './ledger-file.js';
import { openedStore, type Opened, type StoreFlags } from './store.js';

const FILE = 'report-runs.ndjson';

/** The file of runs: `--to`, else `report-runs.ndjson` beside the configuration or in the working folder. */
export async function ledgerPath(context: CommandContext, to: string | undefined): Promise<string> {
  const { directory } = context.host;
  if (to === '') throw new UsageError('--to names no file');
  if (to !== undefined) return path.resolve(directory, to);
  const configuration = await configurationFile(context);
  return path.join(configuration === null ? directory : path.dirname(configuration), FILE);
}

/** Where the runs of a command come from. */
export type RunPlace =
  | { kind: 'file'; file: string; ledger: Ledger; runs: readonly Run[] }
  | { kind: 'table'; opened: Opened; session: LiveSession; table: ReportRunTable; runs: readonly Run[]; foreign: readonly string[] };

/** @throws UsageError, LedgerProblemError, and what opening a store throws */
export async function runPlace(context: CommandContext, options: PlaceOptions & StoreFlags): Promise<RunPlace> {
  if (options.from === undefined) {
    const file = await ledgerPath(context, options.to);
    const ledger = await readLedgerFile(file);
    return { kind: 'file', file, ledger, runs: ledger.runs };
  }
  if (options.head !== undefined) throw new UsageError('--head is of the file of runs, and --from reads a table');
  const { findReportRunTable, runsOfTable } = await import('../../official/article-table.js');
  const opened = await openedStore(context, options, options.from, '--from');
  const table = await findReportRunTable(opened.session);
  if (table === null) throw new UsageError(`${opened.store.name} shows no report_run table to this role`, 'tidemark report-run record NAME --print-sql prints the statement that makes one');
  return { kind: 'table', opened, session: opened.session, table, ...(await runsOfTable(opened.session, table)) };
}

/** What is wrong with the file of runs, in words, one a line; empty where it holds together. A line that was cut off is no change. */
export function brokenLines(place: RunPlace, head: string | undefined): string[] {
  if (place.kind === 'table') return [];
  const { ledger, file } = place;
  const name = path.basename(file);
  const lines = ledger.problems.filter(({ kind }) => kind === 'changed').map(({ line, text }) => `${name}: line ${line} ${text}`);
  if (head === undefined || ledger.hashes.has(head.trim().toLowerCase())) return lines;
  return [...lines, `${name} does not hold the line of --head ${head.slice(0, 12)}: lines were taken off its end, or it is another file`];
}

/** What else there is to say of the file of runs. */
export function remarksOf(place: RunPlace): string[] {
  if (place.kind === 'table') return place.foreign.length === 0 ? [] : [`${count(place.foreign.length, 'run')} of the table ${place.foreign.length === 1 ? 'was' : 'were'} not recorded by tidemark: nothing says how to run ${place.foreign.length === 1 ? 'it' : 'them'} again`];
  const name = path.basename(place.file);
  return place.ledger.problems.filter(({ kind }) => kind === 'torn').map(({ line, text }) => `${name}: line ${line} ${text}`);
}
