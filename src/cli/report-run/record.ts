import { createHash, randomUUID } from 'node:crypto';
import { commonWatermark, epochOf, positionOf, sourceWatermarks } from '../../official/moment.js';
import { createTableSql, findReportRunTable, insertSql, type ReportRunTable } from '../../official/article-table.js';
import type { GivenValue } from '../../official/parameters.js';
import type { Run, RunInputs, RunResult } from '../../official/run.js';
import { findPersonalData } from '../../privacy/literal.js';
import { sampleFailure } from '../../probes/failure.js';
import { plainText } from '../../text/plain-text.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { UsageError } from '../usage-error.js';
import { writeRecorded, type Recorded } from './answer.js';
import { appendToLedger } from './ledger-file.js';
import { measure, zoneOf } from './measure.js';
import type { RecordOptions } from './options.js';
import { brokenLines, ledgerPath } from './place.js';
import { measureOf, readQuestion, type Question } from './question.js';
import { openedStore, type Opened } from './store.js';
import { cleanText, FILE_BYTES_MAX, keptParameters, namedTexts, namedValues, textFile, valueKey } from './values.js';
import { NotWritten, refuseAuditing, writeStatement, writeTarget, type WriteTarget } from './write.js';

/** `tidemark report-run record`: runs the query of an official report once and keeps all that made its result. */
export async function record(context: CommandContext, name: string, options: RecordOptions): Promise<ExitCode> {
  const { output, progress } = context;
  const forms = formsOf('report-run', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const target = writeTarget(options, context);
  const report = cleanText('the name of the report', name);
  const query = await queryText(context, options);
  const values = await namedValues(context, '--parameters', options.parameters ?? []);
  const references = await namedTexts(context, '--references', options.references ?? []);
  const watermarks = options.watermark === undefined ? null : await namedTexts(context, '--watermark', options.watermark);
  // Where the runs go is known before anything is asked.
  const file = (options.printSql === true || target !== null) && options.to === undefined ? null : await ledgerPath(context, options.to);
  const opened = await openedStore(context, options, options.store, '--store');
  if (target !== null) refuseAuditing(target, opened.prepared.configuration.stores);
  const question = await readQuestion(query, values, opened.engine, context.lifetime.signal);
  const reasons = question.reasons.map(({ text }) => text);
  if (options.strict === true && reasons.length > 0) throw new UsageError('the query is not reproducible by construction, and --strict refuses it', reasons.join('\n'));
  const notes: string[] = reasons.map((text) => `not reproducible by construction: ${text}`);
  const inputs = await inputsOf(context, { report, query, values, references, watermarks, question, options, opened, reasons }, notes);
  progress.stage('running the query');
  return run(context, { inputs, values, opened, file, target, options, notes });
}

async function queryText(context: CommandContext, { query, sql }: RecordOptions): Promise<string> {
  if ((query === undefined) === (sql === undefined)) throw new UsageError('the query is missing', 'name a file with --query, or give the text with --sql');
  const text = sql ?? (await textFile(context, '--query', query ?? ''));
  if (Buffer.byteLength(text) > FILE_BYTES_MAX) throw new UsageError(`the query is larger than ${FILE_BYTES_MAX / 1024} KiB`);
  const [personal] = findPersonalData(text);
  if (personal !== undefined) throw new UsageError(`the query holds personal data or a secret (${personal.kind.replaceAll('_', ' ')}), and it would be kept as it is`, 'write :name in its place and give the value with --parameters: it is then kept as a hash');
  return text;
}

interface Asked {
  report: string;
  query: string;
  values: ReadonlyMap<string, GivenValue>;
  references: Record<string, string>;
  watermarks: Record<string, string> | null;
  question: Question;
  options: RecordOptions;
  opened: Opened;
  reasons: readonly string[];
}

async function inputsOf(context: CommandContext, asked: Asked, notes: string[]): Promise<RunInputs> {
  const { options, opened, question, query } = asked;
  const { session, store, engine, prepared } = opened;
  const found = asked.watermarks ?? (await watermarksOf(context, asked, notes));
  const common = commonWatermark(found);
  const wants = question.asksWatermark || options.at !== undefined;
  if (wants && (common === null || epochOf(common) === null)) throw new UsageError('there is no watermark to hold the query to', 'name it: --watermark NAME=2026-07-01T00:00:00Z, or the relation that holds it as control.watermarks in tidemark.yaml');
  const position = await positionOf(session).catch((error: unknown) => {
    context.lifetime.signal.throwIfAborted();
    notes.push(`the moment of ${plainText(store.name, 60)} is not known: ${sampleFailure(error, { probe: 'its position', store: store.name, role: null, deadline_ms: 2_000 }).message}`);
    return null;
  });
  // Without a watermark of a data product the place in the store's own log says which data it was.
  const sources = Object.keys(found).length === 0 && position !== null ? { [store.name]: position } : found;
  return {
    id: randomUUID(), name: asked.report, store: store.name, engine, query,
    version: options.reportVersion === undefined ? `sql:${createHash('sha256').update(query).digest('hex').slice(0, 12)}` : cleanText('--report-version', options.reportVersion),
    parameters: await keptParameters(asked.values, () => valueKey(context, prepared)),
    sourceWatermarks: sources, watermark: wants ? common : null, at: options.at ?? null, position, referenceVersions: asked.references,
    timeZone: await timeZoneOf(opened, options.zone),
    searchPath: engine === 'postgres' ? options.searchPath.split(',').map((schema) => schema.trim()).filter((schema) => schema !== '') : [],
    bucket: options.bucket ?? null,
    executedBy: executedBy(context, options, opened), role: session.identity().role,
    executedAt: new Date().toISOString(), notReproducible: [...asked.reasons],
  };
}

/** Approval needs somebody else, so nobody is no answer. */
function executedBy({ host: { environment } }: CommandContext, { executedBy: given }: RecordOptions, { session }: Opened): string {
  const name = [given, environment['USER'], environment['LOGNAME'], environment['USERNAME'], session.identity().role].find((one) => typeof one === 'string' && one !== '');
  if (typeof name !== 'string') throw new UsageError('nothing says who runs this report', 'name who does with --executed-by');
  return cleanText('--executed-by', name);
}

async function timeZoneOf({ engine, session, store }: Opened, zone: string | undefined): Promise<string> {
  if (engine === 'postgres') return zone === undefined ? 'UTC' : cleanText('--zone', zone, 64);
  const own = await zoneOf(session);
  if (zone !== undefined && zone !== own) throw new UsageError(`${plainText(store.name, 60)} is DuckDB, which takes the time zone of this process: ${plainText(own, 64)}`, `run it with TZ=${plainText(zone, 64)} in the environment`);
  return own;
}

/** Watermarks of the data products that the query reads; of all where none is called as what it reads. */
async function watermarksOf(context: CommandContext, { question, options, opened }: Asked, notes: string[]): Promise<Record<string, string>> {
  const { session, store, prepared } = opened;
  const { control, dataProducts } = prepared.configuration.live;
  const names = { relation: control.watermarks, product: control.columns['data_product_name'] ?? 'data_product_name', watermark: control.columns['source_high_watermark'] ?? 'source_high_watermark' };
  try {
    const all = await sourceWatermarks(session, names, options.product === undefined ? null : new Set(options.product));
    if (all === null) {
      notes.push(`${plainText(store.name, 60)} shows no control table of watermarks: which data it was is told by its position only. --watermark NAME=VALUE names them`);
      return {};
    }
    if (options.product !== undefined) {
      const absent = options.product.filter((name) => all[name] === undefined);
      if (absent.length > 0) throw new UsageError(`--product: the control table has no watermark of ${absent.map((name) => plainText(name, 60)).join(', ')}`);
      return all;
    }
    const declared = new Set(dataProducts.filter(({ relation }) => relation !== null && question.relations.has(relation)).map((product) => product.name));
    const read = Object.entries(all).filter(([product]) => declared.has(product) || question.relations.has(product) || question.relations.has(product.split('.').at(-1) ?? ''));
    if (read.length > 0 || Object.keys(all).length === 0) return Object.fromEntries(read);
    notes.push('no data product is called as what the query reads: the watermarks of all are kept; --product names those that it reads');
    return all;
  } catch (error) {
    context.lifetime.signal.throwIfAborted();
    if (error instanceof UsageError) throw error;
    const { message, next_step } = sampleFailure(error, { probe: 'the control table of watermarks', store: store.name, role: session.identity().role, deadline_ms: 2_000, engine: session.engine });
    notes.push(`${message}. ${next_step}`);
    return {};
  }
}

interface Running {
  inputs: RunInputs;
  values: ReadonlyMap<string, GivenValue>;
  opened: Opened;
  file: string | null;
  target: WriteTarget | null;
  options: RecordOptions;
  notes: string[];
}

async function run(context: CommandContext, running: Running): Promise<ExitCode> {
  const { inputs, opened, file, options, notes } = running;
  const { id, executedAt } = inputs;
  const begun = file === null ? null : await appendToLedger(file, { event: 'running', at: executedAt, run: inputs }, (ledger) => brokenLines({ kind: 'file', file, ledger, runs: ledger.runs }, undefined)[0] ?? null);
  if (begun !== null && 'refused' in begun) {
    context.progress.end();
    context.output.note(`tidemark: nothing was recorded: ${begun.refused}. Keep the file as it is, and begin a new one with --to`);
    return EXIT.findings;
  }
  let head = begun?.head ?? null;
  const measured = await measure(opened.session, {
    ...measureOf(inputs, running.values), deadline_ms: options.timeout * 1000, signal: context.lifetime.signal,
  });
  const endedAt = new Date().toISOString();
  const base: Run = { inputs, status: 'FAILED', result: null, endedAt, failure: null, approved: null, revoked: null };
  if ('failure' in measured) {
    const { message, nextStep } = measured.failure;
    if (file !== null) head = headOf(await appendToLedger(file, { event: 'failed', at: endedAt, id, because: message }));
    await writeRecorded(context, { run: { ...base, failure: message }, file, head, notes, sql: null, written: null, nextStep });
    return EXIT.blind;
  }
  const { result, floats } = measured;
  if (floats.length > 0) notes.push(`${floats.join(', ')}: floating-point numbers are compared to ten significant digits`);
  if (file !== null) head = headOf(await appendToLedger(file, { event: 'succeeded', at: endedAt, id, result }));
  const { sql, written, code } = await tableOf(context, running, result);
  await writeRecorded(context, { run: { ...base, status: 'SUCCEEDED', result }, file, head, notes, sql, written, nextStep: null });
  return code;
}

function headOf(appended: { head: string } | { refused: string }): string {
  return 'head' in appended ? appended.head : '';
}

async function tableOf(context: CommandContext, { inputs, opened, target, options, notes }: Running, result: RunResult): Promise<Pick<Recorded, 'sql' | 'written'> & { code: ExitCode }> {
  if (options.printSql !== true && target === null) return { sql: null, written: null, code: EXIT.clean };
  const table = await findReportRunTable(opened.session).catch((): ReportRunTable | null => {
    context.lifetime.signal.throwIfAborted();
    return null;
  });
  const insert = insertSql(inputs, result, target?.engine ?? inputs.engine, table ?? undefined);
  const engine = target?.engine ?? inputs.engine;
  if (table !== null && inputs.bucket !== null && !table.further.includes('result_buckets')) notes.push(`${table.schema}.${table.name} has no column result_buckets: from the table alone verify cannot name the part that differs`);
  const script = table === null ? `${createTableSql(engine)}\n\n${insert};` : `${insert};`;
  if (target === null) return { sql: script, written: null, code: EXIT.clean };
  try {
    const rows = await writeStatement(target, insert, context);
    return { sql: options.printSql === true ? script : null, written: rows === 1, code: rows === 1 ? EXIT.clean : EXIT.blind };
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    notes.push(error.message);
    // What was measured is not lost.
    return { sql: script, written: false, code: EXIT.blind };
  }
}
