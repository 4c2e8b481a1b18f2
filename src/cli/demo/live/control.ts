import { readdir, stat } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { UsageError } from '../../usage-error.js';
import { temporaryFolders } from '../temporary-folder.js';
import { type Fault, isFault } from './faults.js';

/** In the demo's own folder, which only its user may enter. */
const SOCKET = 'control.sock';
const FOLDER = /^tidemark-postgres-/;
const ANSWER_MS = 3_000;
const WORD_LENGTH_MAX = 64;

/** Takes faults from another terminal until it is closed. */
export async function listenForFaults(folder: string, inject: (fault: Fault) => void): Promise<() => void> {
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, WORD_LENGTH_MAX);
      if (!text.includes('\n')) return;
      const word = text.trim();
      if (isFault(word)) inject(word);
      socket.end(isFault(word) ? 'ok\n' : 'unknown\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(join(folder, SOCKET), resolve);
  });
  return () => void server.close();
}

/**
 * Injects a fault into the live demo that runs on this machine: of several the one that was started last, in the first of
 * `parents` that has one.
 *
 * @throws UsageError when none runs.
 */
export async function injectIntoRunningDemo(fault: Fault, parents: readonly string[] = temporaryFolders()): Promise<void> {
  for (const parent of parents) {
    for (const socket of await socketsIn(parent)) {
      if (await tell(socket, fault)) return;
    }
  }
  throw new UsageError('no live demo of this user runs on this machine', 'start one in another terminal: tidemark demo --live');
}

/** Newest first. */
async function socketsIn(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch((): string[] => []);
  const sockets = names.filter((name) => FOLDER.test(name)).map((name) => join(parent, name, SOCKET));
  const started = await Promise.all(sockets.map(async (path) => ({ path, at_ms: (await stat(path).catch(() => null))?.mtimeMs ?? null })));
  return started
    .flatMap(({ path, at_ms }) => (at_ms === null ? [] : [{ path, at_ms }]))
    .sort((a, b) => b.at_ms - a.at_ms)
    .map(({ path }) => path);
}

function tell(path: string, fault: Fault): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${fault}\n`));
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer === 'ok\n');
    });
  });
}
