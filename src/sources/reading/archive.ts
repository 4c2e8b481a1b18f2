import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { unpackTar } from 'modern-tar';

export const MEMBERS_MAX = 10_000;
export const MEMBER_BYTES_MAX = 50_000_000;
export const UNPACKED_BYTES_MAX = 300_000_000;
/** Texts seldom shrink to less than a fiftieth; what claims more is a bomb. Small members may. */
const RATIO_MAX = 200;
const RATIO_BYTES_MIN = 1_000_000;

/** Data and pictures that exports carry along. */
const NO_TEXT = /\.(hyper|tde|png|jpe?g|gif|svg|ico|webp|parquet|csv|xlsx?|woff2?|ttf|pdf|zip|gz)$/i;

export interface ArchiveMember {
  /** Within the archive, with forward slashes. */
  name: string;
  bytes: Buffer;
}

export interface UnpackedArchive {
  /** Sorted by name. */
  members: ArchiveMember[];
  /** Why something of it was not read. */
  problems: { name: string; cause: string }[];
}

/** True where the bytes are a ZIP or a gzipped file. */
export function isArchive(bytes: Buffer): boolean {
  return isZip(bytes) || isGzip(bytes);
}

function isZip(bytes: Buffer): boolean {
  return bytes.length >= 22 && bytes.readUInt32LE(0) === 0x04034b50;
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The members of a ZIP or a gzipped tar in memory, never on disk. A member whose name leads out of the archive, that is too large or
 * shrinks beyond belief is a problem; an archive that cannot be read at all is one problem with an empty name.
 */
export async function unpack(bytes: Buffer): Promise<UnpackedArchive> {
  const guard = new Guard();
  try {
    const found = isZip(bytes) ? unzip(bytes, guard) : await untar(bytes, guard);
    const members = found.toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
    return { members, problems: guard.problems };
  } catch (error) {
    const detail = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? `it unpacks to more than ${UNPACKED_BYTES_MAX} bytes` : 'the archive is damaged';
    return { members: [], problems: [...guard.problems, { name: '', cause: detail }] };
  }
}

function unzip(bytes: Buffer, guard: Guard): ArchiveMember[] {
  // The inflater writes into a buffer of the size that the entry states, which the guard has seen: a lie cannot grow it.
  const files = unzipSync(bytes, { filter: (file: UnzipFileInfo) => guard.admits(file.name, file.originalSize, file.size) });
  return Object.entries(files).map(([name, content]) => ({ name, bytes: Buffer.from(content) }));
}

async function untar(bytes: Buffer, guard: Guard): Promise<ArchiveMember[]> {
  const plain = await promisify(gunzip)(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
  const entries = await unpackTar(plain, { filter: (header) => header.type === 'file' && guard.admits(header.name, header.size, header.size) });
  return entries.map(({ header, data }) => ({ name: header.name.replace(/^\.\//, ''), bytes: Buffer.from(data ?? new Uint8Array()) }));
}

class Guard {
  readonly problems: { name: string; cause: string }[] = [];
  #members = 0;
  #bytes = 0;
  #isFull = false;

  admits(name: string, size_bytes: number, packed_bytes: number): boolean {
    if (this.#isFull || name.endsWith('/') || NO_TEXT.test(name) || /(^|\/)(\.|__MACOSX\/)/.test(name.replace(/^\.\//, ''))) {
      return !this.#isFull && leadsOut(name) ? this.#refuse(name, 'its name leads out of the archive') : false;
    }
    if (leadsOut(name)) return this.#refuse(name, 'its name leads out of the archive');
    if (size_bytes > MEMBER_BYTES_MAX) return this.#refuse(name, `it unpacks to ${size_bytes} bytes, more than the ${MEMBER_BYTES_MAX} that are read`);
    if (size_bytes > RATIO_BYTES_MIN && size_bytes > packed_bytes * RATIO_MAX) return this.#refuse(name, `it unpacks to ${Math.round(size_bytes / Math.max(1, packed_bytes))} times its size, as bombs do`);
    if (++this.#members > MEMBERS_MAX) return this.#full(`the archive has more than ${MEMBERS_MAX} files`);
    this.#bytes += size_bytes;
    if (this.#bytes > UNPACKED_BYTES_MAX) return this.#full(`the archive unpacks to more than ${UNPACKED_BYTES_MAX} bytes`);
    return true;
  }

  #refuse(name: string, cause: string): false {
    this.problems.push({ name, cause });
    return false;
  }

  #full(cause: string): false {
    this.#isFull = true;
    return this.#refuse('', `${cause}; the rest was not read`);
  }
}

function leadsOut(name: string): boolean {
  return /^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|\0/.test(name);
}
