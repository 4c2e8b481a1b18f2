import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseConfiguration, type LoadedConfiguration, type LoadOptions } from './parse.js';
import { ConfigurationError } from './problem.js';

export const CONFIGURATION_FILE = 'tidemark.yaml';
export const CONFIGURATION_BYTES_MAX = 2 ** 20;

/**
 * The nearest `tidemark.yaml` in this folder or above it, up to the root of the repository (the folder that holds
 * `.git`) or of the file system; null where there is none.
 */
export async function findConfiguration(directory: string): Promise<string | null> {
  let folder = path.resolve(directory);
  for (;;) {
    const candidate = path.join(folder, CONFIGURATION_FILE);
    if (await exists(candidate)) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder || (await exists(path.join(folder, '.git')))) return null;
    folder = parent;
  }
}

/** Reads and checks one file. Throws ConfigurationError for everything that is wrong with it or with reading it. */
export async function loadConfiguration(file: string, options: LoadOptions): Promise<LoadedConfiguration> {
  const text = await readText(file, options.displayName);
  return parseConfiguration(text, path.dirname(path.resolve(file)), options);
}

/** The text of a configuration file. Throws ConfigurationError for everything that keeps it from being read. */
export async function readText(file: string, displayName: string): Promise<string> {
  const fail = (message: string, cause?: unknown) =>
    new ConfigurationError([{ message: `${displayName} ${message}`, place: null }], { cause });
  let content: Buffer;
  try {
    // Asked before opening, which would wait for ever on a pipe.
    if (!(await stat(file)).isFile()) throw fail('is not a file; -c names the file itself');
    const handle = await open(file);
    try {
      const buffer = Buffer.alloc(CONFIGURATION_BYTES_MAX + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      content = buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') throw fail('does not exist', error);
    if (code === 'EACCES') throw fail('may not be read by this user', error);
    throw fail('cannot be read', error);
  }
  if (content.length > CONFIGURATION_BYTES_MAX) throw fail('is larger than 1 MiB, which no configuration is');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw fail('is not UTF-8 text; save it as UTF-8', error);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
