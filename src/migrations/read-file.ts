import { MIGRATION_TOOLS, type MigrationTool } from '../model/migration.js';
import type { GivenFile, MigrationReader, OrderedMigration } from './reading.js';

/** A text beyond this is data and no migration. */
const TEXT_LENGTH_MAX = 32 * 1024 * 1024;

/** The readers, loaded when a file is their tool's; a name is that of a file beside this one. */
const READERS: Record<MigrationTool, () => Promise<{ reader: MigrationReader }>> = {
  sql: () => import('./sql.js'),
  rails: () => import('./rails.js'),
  django: () => import('./django.js'),
  flyway: () => import('./flyway.js'),
  liquibase: () => import('./liquibase.js'),
  alembic: () => import('./alembic.js'),
  dbmate: () => import('./dbmate.js'),
  goose: () => import('./goose.js'),
  knex: () => import('./knex.js'),
  prisma: () => import('./prisma.js'),
};

/** The file as its tool reads it. */
export async function readFile(file: GivenFile, tool: MigrationTool | null, all: readonly GivenFile[]): Promise<OrderedMigration> {
  const text = file.text.replace(/^\ufeff/, '');
  const given = { path: file.path, text };
  const known = tool ?? (await toolOf(given));
  if (known === null) return unread(file.path, 'no tool is known whose migrations look like this; name it with --tool, or give its SQL');
  if (text.length > TEXT_LENGTH_MAX) return unread(file.path, `the file has ${text.length} characters; more than ${TEXT_LENGTH_MAX} are not read`);
  const { reader } = await READERS[known]();
  try {
    const { version, order, steps, problems } = await reader.read(given, all);
    return { migration: { path: file.path, tool: known, version, steps, problems }, order: order ?? version };
  } catch (error) {
    // What is nested beyond the stack costs its own file.
    if (!(error instanceof RangeError)) throw error;
    const { migration } = unread(file.path, 'the file is nested too deeply to be read');
    return { migration: { ...migration, tool: known }, order: null };
  }
}

function unread(path: string, message: string): OrderedMigration {
  return { migration: { path, tool: 'sql', version: null, steps: [], problems: [{ line: 1, message }] }, order: null };
}

async function toolOf(file: GivenFile): Promise<MigrationTool | null> {
  let best: { tool: MigrationTool; sure: number } | null = null;
  for (const tool of MIGRATION_TOOLS) {
    const { reader } = await READERS[tool]();
    const sure = reader.recognises(file);
    if (sure > (best?.sure ?? 0)) best = { tool, sure };
  }
  return best?.tool ?? null;
}
