import { open, stat, type FileHandle } from 'node:fs/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Sample } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import type { Clock } from '../clock.js';
import { headerLine, sampleLine, type JournalHeader } from './format.js';
import { JournalError, meaningOf } from './problem.js';
import { Spool } from './spool.js';
import type { JournalStatus } from './writer.js';

const FLUSH_MS = 500;
/** Compression gains little on small pieces; a crash loses what was not yet flushed. */
const COMPRESSED_FLUSH_MS = 5_000;
const FILE_MODE = 0o600;

/** Samples in one file of the journal's form, compressed when its name ends in `.gz`. Readable up to the last flush at any moment. */
export class RecordingWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #header: string;
  readonly #spool: Spool;
  readonly #compresses: boolean;
  #gzip: Gzip | null = null;
  #good_bytes = 0;
  #refused = 0;

  private constructor(path: string, file: FileHandle, header: string, clock: Clock) {
    this.#path = path;
    this.#file = file;
    this.#header = header;
    this.#compresses = path.endsWith('.gz');
    this.#spool = new Spool(clock, this.#compresses ? COMPRESSED_FLUSH_MS : FLUSH_MS, (lines) => this.#write(lines.map(({ text }) => text).join('')));
  }

  /** @throws JournalError when the file cannot be written, or holds something already */
  static async open(path: string, header: JournalHeader, clock: Clock): Promise<RecordingWriter> {
    try {
      const found = await stat(path).catch(() => null);
      if (found?.isFile() === true && found.size > 0) throw new JournalError(path, 'is there already', 'Give another name, or remove it first.');
      const file = await open(path, 'a', FILE_MODE);
      return new RecordingWriter(path, file, headerLine(header, clock.now()), clock);
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw new JournalError(path, `cannot be written: ${meaningOf(error)}`, 'Record to another file.', { cause: error });
    }
  }

  append(sample: Sample): void {
    const text = sampleLine(sample);
    if (text === null) this.#refused += 1;
    else this.#spool.add({ at: sample.at, text });
  }

  status(): JournalStatus {
    const { on, problem, written, dropped } = this.#spool.status();
    return {
      on,
      problem: problem === null ? null : `the recording ${plainText(this.#path, 300)} cannot be written: ${problem}`,
      samples: written,
      dropped,
      refused: this.#refused,
      written_bytes: this.#good_bytes,
      kept_bytes: this.#good_bytes,
    };
  }

  /** Never rejects. */
  flush(): Promise<void> {
    return this.#spool.flush();
  }

  /** Writes what waits. Never rejects. */
  async close(): Promise<void> {
    await this.flush();
    const { on } = this.#spool.status();
    // A file without its end cannot be told from one that was cut off.
    if (on && this.#gzip !== null) await ended(this.#gzip).then((content) => this.#put(content)).catch(() => undefined);
    await this.#file.close().catch(() => undefined);
  }

  async #write(lines: string): Promise<void> {
    const text = this.#good_bytes === 0 ? this.#header + lines : lines;
    try {
      await this.#put(this.#compresses ? await this.#compressed(text) : Buffer.from(text));
    } catch (error) {
      // Half a line or half a compressed piece would make what follows unreadable.
      this.#gzip?.destroy();
      this.#gzip = null;
      await this.#file.truncate(this.#good_bytes).catch(() => undefined);
      throw error;
    }
  }

  async #put(content: Buffer): Promise<void> {
    await this.#file.appendFile(content);
    this.#good_bytes += content.length;
  }

  /** The piece up to a point from which a reader can go on. After a failure a new gzip member begins, which readers go on with. */
  #compressed(text: string): Promise<Buffer> {
    const gzip = (this.#gzip ??= createGzip());
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      const collect = (piece: Buffer) => pieces.push(piece);
      gzip.on('data', collect);
      gzip.once('error', reject);
      gzip.write(text);
      gzip.flush(constants.Z_SYNC_FLUSH, () => {
        gzip.off('data', collect);
        gzip.off('error', reject);
        resolve(Buffer.concat(pieces));
      });
    });
  }
}

function ended(gzip: Gzip): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    gzip.on('data', (piece: Buffer) => pieces.push(piece));
    gzip.once('error', reject);
    gzip.once('end', () => resolve(Buffer.concat(pieces)));
    gzip.end();
  });
}
