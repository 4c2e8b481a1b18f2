import { addAbortSignal } from 'node:stream';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { type Dialect, POSTGRES } from '../../sql/dialect.js';
import { createParsers } from '../../sql/parse/parsers.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { UsageError } from '../usage-error.js';
import { linesOf } from './input.js';
import { judgementOf } from './judgement.js';
import { Readers } from './readers.js';
import { type Asked, answerAll, readRequest } from './stream.js';

/** In UTF-16 units: a statement with its DDL. Beyond it lies no question that a person asked. */
const LINE_LENGTH_MAX = 16 * 1024 * 1024;

/** Answers the lines of standard input until it ends or nobody reads any more. */
export async function answerStream(context: CommandContext, options: { dialect?: Dialect; thorough?: boolean }): Promise<ExitCode> {
  const { host, lifetime, output } = context;
  if (context.options.output !== undefined) throw new UsageError('--ndjson answers on standard output', 'redirect it: tidemark inspect --ndjson > FILE');
  const { masks, thresholds } = await judgementOf(context);
  const parsers = await createParsers({ thorough: options.thorough ?? false, signal: lifetime.signal });
  const readers = new Readers(parsers, masks);
  let faults = 0;
  try {
    for await (const lines of linesOf(addAbortSignal(lifetime.signal, host.stdin), LINE_LENGTH_MAX)) {
      lifetime.signal.throwIfAborted();
      const asked = lines.filter((line) => line === null || line.trim() !== '').map((line) => askedBy(line, options.dialect ?? POSTGRES));
      faults += asked.filter((one) => 'fault' in one).length;
      const answers = await answerAll(asked, { parsers, readers, thresholds });
      await output.print(answers.map((answer) => `${sortedJson(answer)}\n`).join(''));
      if (output.isClosed) break;
    }
  } finally {
    await parsers.close();
  }
  if (faults === 0) return EXIT.clean;
  output.note(`tidemark: ${count(faults, 'line')} asked nothing that can be answered; each has an answer that says why`);
  return EXIT.fault;
}

function askedBy(line: string | null, dialect: Dialect): Asked {
  if (line === null) return { id: null, fault: `the line is longer than ${count(LINE_LENGTH_MAX, 'character')}` };
  return readRequest(line, dialect);
}
