import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Source } from './source.js';

/** Files of this folder that serve the sources and are none themselves. */
const NOT_SOURCES = new Set(['index', 'source']);

/** The ids of all sources: the file names of this folder, sorted. Works from TypeScript as from the build. */
export async function sourceIds(): Promise<string[]> {
  const ending = extname(fileURLToPath(import.meta.url));
  const names = await readdir(new URL('.', import.meta.url));
  return names
    .filter((name) => name.endsWith(ending) && !name.endsWith(`.d${ending}`))
    .map((name) => name.slice(0, -ending.length))
    .filter((name) => !NOT_SOURCES.has(name))
    .toSorted();
}

const moduleShape = z.object({
  source: z.custom<Source>((value) => typeof value === 'object' && value !== null && 'id' in value && 'recognises' in value && 'read' in value),
});

/** A configuration names a tool that there is no source for. */
export class UnknownSourceError extends Error {
  override readonly name = 'UnknownSourceError';

  constructor(
    readonly id: string,
    readonly known: readonly string[],
  ) {
    super(`there is no source "${id}"; the sources are ${known.join(', ')}`);
  }
}

/**
 * Loads one source.
 *
 * @throws UnknownSourceError when no file of this folder has the name.
 */
export async function loadSource(id: string): Promise<Source> {
  const known = await sourceIds();
  if (!known.includes(id)) throw new UnknownSourceError(id, known);
  const module: unknown = await import(new URL(`${id}${extname(fileURLToPath(import.meta.url))}`, import.meta.url).href);
  return moduleShape.parse(module).source;
}
