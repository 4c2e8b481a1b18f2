import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import { unpackTar } from 'modern-tar';

/** Extensions that PGlite ships beside its program, which schemas commonly ask for. Each is a gzipped tar of files below its root. */
const SHIPPED: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'btree_gin', 'btree_gist', 'citext', 'cube', 'earthdistance', 'fuzzystrmatch', 'hstore', 'intarray', 'isn', 'ltree', 'pg_trgm', 'pgcrypto',
    'seg', 'tablefunc', 'unaccent', 'uuid-ossp',
  ].map((name) => [name, `${name}.tar.gz`]),
);

const ROOT = '/pglite';
const CREATED = /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|([\w-]+))/gi;

const loaded = new WeakMap<PGlite, Set<string>>();

/** Puts the files of the extensions that a text creates where the engine looks for them. It starts without any, since they cost time and memory. */
export async function loadExtensions(database: PGlite, sql: string): Promise<void> {
  if (!/\bextension\b/i.test(sql)) return;
  const known = loaded.get(database) ?? new Set();
  loaded.set(database, known);
  for (const [, quoted, bare] of sql.matchAll(CREATED)) {
    const name = quoted ?? bare?.toLowerCase() ?? '';
    const file = SHIPPED[name];
    if (file === undefined || known.has(name)) continue;
    known.add(name);
    await load(database, new URL(file, import.meta.resolve('@electric-sql/pglite')));
  }
}

/** What is used of Emscripten's file system in memory. */
interface Files {
  mkdirTree(folder: string): void;
  writeFile(path: string, data: Uint8Array): void;
  createPreloadedFile(folder: string, name: string, data: Uint8Array, canRead: boolean, canWrite: boolean, done: () => void, failed: () => void, dontCreate: boolean): void;
}

async function load(database: PGlite, bundle: URL): Promise<void> {
  const files: Files = database.Module.FS;
  for (const { header, data } of await unpackTar(gunzipSync(readFileSync(bundle)))) {
    if (data === undefined || header.type !== 'file') continue;
    const { name } = header;
    const at = name.lastIndexOf('/');
    const folder = `${ROOT}/${name.slice(0, Math.max(at, 0))}`;
    files.mkdirTree(folder);
    if (!name.endsWith('.so')) {
      files.writeFile(`${ROOT}/${name}`, data);
      continue;
    }
    // Its program is compiled while it is put there: PostgreSQL, which loads it later, cannot wait for a compiler.
    await new Promise<void>((resolve) => {
      files.createPreloadedFile(folder, name.slice(at + 1), data, true, true, resolve, () => {
        files.writeFile(`${ROOT}/${name}`, data);
        resolve();
      }, false);
    });
  }
}
