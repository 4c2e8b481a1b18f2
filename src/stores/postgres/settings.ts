import { z } from 'zod';
import type { Gap } from '../../model/snapshot.js';
import { quoteName } from './failure.js';

export const settingRow = z.object({ name: z.string(), value: z.string().nullable(), source: z.string() });
export const overrideRow = z.object({ own: z.boolean(), in_database: z.boolean(), settings: z.array(z.string()) });

export interface SettingReading {
  /** In the parameter's base unit as postgresql.conf takes a bare number (`statement_timeout` in ms), or as written. */
  settings: Record<string, string>;
  gaps: Gap[];
}

/**
 * What other sessions of this database get, from a session that brought no settings along.
 *
 * `pg_settings.reset_val` is what our session started with. That is everybody's default, unless our own role has its own
 * (`ALTER ROLE … SET`, pg_db_role_setting) or the connection brought one (source `client`: PGOPTIONS, a pooler). There the
 * default is hidden; it is still known when `ALTER DATABASE … SET` or `ALTER ROLE ALL SET` says it. Order of precedence:
 * PostgreSQL 18, 19.1.3 and ALTER ROLE.
 */
export function defaultsOfOthers(
  rows: z.infer<typeof settingRow>[],
  overrides: z.infer<typeof overrideRow>[],
  store: { name: string; role: string; database: string },
): SettingReading {
  const declared = (own: boolean, inDatabase: boolean): Map<string, string> =>
    new Map(overrides.filter((o) => o.own === own && o.in_database === inDatabase).flatMap((o) => parseSettings(o.settings)));
  const everyone = new Map([...declared(false, false), ...declared(false, true)]);
  const ownInDatabase = declared(true, true);
  const ownEverywhere = declared(true, false);
  const hiddenByRole: string[] = [];
  const hiddenByClient: string[] = [];
  const settings: Record<string, string> = {};
  for (const { name, value, source } of rows) {
    if (value === null) continue;
    const byRole = ownInDatabase.has(name) || ownEverywhere.has(name);
    if (!byRole && source !== 'client') settings[name] = value;
    else if (everyone.has(name)) settings[name] = everyone.get(name) ?? '';
    else (byRole ? hiddenByRole : hiddenByClient).push(name);
  }
  const gap = (names: string[], cause: string, remedy: string): Gap => ({
    subject: store.name,
    missing: `defaults of other roles for ${names.join(', ')}`,
    cause,
    remedy,
    severity: 'partial',
  });
  const gaps: Gap[] = [];
  if (hiddenByRole.length > 0) {
    const role = quoteName(store.role);
    const resets = hiddenByRole.map((name) => {
      const where = ownInDatabase.has(name) ? ` IN DATABASE ${quoteName(store.database)}` : '';
      return `ALTER ROLE ${role}${where} RESET ${name};`;
    });
    gaps.push(gap(hiddenByRole, `${role} has its own, which hide them; tidemark sets its own bounds anyway`, resets.join(' ')));
  }
  if (hiddenByClient.length > 0) {
    gaps.push(gap(hiddenByClient, 'the connection brings its own, which hide them', 'Leave them out of PGOPTIONS, the URL and the pooler.'));
  }
  return { settings, gaps };
}

/** `name=value` as pg_db_role_setting keeps them. */
export function parseSettings(entries: readonly string[]): [string, string][] {
  return entries.map((entry) => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
}
