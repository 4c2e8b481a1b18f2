import { type Command, Option } from 'commander';
import type { Configuration, SourceConfiguration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Gap } from '../../model/snapshot.js';
import type { Act, CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { SourceTargets } from '../sources/targets.js';
import { addStoreOptions } from '../target-options.js';
import { UsageError } from '../usage-error.js';

interface SourcesOptions extends SourceTargets {
  dump?: string;
}

export function register(command: Command, act: Act): void {
  addStoreOptions(command.argument('[path...]', 'files, folders, archives, or the address of a tool; default: the sources of tidemark.yaml'))
    .option('--tool <name>', 'the tool whose files or address these are; default: every tool looks')
    .addOption(new Option('--token-env <variable>', 'the environment variable with the API key or token for an address'))
    .addOption(new Option('--username <name>', 'who signs in at an address'))
    .addOption(new Option('--password-env <variable>', 'the environment variable with the password'))
    .option('--dump <folder>', 'keep the answers of an address as files, secrets replaced, to be read again without it')
    .addHelpText('after', HELP)
    .action((paths: string[], options: SourcesOptions) => act((context) => run(context, paths, options)));
}

const HELP = `
Examples:
  tidemark sources exports/ reports/ superset.zip
  tidemark sources exports/ --format ndjson | jq -r .id
  tidemark sources https://bi.example --tool metabase \\
    --token-env METABASE_KEY --dump metabase/

--format ndjson writes a line for each query: id, kind, role, sqlKind, title,
container, owner, connection, store, origin (file, pointer, line, column), raw,
variants, problems. docs/sources.md is its contract.

Exit codes:
  0  every source was read; queries with problems are listed
  2  wrong usage, or a fault of tidemark
  3  a source could not be read at all`;

async function run(context: CommandContext, paths: readonly string[], options: SourcesOptions): Promise<ExitCode> {
  const { output, progress, lifetime, redactor } = context;
  const { signal } = lifetime;
  const format = formatOf(context);
  const { sourceTargets } = await import('../sources/targets.js');
  const { configuration, directory, looksAtStores } = await sourceTargets(context, paths, options);
  if (options.dump !== undefined && !configuration.sources.some(isRemote)) throw new UsageError('--dump keeps the answers of a tool, and no address of one was given');
  const { readSources } = await import('../../sources/reading/read.js');
  const { DumpError } = await import('../../sources/reading/remote.js');
  const { readerOptions } = await import('../sources/reader-options.js');
  progress.stage('reading sources');
  const reading = await readSources(configuration.sources, {
    ...readerOptions(context, { dump: options.dump }),
    baseDirectory: directory,
    signal,
    onProgress: ({ path, files, filesTotal }) => progress.detail(`${path}: ${filesTotal === null ? `${files} answers` : `file ${files} of ${filesTotal}`}`),
  }).catch((error: unknown) => {
    throw error instanceof DumpError ? new UsageError(error.message) : error;
  });
  const ofStores = looksAtStores ? await storeQueries(context, configuration) : { queries: [], gaps: [] };
  signal.throwIfAborted();
  progress.stage('reading their SQL');
  const { listingOf } = await import('../sources/listing.js');
  const listing = await listingOf({ queries: [...reading.queries, ...ofStores.queries], sources: reading.sources, gaps: redactor.redactAll([...reading.gaps, ...ofStores.gaps]) }, configuration, signal);
  progress.end();
  if (format.id === 'text') {
    const { listingPage } = await import('../sources/page.js');
    const { createPage } = await import('../../report/layout/page.js');
    const page = createPage(format.file === null ? output.columns() : 100, format.file === null && output.colors());
    await output.printOrWrite(`${redactor.redact(listingPage(page, listing).join('\n'))}\n`, format.file);
  } else {
    const { recordOf } = await import('../sources/records.js');
    const { sortedJson } = await import('../../report/layout/sorted-json.js');
    // Redacted before it is JSON: what hides a password must not run over a quote.
    await output.printOrWrite(listing.queries.map((one) => `${sortedJson(redactor.redactAll(recordOf(one)))}\n`).join(''), format.file);
    for (const gap of listing.gaps) output.note(`not read: ${gap.subject}: ${gap.cause}${gap.remedy === null ? '' : ` → ${gap.remedy}`}`);
  }
  return listing.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

function isRemote({ remote }: SourceConfiguration): boolean {
  return remote !== undefined;
}

/** Views and statements of the stores that flags name: a database holds queries of others too. */
async function storeQueries(context: CommandContext, configuration: Configuration): Promise<{ queries: CollectedQuery[]; gaps: Gap[] }> {
  const { queriesOfStores } = await import('../sources/store-queries.js');
  return queriesOfStores(context, configuration);
}

function formatOf({ options }: CommandContext): { id: 'text' | 'ndjson'; file: string | null } {
  const [wanted = 'text', another] = options.format;
  const colon = wanted.indexOf(':');
  const id = colon < 0 ? wanted : wanted.slice(0, colon);
  const hint = 'text is for people, --format ndjson gives a line for each query';
  if (another !== undefined) throw new UsageError('sources gives one answer, and two formats are asked for', hint);
  if (id !== 'text' && id !== 'ndjson') throw new UsageError(`sources has no format '${id}'`, hint);
  if (colon >= 0 && options.output !== undefined) throw new UsageError('-o names a file, but --format already has one');
  return { id, file: colon < 0 ? (options.output ?? null) : wanted.slice(colon + 1) };
}
