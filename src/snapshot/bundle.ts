import { constants } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { setImmediate } from 'node:timers/promises';
import { gunzip } from 'node:zlib';
import { Gzip } from 'fflate';
import type { Snapshot } from '../model/snapshot.js';
import { oneLine } from '../stores/store.js';
import { bundleSchema, firstProblem, SCHEMA_VERSION } from './bundle-schema.js';

/** Some hundred stores of thousands of statements each are far below it. */
const CONTENT_BYTES_MAX = 200_000_000;
const OWNER_ONLY = 0o600;
const COMPRESSED_BYTES_AT_ONCE = 4 * 2 ** 20;
const FORMAT = 'tidemark snapshot';

export type BundleReason = 'not-found' | 'not-a-bundle' | 'damaged' | 'too-large' | 'other-version' | 'not-writable';

/** A bundle that cannot be read or written. Its message is one line and names the file, the cause and the next step. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(
    readonly reason: BundleReason,
    readonly path: string,
    detail: string,
    nextStep: string,
    options?: ErrorOptions,
  ) {
    super(`${oneLine(path)}: ${oneLine(detail)}. ${nextStep}`, options);
  }
}

/**
 * Writes a snapshot as one file that `zcat` opens: gzip'd JSON with sorted keys, readable by its owner only. The file is
 * there as a whole or not at all. The same snapshot gives the same bytes, on every machine and every version of Node.
 * @throws BundleError with reason `too-large` or `not-writable`
 */
export async function writeBundle(path: string, snapshot: Snapshot): Promise<void> {
  const json = JSON.stringify(withSortedKeys({ format: FORMAT, schemaVersion: SCHEMA_VERSION, snapshot }), null, 1);
  const content = Buffer.from(`${json}\n`);
  if (content.length > CONTENT_BYTES_MAX) {
    throw new BundleError('too-large', path, `the snapshot has ${content.length} bytes, more than ${CONTENT_BYTES_MAX}`, 'Collect fewer stores or sources into one bundle.');
  }
  const compressed = await compress(content);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, OWNER_ONLY);
    try {
      await file.writeFile(compressed);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new BundleError('not-writable', path, `it cannot be written: ${textOf(error)}`, 'Choose another place with -o.', { cause: error });
  }
}

/**
 * Not by Node's zlib, which writes the operating system into the header and packs otherwise by version and processor: the same
 * snapshot gives the same bytes on every machine. In parts, so that a signal is heard in between.
 */
async function compress(content: Buffer): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const gzip = new Gzip({ level: 4, mem: 10, mtime: 0 }, (part) => parts.push(part));
  for (let from = 0; from < content.length; from += COMPRESSED_BYTES_AT_ONCE) {
    const to = from + COMPRESSED_BYTES_AT_ONCE;
    gzip.push(content.subarray(from, to), to >= content.length);
    await setImmediate();
  }
  return Buffer.concat(parts);
}

/**
 * Reads a bundle and checks its form. Fields that this version does not know are left out.
 * @throws BundleError
 */
export async function readBundle(path: string): Promise<Snapshot> {
  const compressed = await readCompressed(path);
  if (compressed[0] !== 0x1f || compressed[1] !== 0x8b) throw somethingElse(path, compressed);
  const bundle = parseJson(path, await decompress(path, compressed));
  checkHead(path, bundle);
  const parsed = bundleSchema.safeParse(bundle);
  if (parsed.success) return parsed.data.snapshot;
  throw new BundleError('damaged', path, `the bundle is not valid: ${firstProblem(parsed.error)}`, 'Collect it again.', { cause: parsed.error });
}

/** What stands in place of a bundle, by how it begins. */
function somethingElse(path: string, content: Buffer): BundleError {
  const head = content.subarray(0, 256).toString('utf8').trimStart();
  if (content.length === 0) return new BundleError('not-a-bundle', path, 'it is empty', 'Collect it again, or copy it again.');
  if (head.startsWith('version https://git-lfs.')) return new BundleError('not-a-bundle', path, 'it is a pointer of Git LFS and not the bundle', 'Run git lfs pull.');
  if (/^\uFEFF?\s*\{/.test(head)) return new BundleError('not-a-bundle', path, 'it is JSON, such as a report, and not a bundle', 'Give a file that tidemark collect wrote.');
  return new BundleError('not-a-bundle', path, 'it is not a tidemark bundle (not gzip)', 'Give a file that tidemark collect wrote.');
}

async function readCompressed(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    // Asked before opening, which would wait for ever on a pipe, past every signal.
    if (!found.isFile() && !found.isDirectory()) {
      throw new BundleError('not-a-bundle', path, 'it is not a file', 'Give a file that tidemark collect wrote.');
    }
    if (found.size > CONTENT_BYTES_MAX) throw tooLarge(path);
    return await readFile(path);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('not-found', path, `it cannot be read: ${textOf(error)}`, 'Correct the path, or write it with tidemark collect -o.', { cause: error });
  }
}

async function decompress(path: string, compressed: Buffer): Promise<string> {
  try {
    const content = await promisify(gunzip)(compressed, { maxOutputLength: CONTENT_BYTES_MAX });
    return content.toString('utf8');
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(path);
    throw new BundleError('damaged', path, `it is cut off or damaged: ${textOf(error)}`, 'Copy it again, or collect it again.', { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new BundleError('not-a-bundle', path, 'it is not a tidemark bundle (no JSON inside)', 'Give a file that tidemark collect wrote.');
  }
}

/** Whether it is a bundle, and of this version, before its form is judged. */
function checkHead(path: string, bundle: unknown): void {
  const isObject = typeof bundle === 'object' && bundle !== null;
  const isBundle = isObject && 'format' in bundle && bundle.format === FORMAT;
  if (!isBundle || !('schemaVersion' in bundle) || typeof bundle.schemaVersion !== 'number') {
    throw new BundleError('not-a-bundle', path, 'it is not a tidemark bundle', 'Give a file that tidemark collect wrote.');
  }
  const version = bundle.schemaVersion;
  if (version === SCHEMA_VERSION) return;
  const [what, nextStep] =
    version > SCHEMA_VERSION ? ['a newer tidemark', 'Update tidemark.'] : ['an older tidemark', 'Collect it again with this one.'];
  throw new BundleError('other-version', path, `it was written by ${what}: schemaVersion ${version}, this one reads ${SCHEMA_VERSION}`, nextStep);
}

function tooLarge(path: string): BundleError {
  return new BundleError('too-large', path, `it holds more than ${CONTENT_BYTES_MAX} bytes`, 'A bundle is never so large; collect it again.');
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

function textOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    if (error.code === 'ENOENT') return 'there is no such file or folder';
    if (error.code === 'EACCES' || error.code === 'EPERM') return 'this user may not';
    if (error.code === 'EISDIR') return 'it is a folder';
    if (error.code === 'ENOSPC') return 'the disk is full';
  }
  return error instanceof Error ? error.message : String(error);
}
