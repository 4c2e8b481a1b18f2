import type { z } from 'zod';
import type { Gap } from '../model/snapshot.js';
import type { LiveSession } from '../stores/live.js';
import { defaultsOfOthers, overrideRow, parseSettings, settingRow } from '../stores/postgres/settings.js';
import { loadSql, loadSqlFrom } from '../stores/sql/load.js';
import { hex } from './hex.js';

const SQL = new URL('./sql/postgres/', import.meta.url);
/** `-c name=value` and `--name=value` of a connection (PostgreSQL 18, 32.1.2, options). */
const OPTION = /(?:^|\s)(?:-c\s*|--)([\w.-]+)=/g;

/**
 * What hides the server's defaults from the role that connected, as a collection says it.
 * @param options those of the connection, as the URL or PGOPTIONS gives them
 * @throws what a query throws
 */
export async function hiddenDefaults(session: LiveSession, options: string): Promise<Gap[]> {
  const { role, database } = session.identity();
  const rows = await session.query(settingRow, loadSql('postgres', 'server_settings', session.version_num));
  const brought = new Set([...options.matchAll(OPTION)].map(([, name = '']) => name.toLowerCase().replaceAll('-', '_')));
  // This session brings its own limits; a collection reads the defaults before it does.
  const others = rows.map(({ name, value }) => ({ name, value, source: brought.has(name) ? 'client' : 'default' }));
  const overrides = await overridesOf(session, role ?? '');
  return defaultsOfOthers(others, overrides, { name: session.store, role: role ?? '', database: database ?? '' }).gaps;
}

/** Settings of a role that would hide the server's from it. @throws what a query throws */
export async function settingsOfRole(session: LiveSession, role: string): Promise<{ name: string; inDatabase: boolean }[]> {
  const rows = await session.query(settingRow, loadSql('postgres', 'server_settings', session.version_num));
  const read = new Set(rows.map(({ name }) => name));
  const overrides = await overridesOf(session, role);
  return overrides.filter(({ own }) => own).flatMap(({ in_database: inDatabase, settings }) => parseSettings(settings).filter(([name]) => read.has(name)).map(([name]) => ({ name, inDatabase })));
}

function overridesOf(session: LiveSession, role: string): Promise<z.infer<typeof overrideRow>[]> {
  return session.query(overrideRow, loadSqlFrom(SQL, 'role_settings', session.version_num, { role_hex: hex(role) }));
}
