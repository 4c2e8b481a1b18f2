import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type * as lifetimeModule from '../../src/cli/lifetime.js';
import type * as programModule from '../../src/cli/program.js';
import type * as redactModule from '../../src/cli/redact.js';
import type { Host } from '../../src/cli/host.js';
import { build } from '../support/build.js';
import type { Ended, RunOptions } from './tidemark.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The built product by Node's own loader: what it loads on demand, and its threads, are the built ones too. */
const load = createRequire(import.meta.url);

class Collected extends Writable {
  readonly isTTY = false;
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

/**
 * As `tidemark`, within this process: parsers and rules are loaded once for all runs of a file, which takes half off their CPU time (test/cli/impact.test.ts: 68 to 38 s).
 * For commands that answer and end; what is about signals, memory, start or end of the process is tested on a process.
 */
export async function tidemarkHere(args: readonly string[], { cwd = root, env = {} }: Pick<RunOptions, 'cwd' | 'env'> = {}): Promise<Ended> {
  await build();
  const { runCommandLine }: typeof programModule = load(path.join(root, 'dist/cli/program.js'));
  const { Lifetime }: typeof lifetimeModule = load(path.join(root, 'dist/cli/lifetime.js'));
  const { Redactor }: typeof redactModule = load(path.join(root, 'dist/cli/redact.js'));
  const { PATH = '', HOME = '' } = process.env;
  const [stdout, stderr] = [new Collected(), new Collected()];
  const lifetime = new Lifetime(
    (code) => {
      throw new Error(`the run ended the process with ${code}`);
    },
    (message) => void stderr.write(`${message}\n`),
  );
  const streams: unknown = { stdin: process.stdin, stdout, stderr };
  if (!isStreams(streams)) throw new TypeError('no streams');
  const code = await runCommandLine(args, { ...streams, environment: { PATH, HOME, ...env }, directory: cwd, homeDirectory: homedir() }, lifetime, new Redactor());
  return { stdout: stdout.text, stderr: stderr.text, code };
}

/** Of a stream that is no terminal the product asks for `write`, `isTTY` and `columns` alone. */
function isStreams(value: unknown): value is Pick<Host, 'stdin' | 'stdout' | 'stderr'> {
  return typeof value === 'object' && value !== null && 'stdout' in value && 'stderr' in value;
}
