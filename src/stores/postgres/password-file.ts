import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenContext } from '../store.js';

const FILE_LENGTH_MAX = 1_000_000;
const GROUP_AND_OTHERS = 0o077;

/**
 * The password of the first line of the password file that fits (PostgreSQL 18, 32.16): `passfile` or PGPASSFILE, else
 * `~/.pgpass`. As libpq does, a file that others may read is ignored; the hint says so.
 */
export function passwordFromFile(
  file: string | undefined,
  connection: { host: string; port: number; database: string; user: string },
  context: OpenContext,
): { password: string | null; hint: string | null } {
  const path = file ?? (context.homeDirectory === null ? null : join(context.homeDirectory, '.pgpass'));
  const none = { password: null, hint: null };
  if (path === null) return none;
  let text: string;
  try {
    const status = statSync(path);
    if (!status.isFile()) return { password: null, hint: `${path} is ignored because it is not a plain file` };
    if (process.platform !== 'win32' && (status.mode & GROUP_AND_OTHERS) !== 0) {
      return { password: null, hint: `${path} is ignored because others may read it (chmod 600)` };
    }
    text = readFileSync(path, 'utf8').slice(0, FILE_LENGTH_MAX);
  } catch {
    // No file, no password: the server may not ask for one.
    return none;
  }
  // A socket folder stands as `localhost` in the file.
  const host = connection.host.startsWith('/') ? 'localhost' : connection.host;
  const wanted = [host, String(connection.port), connection.database, connection.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = splitFields(line);
    const password = fields[4];
    if (password !== undefined && wanted.every((value, at) => fields[at] === '*' || fields[at] === value)) {
      return { password, hint: null };
    }
  }
  return none;
}

/** Splits at colons; `\:` and `\\` stand for themselves. */
function splitFields(line: string): string[] {
  const fields = [''];
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (character === '\\' && (next === ':' || next === '\\')) {
      fields[fields.length - 1] += next;
      at++;
    } else if (character === ':' && fields.length < 5) {
      fields.push('');
    } else {
      fields[fields.length - 1] += character;
    }
  }
  return fields;
}
