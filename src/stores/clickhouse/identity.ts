import { z } from 'zod';
import { loadSql } from '../sql/load.js';
import { ConnectError, oneLine, type StoreIdentity } from '../store.js';
import type { Address } from './address.js';
import { textOf } from './names.js';
import { NEEDED, SETTING_NAMES, sessionSettings, type SessionSettings } from './settings.js';

/** Runs a statement; each row has the form of `row`. */
export type Run = <T>(row: z.ZodType<T>, sql: string) => Promise<T[]>;

const identityRow = z.object({ version: z.string(), database: z.string(), role: z.string() });
const settingRow = z.object({
  name: z.string(),
  value: z.string(),
  /** 1 where this user may not change it. */
  fixed: z.number(),
  least: z.string().nullable(),
  most: z.string().nullable(),
});
export type SettingRow = z.infer<typeof settingRow>;
const grantsRow = z.record(z.string(), z.string());

export interface ServerIdentity {
  version_num: number;
  store: StoreIdentity;
  settings: SessionSettings;
}

/**
 * Who the server is, who we are there, and what this user may set. Runs without any setting, which some users may not give.
 * @throws ConnectError where the user's profile would give parts of answers for the whole and lets nobody change that
 */
export async function lookAtServer(store: string, address: Address, run: Run): Promise<ServerIdentity> {
  const [first] = await run(z.object({ version: z.string() }), 'SELECT version() AS version');
  const version = first?.version ?? '';
  const version_num = versionNumber(version);
  const [identity] = await run(identityRow, loadSql('clickhouse', 'identity', version_num));
  const settings = sessionSettings(await run(settingRow, loadSql('clickhouse', 'settings', version_num, { names: SETTING_NAMES.map(textOf).join(', ') })));
  const [adverse] = settings.adverse;
  if (adverse !== undefined) {
    throw new ConnectError({
      reason: 'configuration', store, place: address.place,
      detail: `the profile of ${oneLine(address.user)} has ${adverse.name} = ${oneLine(adverse.value)} and lets no session change it, so that answers may be incomplete without a word`,
      nextStep: `Give tidemark's user a profile with ${adverse.name} = ${NEEDED[adverse.name] ?? ''}.`,
    });
  }
  const grants = version_num >= GRANTS_SINCE ? await run(grantsRow, 'SHOW GRANTS').catch(() => []) : [];
  const mayAll = grants.flatMap((row) => Object.values(row)).some((text) => MAY_ALL.test(text));
  return {
    version_num,
    settings,
    store: { version, database: identity?.database ?? address.database ?? '', inRecovery: false, role: identity?.role || address.user, superuser: mayAll && settings.sent['readonly'] !== undefined },
  };
}

const GRANTS_SINCE = 200_500;
/** What it prints for all privileges, in one word or, where an engine lacks some, each. */
const MAY_ALL = /^GRANT (?:ALL\b|[^\n]*\bINSERT\b[^\n]*\bDROP\b)[^\n]* ON \*\.\*/;

/** 26.7.2.1 is 260702, 18.16.1 is 181601. */
export function versionNumber(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major * 10_000 + minor * 100 + patch;
}
