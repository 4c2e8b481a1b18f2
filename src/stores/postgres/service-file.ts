import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenContext } from '../store.js';

const FILE_LENGTH_MAX = 1_000_000;

/**
 * The entry of a connection service (PostgreSQL 18, 32.17): `servicefile` or PGSERVICEFILE, else `~/.pg_service.conf`, then
 * `pg_service.conf` in PGSYSCONFDIR.
 */
export function readService(
  name: string,
  file: string | undefined,
  context: OpenContext,
  fail: (detail: string, nextStep: string) => never,
): Map<string, string> {
  const folder = context.environment['PGSYSCONFDIR'];
  const candidates = [
    file ?? (context.homeDirectory === null ? undefined : join(context.homeDirectory, '.pg_service.conf')),
    folder === undefined ? undefined : join(folder, 'pg_service.conf'),
  ].filter((candidate) => candidate !== undefined);
  for (const candidate of candidates) {
    const entry = parseService(readIfThere(candidate), name);
    if (entry) return entry;
  }
  return fail(
    `no service "${name}" in ${candidates.join(' or ') || 'any service file'}`,
    'Name a service that is there, or set PGSERVICEFILE.',
  );
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, FILE_LENGTH_MAX);
  } catch {
    // Missing or unreadable is the same to libpq: the service is then not found, and the caller says so.
    return '';
  }
}

function parseService(text: string, name: string): Map<string, string> | null {
  let entry: Map<string, string> | null = null;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(.*)\]$/.exec(line);
    if (section) {
      if (entry) return entry;
      if (section[1] === name) entry = new Map();
      continue;
    }
    const at = line.indexOf('=');
    if (entry && at > 0) entry.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return entry;
}
