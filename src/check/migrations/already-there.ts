import type { AppliedMigrations } from '../../migrations/index.js';
import type { MigrationFile, SchemaChange, UnknownChange } from '../../model/migration.js';

/** What a statement that ran before does not do again, or cannot be seen to do again. */
const IDLE = new Set<SchemaChange['kind']>(['harmless', 'rows-changed', 'function-replaced', 'privilege-granted', 'privilege-revoked', 'row-security-changed', 'policy-changed', 'publication-changed', 'column-default', 'constraint-validated']);

/**
 * The files whose changes the catalogue has already, as a bundle that was taken after the deployment has them: at least one statement
 * finds its object there or gone, none changes what is there, and nothing else about the file is unknown. A file of which only a part
 * is there is no such file: either it fails, or nobody knows what it does.
 */
export function filesAlreadyThere(files: readonly MigrationFile[], { changes, unknown, after }: Pick<AppliedMigrations, 'changes' | 'unknown' | 'after'>): Set<MigrationFile> {
  const names = new Set(after.relations.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]));
  return new Set(files.filter((file) => {
    const own = unknown.filter(({ place }) => place.file === file.path);
    return own.length > 0 && own.every((one) => isThere(one, file, names)) && changes.every(({ place, kind }) => place.file !== file.path || IDLE.has(kind));
  }));
}

const EXISTS = /^fails: (?:.* exists already|\S+ has a (?:column|constraint) \S+ already)$/s;
const MISSING = /^the catalogue has no (?:column|relation|constraint|index|policy|publication|function) /;

function isThere({ place, why }: UnknownChange, { steps }: MigrationFile, names: ReadonlySet<string>): boolean {
  if (EXISTS.test(why)) return true;
  if (!MISSING.test(why)) return false;
  // What is not there is gone where the statement takes it away; anything else needs it.
  const statements = steps.filter(({ line }) => line === place.line).map(({ sql }) => sql);
  const takes = (sql: string): boolean => DROPS.test(sql) || (!why.startsWith('the catalogue has no relation ') && DROPS_PART.test(sql)) || names.has(RENAMES.exec(sql)?.[1] ?? '');
  return statements.length > 0 && statements.every(takes);
}

/** Statements of one action: in a list it is not known which of them found nothing. */
const DROPS = /^(?:\s|--[^\n]*(?:\n|$))*DROP\b/i;
const DROPS_PART = /^(?:\s|--[^\n]*(?:\n|$))*ALTER\b[^,]*?\bDROP\b(?!\s+(?:NOT\s+NULL|DEFAULT|EXPRESSION|IDENTITY))[^,]*$/i;
const RENAMES = /^(?:\s|--[^\n]*(?:\n|$))*ALTER\b[^,]*\bRENAME\b[^,]*\bTO\s+"?([^\s";,]+)"?\s*;?\s*$/i;
