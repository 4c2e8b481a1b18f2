import path from 'node:path';

/** What a file of migrations may end with. */
export const MIGRATION_ENDINGS = /\.(?:sql|rb|py|xml|ya?ml|json|[cm]?[jt]s)$/i;

/** Whether a file that lies among migrations is one: what lies beside them is none, as `__init__.py`, settings, lock files. */
export function isMigration(file: string, text: string): boolean {
  const name = path.basename(file);
  if (/\.sql$/i.test(name)) return true;
  if (/\.rb$/i.test(name)) return /ActiveRecord::(?:Migration|Schema)/.test(text);
  if (/\.py$/i.test(name)) return /\bclass\s+Migration\b|\bdef\s+upgrade\s*\(/.test(text);
  if (/\.(?:xml|ya?ml|json)$/i.test(name)) return /databaseChangeLog/.test(text);
  return /\bexports\.up\b|\bexport\s+(?:async\s+)?(?:const|function)\s+up\b|\bmodule\.exports\b.*\bup\b/s.test(text);
}

/** Folders in which tools keep migrations by default. */
const FOLDER = /(?:^|\/)(?:migrations?|migrate|changelogs?|db-?changes|flyway|liquibase|alembic)\//i;
/** Files that their tools run by their names or first lines, wherever they lie. */
const VERSIONED = /(?:^|\/)(?:[VUB]\d[\d._]*|R)__[^/]*\.sql$/;
const MARKED = /^\s*--\s*(?:migrate:up|\+goose\s+up|liquibase\s+formatted\s+sql)/im;

/** Whether a file anywhere in a repository is a migration: by where it lies, by its tool's naming, or by its tool's marks. */
export function looksLikeMigration(file: string, text: string): boolean {
  if (!MIGRATION_ENDINGS.test(file) || !isMigration(file, text)) return false;
  if (FOLDER.test(file)) return true;
  if (/\.sql$/i.test(file)) return VERSIONED.test(file) || MARKED.test(text);
  // Of a program or a list, the words that only a migration has; a program that exports `up` may be anything.
  return !/\.[cm]?[jt]s$/i.test(file);
}
