import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../support/build.js';

export { build };

const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = path.join(root, 'bin/tidemark.js');

export interface Ended {
  stdout: string;
  stderr: string;
  /** Null where a signal ended it. */
  code: number | null;
}

export interface RunOptions {
  cwd?: string;
  /** Replaces the environment but for PATH and HOME. */
  env?: Record<string, string>;
  /** As nobody, where the tests run as root, whom no mode stops. */
  unprivileged?: boolean;
}

/** Runs the built product with these arguments to its end. */
export async function tidemark(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  await build();
  return run(process.execPath, [program, ...args], options);
}

/** As `tidemark`, for a command line of the shell, in which `tidemark` is a function. */
export async function shell(commandLine: string, options: RunOptions = {}): Promise<Ended> {
  await build();
  return run('bash', ['-c', `tidemark() { "${process.execPath}" "${program}" "$@"; }; ${commandLine}`], options);
}

const NOBODY = { uid: 65_534, gid: 65_534 };

function run(command: string, args: readonly string[], { cwd, env, unprivileged = false }: RunOptions): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const user = unprivileged && process.getuid?.() === 0 ? NOBODY : {};
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: cwd ?? root, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code }));
  });
}
