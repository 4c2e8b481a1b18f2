import type { MigrationFile, MigrationTool } from '../model/migration.js';
import { readFile } from './read-file.js';
import { inOrder } from './order.js';

export { applyMigrations, type AppliedMigrations } from './apply.js';

/**
 * Reads the files of one or several tools, in the order in which their tools run them. What undoes a migration is left out. What
 * cannot be read is a problem of its file; nothing is thrown for a text, however broken.
 *
 * @param files with paths as they are to be shown; what a tool calls a file depends on its path too
 * @param options.tool the tool of all files, where their paths and texts do not tell it
 */
export async function readMigrations(files: readonly { path: string; text: string }[], options: { tool?: MigrationTool } = {}): Promise<MigrationFile[]> {
  const read = await Promise.all(files.map((file) => readFile(file, options.tool ?? null, files)));
  return inOrder(read);
}
