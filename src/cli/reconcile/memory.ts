import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../live/journal/folder.js';
import { plainText } from '../../text/plain-text.js';
import { systemMeaning } from '../error-message.js';

/** What runs of `reconcile` leave for each other stands in one file a pair; a larger one is not ours. */
const FILE_BYTES_MAX = 64 * 2 ** 20;
const FILE_MODE = 0o600;
const SECRET_BYTES = 32;
const SCHEMA_VERSION = 1;

const stateFile = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), pair: z.string(), memory: z.unknown() });
const lockFile = z.object({ pid: z.number().int().positive(), host: z.string(), since: z.string() });

type Lock = z.infer<typeof lockFile>;

/** One pair's file while this run works on it. */
export interface HeldPair {
  load(): Promise<unknown>;
  save(memory: unknown): Promise<void>;
  /** Lets the next run have it. Never rejects. */
  release(): Promise<void>;
}

/**
 * What is kept between runs, in a folder of this user: positions, counts and digests, never a key or a value of a row. Files are
 * written whole and put in their place by a rename, so that a run that is killed leaves the last one.
 */
export class PairFiles {
  readonly #folder: string;
  readonly #tool: string;

  constructor(folder: string, tool: string) {
    this.#folder = folder;
    this.#tool = tool;
  }

  /**
   * By which keys are hashed in everything that is written; the same from run to run.
   * @throws the error of the operating system, and StateProblem where the file is not ours
   */
  async secret(): Promise<Uint8Array> {
    await makeFolder(this.#folder);
    const file = path.join(this.#folder, 'key-secret');
    const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
    await written(draft, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
    try {
      // Two first runs at once must end with one secret.
      await link(draft, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const text = (await readFile(file, 'utf8')).trim();
    if (!/^[0-9a-f]{64}$/.test(text)) throw new StateProblem(`${file} is not a secret that tidemark wrote`, 'Remove it; digests of keys are then others than before.');
    return Buffer.from(text, 'hex');
  }

  /**
   * Takes one pair for this run.
   * @returns who has it, in words, where another run does
   * @throws the error of the operating system
   */
  async hold(pair: string): Promise<HeldPair | { heldBy: string }> {
    await makeFolder(this.#folder);
    const base = path.join(this.#folder, fileNameOf(pair));
    const lock = `${base}.lock`;
    const taken = await takeLock(lock);
    if (taken !== null) return { heldBy: taken };
    return {
      load: () => this.#load(`${base}.json`, pair),
      save: (memory) => replaced(`${base}.json`, `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, tool: this.#tool, pair, memory })}\n`),
      release: () => rm(lock, { force: true }).catch(() => undefined),
    };
  }

  /** Null where there is nothing, or nothing that this version can read: the run then begins anew. */
  async #load(file: string, pair: string): Promise<unknown> {
    const found = await stat(file).catch(() => null);
    if (found === null || !found.isFile() || found.size > FILE_BYTES_MAX) return null;
    const parsed = stateFile.safeParse(parsedJson(await readFile(file, 'utf8')));
    return parsed.success && parsed.data.pair === pair ? parsed.data.memory : null;
  }
}

/** The state folder cannot be used. Message and next step are one line each. */
export class StateProblem extends Error {
  override readonly name = 'StateProblem';
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.nextStep = nextStep;
  }
}

/** What keeps the folder from being used, in words. */
export function stateProblemOf(folder: string, error: unknown): StateProblem {
  if (error instanceof StateProblem) return error;
  const cause = systemMeaning(error) ?? (error instanceof Error ? error.message : String(error));
  return new StateProblem(`nothing is kept in ${folder}: ${plainText(cause, 200)}`, 'XDG_STATE_HOME names another place; --no-state keeps nothing.', { cause: error });
}

const NAME_LENGTH_MAX = 60;

/** The name for people, and a digest, as two names may look alike without their signs. */
function fileNameOf(pair: string): string {
  const plain = pair.normalize('NFKD').replaceAll(/[^\w-]+/g, '-').slice(0, NAME_LENGTH_MAX);
  return `${plain}-${createHash('sha256').update(pair).digest('hex').slice(0, 12)}`;
}

/** Null where the lock is now ours; else who has it. A lock whose process is gone is nobody's. */
async function takeLock(file: string): Promise<string | null> {
  const own: Lock = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await written(file, `${JSON.stringify(own)}\n`);
      return null;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const other = lockFile.safeParse(parsedJson(await readFile(file, 'utf8').catch(() => '')));
    if (other.success && isAlive(other.data, own)) return `process ${other.data.pid} on ${plainText(other.data.host, 60)}, since ${plainText(other.data.since.replace(/^(.{10})T(.{8}).*$/, '$1 $2 UTC'), 40)}`;
    await rm(file, { force: true });
  }
  return 'another process';
}

function isAlive(lock: Lock, own: Lock): boolean {
  // Of another machine that shares the folder nothing can be told.
  if (lock.host !== own.host) return true;
  try {
    process.kill(lock.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function replaced(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await written(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** @throws EEXIST where the file is there already */
async function written(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', FILE_MODE);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
