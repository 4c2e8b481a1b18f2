import { COLUMNS_DEFAULT } from '../../output.js';
import type { MetricComparison } from '../../../model/metric-verdict.js';
import { createPage } from '../../../report/layout/page.js';
import { sortedJson } from '../../../report/layout/sorted-json.js';
import { createParsers } from '../../../sql/parse/parsers.js';
import { ScratchError } from '../../../model/scratch-engine.js';
import type { CommandContext } from '../../command.js';
import { EXIT, type ExitCode } from '../../exit-code.js';
import { UsageError } from '../../usage-error.js';
import type { Question } from './comparer.js';
import { type CompareOptions, TIMEOUT_MS_DEFAULT } from './options.js';
import { type SessionFlags, sessionFlags } from './session-flags.js';

/** `tidemark metrics compare`. */
export async function compare(context: CommandContext, a: string | undefined, b: string | undefined, options: CompareOptions): Promise<ExitCode> {
  const sessions = sessionFlags(options.session ?? []);
  if (options.ndjson === true) {
    refuseForLines(context, a, options, sessions);
    const { answerLines } = await import('./stream.js');
    return answerLines(context, options, sessions.both);
  }
  if (a === undefined || b === undefined) {
    throw new UsageError(a === undefined ? 'there is nothing to compare' : 'there is no second query to compare with', 'name two files of SQL, as in tidemark metrics compare a.sql b.sql --ddl schema.sql');
  }
  const form = formOf(context);
  if (form.file !== null) await context.output.refuseUnwritable(form.file);
  const { questionOf } = await import('./question.js');
  const { Comparer } = await import('./comparer.js');
  const question = await questionOf(context, a, b, options, sessions);
  const parsers = await createParsers({ signal: context.lifetime.signal });
  const comparer = new Comparer(parsers, options.engine ?? null, options.timeout ?? TIMEOUT_MS_DEFAULT);
  const unregister = context.lifetime.onEnd(() => comparer.close());
  context.progress.stage('comparing');
  try {
    const comparison = await comparer.compare(question);
    context.progress.end();
    return await print(context, comparison, question, options.sql === true ? { ...form, format: 'sql' } : form);
  } catch (error) {
    context.lifetime.signal.throwIfAborted();
    if (!(error instanceof ScratchError)) throw error;
    throw new UsageError(`the engine could not be started: ${context.redactor.redact(error.message)}`, 'another one can be named with --engine: pglite, duckdb or the URL of a scratch server');
  } finally {
    unregister();
    await comparer.close();
    await parsers.close();
  }
}

/** The exit code of a verdict. */
function exitCodeOf({ verdict }: MetricComparison): ExitCode {
  if (verdict === 'undecided') return EXIT.blind;
  return verdict === 'equal' || verdict === 'equal-under' ? EXIT.clean : EXIT.findings;
}

function refuseForLines(context: CommandContext, a: string | undefined, options: CompareOptions, sessions: SessionFlags): void {
  const format = context.options.format.find((name) => name !== 'json' && name !== 'ndjson');
  if (format !== undefined) throw new UsageError(`--ndjson answers in lines of JSON, not as ${format}`);
  if (context.options.output !== undefined) throw new UsageError('--ndjson answers on standard output', 'redirect it: tidemark metrics compare --ndjson > FILE');
  if (a !== undefined || options.ddl || options.lateDdl || options.bundle || options.store || options.nameA || options.nameB) {
    throw new UsageError('--ndjson reads everything from standard input', 'give each line its own "sql_a", "sql_b" and "schema_ddl"');
  }
  if (sessions.apart) throw new UsageError('--ndjson has one session for all lines', 'give a line its own "session_a" and "session_b"');
}

function formOf({ options }: CommandContext): Form {
  const [wanted = 'text', another] = options.format;
  const colon = wanted.indexOf(':');
  const format = colon < 0 ? wanted : wanted.slice(0, colon);
  const hint = 'text is for people, --format json for machines, --ndjson for many pairs';
  if (another !== undefined) throw new UsageError('compare gives one answer, and two formats are asked for', hint);
  if (format !== 'text' && format !== 'json') throw new UsageError(`compare has no format '${format}'`, hint);
  if (colon >= 0 && options.output !== undefined) throw new UsageError('-o names a file, but --format already has one');
  return { format, file: colon < 0 ? (options.output ?? null) : wanted.slice(colon + 1) };
}

interface Form {
  format: 'text' | 'json' | 'sql';
  file: string | null;
}

async function print({ output, options, redactor }: CommandContext, comparison: MetricComparison | { fault: string }, { names, a, b }: Question, { format, file }: Form): Promise<ExitCode> {
  const { comparisonForm, notCompared, printed, sentence } = await import('./form.js');
  const why = 'fault' in comparison ? sentence(comparison.fault) : null;
  if (format === 'json') {
    const form = 'fault' in comparison ? notCompared(why ?? '') : comparisonForm(comparison);
    await output.printOrWrite(`${sortedJson(printed(redactor.redactAll({ schemaVersion: 1, ...form })), 2)}\n`, file);
  } else if ('fault' in comparison) {
    output.note(`tidemark: not compared: ${redactor.redact(comparison.fault)}`);
  } else if (format === 'sql') {
    const { runnable } = await import('../sql-lines.js');
    if (comparison.witness === null) output.note(`tidemark: there are no rows to show: ${comparison.why}`);
    else await output.printOrWrite(`${runnable(comparison.witness.sql)}\n`, file);
  } else {
    const { comparisonPage } = await import('./page.js');
    const page = file === null ? createPage(output.columns(), output.colors()) : createPage(COLUMNS_DEFAULT, options.color === 'always');
    await output.printOrWrite(`${redactor.redact(comparisonPage(page, comparison, names, [a.sql, b.sql]).map((line) => line.trimEnd()).join('\n'))}\n`, file);
  }
  return 'fault' in comparison ? EXIT.blind : exitCodeOf(comparison);
}
