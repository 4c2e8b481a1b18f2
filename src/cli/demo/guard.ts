import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/**
 * A process between this one and the programs that it starts. It lives as long as the pipe to its standard input is open:
 * when this process ends, however it ends, the guard stops the program that runs and removes the folder.
 */
export interface Guard {
  /** Starts a program; only one may run at a time. Resolves when it runs, rejects when it could not be started. */
  start(program: Program): Promise<RunningProgram>;
  /** Stops what still runs, removes the folder, and resolves when the guard has ended. May be called again. */
  end(): Promise<void>;
}

export interface Program {
  command: string;
  arguments: string[];
  /** File that gets both its outputs. */
  log: string;
  env: Record<string, string>;
  user: { uid: number; gid: number } | null;
}

export interface RunningProgram {
  pid: number;
  /** Both null when the guard itself was lost, so that nobody knows. */
  exited: Promise<{ code: number | null; signal: string | null }>;
}

/** How long a program may take to end by itself when the guard has to stop it. */
const QUIT_DEADLINE_MS = 6_000;

// Detached, so that the terminal's Ctrl-C reaches this process only, which then decides how to stop.
const SCRIPT = `
const { spawn } = require('node:child_process');
const { openSync, closeSync, rmSync } = require('node:fs');
const directory = process.argv[1];
let child = null;
let ending = false;
const tell = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
process.stdout.on('error', () => {});
const finish = () => {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  } finally {
    process.exit(0);
  }
};
const end = () => {
  if (ending) return;
  ending = true;
  if (child === null) return finish();
  child.kill('SIGQUIT');
  setTimeout(() => child !== null && child.kill('SIGKILL'), ${QUIT_DEADLINE_MS});
};
const start = (program) => {
  const log = openSync(program.log, 'a');
  const options = { cwd: directory, env: program.env, stdio: ['ignore', log, log], ...program.user };
  try {
    child = spawn(program.command, program.arguments, options);
  } catch (error) {
    closeSync(log);
    return tell({ failed: error.message });
  }
  closeSync(log);
  child.on('error', (error) => {
    if (child.pid !== undefined) return;
    child = null;
    tell({ failed: error.message });
    if (ending) finish();
  });
  child.on('exit', (code, signal) => {
    child = null;
    tell({ code, signal });
    if (ending) finish();
  });
  if (child.pid !== undefined) tell({ pid: child.pid });
};
let received = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  received += text;
  for (let at = received.indexOf('\\n'); at >= 0; at = received.indexOf('\\n')) {
    const line = received.slice(0, at);
    received = received.slice(at + 1);
    if (!ending) start(JSON.parse(line));
  }
});
process.stdin.on('end', end);
process.stdin.on('error', end);
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});
process.on('SIGTERM', end);
`;

const messageSchema = z.union([
  z.object({ pid: z.number() }),
  z.object({ failed: z.string() }),
  z.object({ code: z.number().nullable(), signal: z.string().nullable() }),
]);

type Message = z.infer<typeof messageSchema>;

/** Starts a guard for a folder, which it removes when it ends. */
export function startGuard(directory: string): Guard {
  const child = spawn(process.execPath, ['-e', SCRIPT, directory], {
    detached: true,
    // Options for this process, such as a debugger's port, are not meant for another one.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  let listener: (message: Message) => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => listener(messageSchema.parse(JSON.parse(line))));
  child.stdin.on('error', () => undefined);
  return {
    async start(program) {
      const { user, ...rest } = program;
      let exit: (outcome: { code: number | null; signal: string | null }) => void = () => undefined;
      const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => (exit = resolve));
      const pid = await new Promise<number>((resolve, reject) => {
        listener = (message) => {
          if ('pid' in message) resolve(message.pid);
          else if ('failed' in message) reject(new Error(`${program.command} could not be started: ${message.failed}`));
          else exit(message);
        };
        void ended.then(() => {
          reject(new Error('The process that guards PostgreSQL ended.'));
          exit({ code: null, signal: null });
        });
        child.stdin.write(`${JSON.stringify({ ...rest, user: user ?? {} })}\n`);
      });
      return { pid, exited };
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
