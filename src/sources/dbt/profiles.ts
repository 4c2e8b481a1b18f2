import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';
import type { Profile } from './model.js';
import type { DbtProject } from './project.js';
import { outputShape, profileShape } from './shapes.js';

/**
 * The profile that a project names, from `profiles.yml`: type, host, database and schema of the target's output. Nothing
 * else is read of it, so no secret comes out.
 */
export function profileOf(project: DbtProject, files: readonly SourceFile[], adapterType: string | null, engine: string | null = null): Profile {
  const wanted = project.profile;
  for (const file of nearestFirst(files, project.root)) {
    const value: unknown = file.yaml;
    if (!isObject(value)) continue;
    const { target, outputs } = profileShape.catch({ target: null, outputs: null }).parse(value[wanted ?? project.name]);
    if (!outputs) continue;
    const named = literal(target) ?? 'default';
    const chosen = isObject(outputs[named]) ? named : Object.keys(outputs).find((name) => isObject(outputs[name]));
    if (chosen !== undefined) return profileFrom(outputs[chosen], chosen, wanted ?? project.name, adapterType);
  }
  const connection = { id: null, name: wanted ?? project.name, engine: adapterType, host: null, database: null };
  return { connection, schema: null, database: null, adapter: adapterType ?? engine, target: null };
}

function profileFrom(value: unknown, target: string, name: string, adapterType: string | null): Profile {
  const output = outputShape.parse(value);
  const engine = adapterType ?? literal(output.type);
  const database = literal(output.dbname) ?? literal(output.database) ?? literal(output.project) ?? literal(output.catalog) ?? databaseOfPath(output.path);
  const host = literal(output.host) ?? literal(output.server) ?? literal(output.account);
  return {
    connection: { id: null, name, engine, host, database },
    schema: literal(output.schema) ?? literal(output.dataset),
    database,
    adapter: engine,
    target,
  };
}

/** A value as it stands, or the default of the `env_var` that it is; null where only the environment knows, or where it is an address with more in it. */
function literal(value: string | null | undefined): string | null {
  if (!value) return null;
  if (!value.includes('{{')) return /[@/?;]|\s/.test(value) ? null : value.slice(0, 200);
  const preset = /^\s*\{\{\s*env_var\(\s*(?:'[^']{1,100}'|"[^"]{1,100}")\s*,\s*(?:'([^']{1,200})'|"([^"]{1,200})")\s*\)[^{}]{0,100}\}\}\s*$/.exec(value.slice(0, 500));
  return literal(preset?.[1] ?? preset?.[2]);
}

/** DuckDB names a database after its file. */
function databaseOfPath(path: string | null | undefined): string | null {
  if (!path || /[?:@{]/.test(path)) return null;
  return /([\w-]{1,100})\.(?:duckdb|db|ddb)$/.exec(path)?.[1] ?? null;
}

/** Beside or above the project first. */
function nearestFirst(files: readonly SourceFile[], root: string): SourceFile[] {
  const depth = ({ path }: SourceFile): number => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return folder === root || folder === '' || root.startsWith(`${folder}/`) ? folder.length : -1;
  };
  return files.toSorted((one, other) => depth(other) - depth(one) || (one.path < other.path ? -1 : 1));
}
