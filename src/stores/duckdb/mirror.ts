import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochSeconds } from '../../model/live.js';
import { ConnectError } from '../store.js';
import { copyDatabase, fileState, hasGone, type FileState } from './copy.js';
import { COPY_BYTES_MAX } from './file.js';

const COPY_INTERVAL_MIN_MS = 1_000;
/** A new copy waits so many times the time that the last one took: copying takes a twentieth of a disk's time at most. */
const COPY_INTERVAL_FACTOR = 20;
const ATTEMPTS_MAX = 5;
const BETWEEN_ATTEMPTS_MS = 100;
/** A loader that writes a new file and moves it over the old one may leave a moment without any. */
const GONE_RETRIES = 4;
/** A copy that cannot be renewed speaks for the present no longer. */
const OUTDATED_MS = 30_000;

export interface MirrorCopy {
  path: string;
  /** Everything that was committed in the file before this moment is in the copy. */
  asOf: EpochSeconds;
}

interface Held extends MirrorCopy {
  folder: string;
  stamp: string | null;
}

/**
 * A copy of a DuckDB file that other processes write to, in a private folder, renewed when the file has changed. DuckDB
 * never opens the file itself here: its lock would keep the loader out (seen on 1.5).
 *
 * A process that has the file open by DuckDB must not make a mirror of it: POSIX gives up all locks of a process on a file
 * when it closes any descriptor of it.
 */
export class Mirror {
  #folder: string | null = null;
  #held: Held | null = null;
  #copies = 0;
  /** By performance.now(). */
  #nextCopy_ms = 0;
  /** What copying took the last time, all attempts together. */
  #copying_ms = 0;
  #outdatedAfter_ms = OUTDATED_MS;
  #underWay: Promise<MirrorCopy> | null = null;
  #removed = false;

  /** @param verify opens a copy and rejects where it cannot be read. */
  constructor(
    private readonly file: { store: string; path: string; signal: AbortSignal | undefined },
    private readonly verify: (copy: string) => Promise<void>,
  ) {}

  /**
   * A copy as current as it may be: of now, where the file has not changed or can be copied again already.
   * @throws ConnectError: `not-found` where the file has gone, `locked` where it changes too fast to be copied, `unavailable`
   * where it is too large or there is no room.
   */
  current(): Promise<MirrorCopy> {
    this.#underWay ??= this.#look().finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  /** The copy that was last given is of no use: make another one at once. */
  discard(): void {
    if (this.#held) this.#held.stamp = null;
    this.#nextCopy_ms = 0;
  }

  async #look(): Promise<MirrorCopy> {
    const at = Date.now() / 1000;
    const state = await this.#state();
    const held = this.#held;
    if (held && held.stamp !== null && held.stamp === state.stamp) {
      held.asOf = at;
      return held;
    }
    if (held && performance.now() < this.#nextCopy_ms) return held;
    try {
      return await this.#renew();
    } catch (error) {
      this.file.signal?.throwIfAborted();
      const refused = error instanceof ConnectError && error.reason !== 'locked';
      if (refused || !held || (at - held.asOf) * 1000 > this.#outdatedAfter_ms) throw error;
      return held;
    }
  }

  async #state(): Promise<FileState> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await fileState(this.file.path);
      } catch (error) {
        if (!hasGone(error) || attempt >= GONE_RETRIES) throw error;
        await sleep(BETWEEN_ATTEMPTS_MS / 2, undefined, { signal: this.file.signal });
      }
    }
  }

  async #renew(): Promise<MirrorCopy> {
    this.#copying_ms = 0;
    let cause: unknown;
    try {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (attempt > 0) await sleep(BETWEEN_ATTEMPTS_MS, undefined, { signal: this.file.signal });
        try {
          const copy = await this.#copy();
          if (copy) return copy;
        } catch (error) {
          this.file.signal?.throwIfAborted();
          if (error instanceof ConnectError || this.#removed) throw error;
          cause = error;
        }
      }
    } finally {
      const pause_ms = Math.max(COPY_INTERVAL_MIN_MS, this.#copying_ms * COPY_INTERVAL_FACTOR);
      this.#nextCopy_ms = performance.now() + pause_ms;
      this.#outdatedAfter_ms = Math.max(OUTDATED_MS, 2 * pause_ms);
    }
    if (cause !== undefined) throw cause;
    throw this.#refusal('locked', 'it changes faster than a copy of it can be made', 'It is read again by itself when its loader pauses.');
  }

  /** Null where the file changed so that the copy is worth nothing. */
  async #copy(): Promise<MirrorCopy | null> {
    const at = Date.now() / 1000;
    const state = await this.#state();
    const parent = await this.#privateFolder();
    await this.#makeRoom(parent, state.bytes);
    const folder = join(parent, String(++this.#copies));
    await mkdir(folder);
    try {
      const started = performance.now();
      const whole = await copyDatabase(this.file.path, folder, state);
      this.#copying_ms += performance.now() - started;
      if (!whole) return await drop(folder);
      const path = join(folder, basename(this.file.path));
      await this.verify(path);
      if (this.#removed) throw new Error('the session was closed');
      const old = this.#held;
      this.#held = { path, asOf: at, folder, stamp: state.stamp };
      if (old) await drop(old.folder);
      return this.#held;
    } catch (error) {
      await drop(folder);
      throw error;
    }
  }

  async #makeRoom(parent: string, bytes: number): Promise<void> {
    if (bytes > COPY_BYTES_MAX) {
      const sizes = `it has ${gibibytes(bytes)} GiB, and a watch reads a copy of at most ${gibibytes(COPY_BYTES_MAX)} GiB`;
      throw this.#refusal('unavailable', sizes, 'Let its loader write the control tables to a smaller file too, and name that one.');
    }
    const hasRoom = async (): Promise<boolean> => {
      const { bavail, bsize } = await statfs(parent);
      return bytes * 1.2 < bavail * bsize;
    };
    if (await hasRoom()) return;
    if (this.#held) {
      const { folder } = this.#held;
      this.#held = null;
      await drop(folder);
    }
    if (await hasRoom()) return;
    const detail = `a watch reads a copy, and ${tmpdir()} has no room for its ${gibibytes(bytes)} GiB`;
    throw this.#refusal('unavailable', detail, 'Free space there, or set TMPDIR to another folder.');
  }

  async #privateFolder(): Promise<string> {
    if (this.#removed) throw new Error('the session was closed');
    if (this.#folder !== null) return this.#folder;
    try {
      // Its mode is 0700.
      this.#folder = await mkdtemp(join(tmpdir(), 'tidemark-mirror-'));
      return this.#folder;
    } catch (error) {
      const detail = `a watch reads a copy, and the temporary folder ${tmpdir()} takes none`;
      throw this.#refusal('unavailable', detail, 'Set TMPDIR to a folder that can be written to.', error);
    }
  }

  #refusal(reason: 'locked' | 'unavailable', detail: string, nextStep: string, cause?: unknown): ConnectError {
    return new ConnectError({ reason, store: this.file.store, place: this.file.path, detail, nextStep }, { cause });
  }

  /** Removes every copy, also one that is being made. Never rejects. */
  async remove(): Promise<void> {
    this.#removed = true;
    this.#held = null;
    await this.#underWay?.catch(() => undefined);
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function drop(folder: string): Promise<null> {
  await rm(folder, { recursive: true, force: true });
  return null;
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
