import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EstateError } from '../estate-files.js';
import type { Fault } from './faults.js';
import { fromLife, type ToLife } from './messages.js';

const END_MS = 5_000;

export type BeginLife = Extract<ToLife, { kind: 'begin' }>;

/** The living part of the estate: applications that write, a consumer of changes, a loader. */
export class Life {
  #child: ChildProcess | null = null;

  /** @throws EstateError when it does not come to life. */
  async begin(request: BeginLife): Promise<void> {
    const child = fork(fileURLToPath(new URL('./life-process.js', import.meta.url)), {
      // Its connections are in the request; the environment of the user stays outside.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message) => {
        const read = fromLife.parse(message);
        if (read.kind === 'ready') resolve();
        if (read.kind === 'failed') reject(new EstateError(`The estate does not come to life: ${read.message}`));
      });
      child.once('exit', (code) => reject(new EstateError(`The estate does not come to life: its process ended with ${code ?? 0}.`)));
      child.send(request);
    });
  }

  inject(fault: Fault): void {
    this.#child?.send({ kind: 'break', fault } satisfies ToLife);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    child.kill('SIGTERM');
    await once(child, 'exit');
    clearTimeout(timer);
  }

  killNow(): void {
    this.#child?.kill('SIGKILL');
  }
}
