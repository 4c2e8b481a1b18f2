import { PassThrough } from 'node:stream';
import { Command, CommanderError } from 'commander';
import type { CommandModule } from '../../../src/cli/command.js';
import { errorMessage } from '../../../src/cli/error-message.js';
import { EXIT } from '../../../src/cli/exit-code.js';
import { addGlobalOptions, globalOptions } from '../../../src/cli/global-options.js';
import type { Host } from '../../../src/cli/host.js';
import { Lifetime } from '../../../src/cli/lifetime.js';
import { Output } from '../../../src/cli/output.js';
import { createProgress } from '../../../src/cli/progress.js';
import { Redactor } from '../../../src/cli/redact.js';

export interface Ran {
  stdout: string;
  stderr: string;
  code: number;
}

export interface InProcess {
  directory: string;
  homeDirectory: string;
  environment?: Record<string, string>;
  /** Columns of a terminal; absent where the output goes to a program. */
  terminal?: number;
  /** Gets how to press Ctrl-C. */
  onStart?: (interrupt: () => void) => void;
}

class Sink extends PassThrough {
  readonly parts: string[] = [];
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns: number | undefined) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
    this.on('data', (chunk: Buffer) => this.parts.push(chunk.toString()));
  }
}

/** Runs one command with a host of its own, as `tidemark NAME ARGS` would in a process. */
export async function inProcess(name: string, { register }: CommandModule, args: readonly string[], given: InProcess): Promise<Ran> {
  const [stdout, stderr] = [new Sink(given.terminal), new Sink(undefined)];
  const host = hostOf(stdout, stderr, given);
  const lifetime = new Lifetime(() => undefined, (message) => void stderr.write(`${message}\n`));
  const redactor = new Redactor();
  const program = new Command('tidemark').exitOverride().configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: () => {}, outputError: () => {} });
  addGlobalOptions(program);
  const command = program.command(name);
  let code: number = EXIT.clean;
  register(command, async (work) => {
    const options = globalOptions(program);
    code = await work({ host, options, lifetime, redactor, output: new Output(host, options), progress: createProgress({ write: (text) => void stderr.write(text), columns: 80, form: options.verbose ? 'log' : 'none' }) });
  });
  lifetime.listen();
  given.onStart?.(() => process.emit('SIGINT'));
  try {
    await program.parseAsync([name, ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0) && !lifetime.signal.aborted) {
      stderr.write(`${redactor.redact(errorMessage(error, false))}\n`);
      code = EXIT.fault;
    }
  } finally {
    lifetime.stopListening();
    for (const failure of await lifetime.end()) stderr.write(`${errorMessage(failure, false)}\n`);
  }
  return { stdout: stdout.parts.join(''), stderr: stderr.parts.join(''), code: lifetime.signalCode ?? code };
}

function hostOf(stdout: Sink, stderr: Sink, { directory, homeDirectory, environment = {} }: InProcess): Host {
  const streams: { stdout: unknown; stderr: unknown } = { stdout, stderr };
  if (!isWriteStream(streams.stdout) || !isWriteStream(streams.stderr)) throw new TypeError('a sink is a stream to write to');
  return { stdin: process.stdin, stdout: streams.stdout, stderr: streams.stderr, environment: { LANG: 'C.UTF-8', ...environment }, directory, homeDirectory };
}

/** What the command line uses of a terminal: `write`, `isTTY` and `columns`. */
function isWriteStream(stream: unknown): stream is NodeJS.WriteStream {
  return stream instanceof Sink;
}
