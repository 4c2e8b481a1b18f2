import { readdirSync, readFileSync } from 'node:fs';

/** Texts by the address of their file, and the files of each folder. */
const cache = new Map<string, string>();
const listings = new Map<string, string[]>();

/**
 * The text of `<folder>/<name>.sql`, or of `<name>.<version>.sql` with the highest version that is not above the server's
 * (`server_version_num`). Lines of comment are left out: they are for readers of the file, and pg_stat_statements would
 * keep them. `{{other}}` is replaced by `values.other`, or by the file of that name.
 * @param folder ends in a slash: `new URL('./sql/postgres/', import.meta.url)`.
 * @throws Error when a file or a value is missing, which is a defect of this program.
 */
export function loadSqlFrom(folder: URL, name: string, version: number, values: Readonly<Record<string, string>> = {}): string {
  return read(new URL(versionedName(folder, name, version), folder)).replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    return value ?? loadSqlFrom(folder, key, version, values);
  });
}

/** The same for the texts beside this file: `folder` is an engine. */
export function loadSql(folder: string, name: string, version: number, values: Readonly<Record<string, string>> = {}): string {
  return loadSqlFrom(new URL(`./${folder}/`, import.meta.url), name, version, values);
}

function versionedName(folder: URL, name: string, version: number): string {
  let best = { version: -1, file: `${name}.sql` };
  for (const file of list(folder)) {
    // `wal-directory.180000.sql`
    const match = /^([\w-]+)\.(\d+)\.sql$/.exec(file);
    const since = Number(match?.[2]);
    if (match?.[1] === name && since <= version && since > best.version) best = { version: since, file };
  }
  return best.file;
}

function list(folder: URL): string[] {
  const known = listings.get(folder.href);
  if (known) return known;
  const files = readdirSync(folder);
  listings.set(folder.href, files);
  return files;
}

function read(file: URL): string {
  const known = cache.get(file.href);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
  cache.set(file.href, text);
  return text;
}
