import { addAbortSignal } from 'node:stream';
import { sortedJson } from '../../../report/layout/sorted-json.js';
import { POSTGRES } from '../../../sql/dialect.js';
import { createParsers } from '../../../sql/parse/parsers.js';
import { count } from '../../../text/quantity.js';
import type { CommandContext } from '../../command.js';
import { EXIT, type ExitCode } from '../../exit-code.js';
import { linesOf } from '../../inspect/input.js';
import { Comparer } from './comparer.js';
import { type ComparisonForm, comparisonForm, notCompared, printed, sentence } from './form.js';
import { type CompareOptions, TIMEOUT_MS_DEFAULT } from './options.js';
import { type Asked, readLine } from './request.js';

/** In UTF-16 units: two queries with their DDL. Beyond it lies no question that a person asked. */
const LINE_LENGTH_MAX = 16 * 1024 * 1024;

/** Answers the lines of standard input, each as soon as it is decided, until it ends or nobody reads any more. */
export async function answerLines(context: CommandContext, options: CompareOptions, session: Readonly<Record<string, unknown>>): Promise<ExitCode> {
  const { host, lifetime, output } = context;
  const parsers = await createParsers({ signal: lifetime.signal });
  const comparer = new Comparer(parsers, options.engine ?? null, options.timeout ?? TIMEOUT_MS_DEFAULT);
  const unregister = lifetime.onEnd(() => comparer.close());
  let faults = 0;
  try {
    for await (const lines of linesOf(addAbortSignal(lifetime.signal, host.stdin), LINE_LENGTH_MAX)) {
      for (const line of lines) {
        lifetime.signal.throwIfAborted();
        if (line !== null && line.trim() === '') continue;
        const asked = line === null ? tooLong() : readLine(line, { dialect: options.dialect ?? POSTGRES, session });
        const answer = await answerOf(asked, comparer);
        if (answer.isFault) faults += 1;
        await output.print(`${sortedJson(printed(context.redactor.redactAll({ id: asked.id, ...answer.form })))}\n`);
        if (output.isClosed) break;
      }
      parsers.forget();
      if (output.isClosed) break;
    }
  } finally {
    unregister();
    await comparer.close();
    await parsers.close();
  }
  if (faults > 0) output.note(`tidemark: ${count(faults, 'line')} could not be compared; the answer of each says why`);
  return EXIT.clean;
}

function tooLong(): Asked {
  return { id: null, fault: `the line is longer than ${count(LINE_LENGTH_MAX, 'character')}` };
}

async function answerOf(asked: Asked, comparer: Comparer): Promise<{ form: ComparisonForm; isFault: boolean }> {
  const refused = (fault: string) => ({ form: notCompared(sentence(fault)), isFault: true });
  if ('fault' in asked) return refused(asked.fault);
  try {
    const comparison = await comparer.compare(asked.question);
    return 'fault' in comparison ? refused(comparison.fault) : { form: comparisonForm(comparison), isFault: false };
  } catch (error) {
    // What overruns the stack costs its own line only.
    if (!(error instanceof RangeError)) throw error;
    return refused('the queries or the schema are nested too deeply to be followed');
  }
}
