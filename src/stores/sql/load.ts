import { readdirSync, readFileSync } from 'node:fs';

const cache = new Map<string, string>();

/**
 * The text of `sql/<folder>/<name>.sql`, or of `<name>.<version>.sql` with the highest version that is not above the
 * server's (`server_version_num`). Lines of comment are left out: they are for readers of the file, and
 * pg_stat_statements would keep them. `{{other}}` is replaced by the file of that name, or by `values.other`.
 * @throws Error when a file or a value is missing, which is a defect of this program.
 */
export function loadSql(folder: string, name: string, version: number, values: Record<string, string> = {}): string {
  const file = versionedName(folder, name, version);
  return read(folder, file).replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    return value ?? loadSql(folder, key, version, values);
  });
}

function versionedName(folder: string, name: string, version: number): string {
  let best = { version: -1, file: `${name}.sql` };
  for (const file of list(folder)) {
    const match = /^(\w+)\.(\d+)\.sql$/.exec(file);
    const since = Number(match?.[2]);
    if (match?.[1] === name && since <= version && since > best.version) best = { version: since, file };
  }
  return best.file;
}

const listings = new Map<string, string[]>();

function list(folder: string): string[] {
  const known = listings.get(folder);
  if (known) return known;
  const files = readdirSync(new URL(`./${folder}/`, import.meta.url));
  listings.set(folder, files);
  return files;
}

function read(folder: string, file: string): string {
  const key = `${folder}/${file}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const lines = readFileSync(new URL(`./${key}`, import.meta.url), 'utf8').split('\n');
  const text = lines
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
  cache.set(key, text);
  return text;
}
