import type { Constant } from './facts.js';

/** Documents that have what queries look up and documents that lack it. Paths are separated by U+0001, as they nest. */
export function documentValues(paths: ReadonlySet<string>, constants: readonly Constant[]): string[] {
  const documents: string[] = [];
  const scalars = [...new Set(constants.filter(({ meeting }) => meeting !== 'function').map(({ value }) => value))].filter((value) => !isDocument(value));
  for (const { value } of constants) if (isDocument(value)) documents.push(value);
  for (const path of [...paths].slice(0, 6)) {
    const keys = path.split('\u0001').flatMap(keysOf);
    if (keys.length === 0) continue;
    for (const scalar of [...scalars.slice(0, 6), 'other', '1']) {
      documents.push(JSON.stringify(nested(keys, scalar)));
      if (/^-?\d+(\.\d+)?$/.test(scalar) || scalar === 'true' || scalar === 'false') documents.push(JSON.stringify(nested(keys, JSON.parse(scalar))));
    }
    documents.push(JSON.stringify(nested(keys, null)));
  }
  const [first, second] = [...paths].map((path) => path.split('\u0001').flatMap(keysOf)).filter((keys) => keys.length === 1);
  if (first !== undefined && second !== undefined) {
    for (const scalar of [...scalars.slice(0, 3), '1']) documents.push(JSON.stringify({ ...asObject(nested(first, scalar)), ...asObject(nested(second, scalar)) }));
  }
  documents.push('{}', '[]');
  return [...new Set(documents)];
}

function isDocument(value: string): boolean {
  if (!/^\s*[{[]/.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** `{a,b}` of `#>` and `$.a.b` of a path are several keys. */
function keysOf(path: string): string[] {
  if (path.startsWith('{')) return path.slice(1, -1).split(',');
  if (path.startsWith('$')) return path.split(/[.[\]]/).filter((key) => key !== '' && key !== '$');
  return [path];
}

function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => (/^\d+$/.test(key) ? [...Array.from({ length: Math.min(Number(key), 5) }, () => null), inner] : { [key]: inner }), value);
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
