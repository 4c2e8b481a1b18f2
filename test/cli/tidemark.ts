import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Builds dist where it is older than src. Test files run side by side, so only one of them builds. */
export async function build(): Promise<void> {
  const lock = path.join(root, 'node_modules/.tidemark-build');
  while (isStale()) {
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    try {
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--no-check'], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

const LOCK_AGE_MAX_MS = 60_000;

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age_ms = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // Left behind by a run that was killed.
    if (age_ms > LOCK_AGE_MAX_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isStale(): boolean {
  const built = statSync(path.join(root, 'dist/cli/main.js'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  const source = path.join(root, 'src');
  const newest = readdirSync(source, { recursive: true }).map((name) => statSync(path.join(source, String(name)), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  // The compiler writes main.js some time after it has read the last source.
  return Math.max(...newest) >= built.mtimeMs;
}
