import type { Catalog, Role } from '../model/catalog.js';
import { formatQuantity } from '../text/quantity.js';

/** What the settings of a role's sessions come to when nobody changes them. */
export interface RoleSettings {
  statement_timeout_seconds: number;
  idle_in_transaction_timeout_seconds: number;
  idle_session_timeout_seconds: number;
  transaction_timeout_seconds: number;
  lock_timeout_seconds: number;
  read_only: boolean;
  temp_file_limit_bytes: number;
  work_mem_bytes: number;
  parallel_workers: number;
  query_node_memory_bytes: number;
  statement_timeout_origin: string;
  statement_timeout_database: string;
  idle_in_transaction_timeout_origin: string;
  idle_in_transaction_timeout_database: string;
  lock_timeout_origin: string;
  lock_timeout_database: string;
  read_only_origin: string;
  read_only_database: string;
  temp_file_limit_origin: string;
  temp_file_limit_database: string;
  work_mem_origin: string;
  work_mem_database: string;
  parallel_workers_origin: string;
  parallel_workers_database: string;
}

/**
 * The settings in force for a role: its own, else the defaults of the database and the server, which the catalogue holds as one.
 * What is set for a role in one database outranks what is set for it everywhere, and both stand as one here.
 * Groups count for nothing: PostgreSQL takes them from the role that signs in (`ALTER ROLE`, PostgreSQL 18, notes).
 */
export function roleSettings(role: Role, catalog: Catalog, database: string): RoleSettings {
  const value = (name: string): string | undefined => role.settings[name] ?? catalog.settings[name];
  const origin = (name: string, unit: SettingUnit): string => originOf(name, unit, role, catalog);
  const own = (name: string): string => (role.settings[name] === undefined ? '' : database);
  const work_mem_bytes = memoryBytes(value('work_mem'));
  const parallel_workers = wholeNumber(value('max_parallel_workers_per_gather'));
  return {
    statement_timeout_seconds: durationSeconds(value('statement_timeout')),
    idle_in_transaction_timeout_seconds: durationSeconds(value('idle_in_transaction_session_timeout')),
    idle_session_timeout_seconds: durationSeconds(value('idle_session_timeout')),
    transaction_timeout_seconds: durationSeconds(value('transaction_timeout')),
    lock_timeout_seconds: durationSeconds(value('lock_timeout')),
    read_only: isOn(value('default_transaction_read_only')),
    temp_file_limit_bytes: memoryBytes(value('temp_file_limit')),
    work_mem_bytes,
    parallel_workers,
    // A hash may take hash_mem_multiplier times work_mem, in the leader and in each worker ("Resource Consumption", work_mem and
    // hash_mem_multiplier, PostgreSQL 18).
    query_node_memory_bytes: work_mem_bytes * number(value('hash_mem_multiplier')) * (1 + parallel_workers),
    statement_timeout_origin: origin('statement_timeout', 'duration'),
    statement_timeout_database: own('statement_timeout'),
    idle_in_transaction_timeout_origin: origin('idle_in_transaction_session_timeout', 'duration'),
    idle_in_transaction_timeout_database: own('idle_in_transaction_session_timeout'),
    lock_timeout_origin: origin('lock_timeout', 'duration'),
    lock_timeout_database: own('lock_timeout'),
    read_only_origin: origin('default_transaction_read_only', 'word'),
    read_only_database: own('default_transaction_read_only'),
    temp_file_limit_origin: origin('temp_file_limit', 'memory'),
    temp_file_limit_database: own('temp_file_limit'),
    work_mem_origin: origin('work_mem', 'memory'),
    work_mem_database: own('work_mem'),
    parallel_workers_origin: origin('max_parallel_workers_per_gather', 'word'),
    parallel_workers_database: own('max_parallel_workers_per_gather'),
  };
}

type SettingUnit = 'duration' | 'memory' | 'word';

/**
 * Where the value comes from, in words: `statement_timeout is off by the default of the server or database; its group reporting
 * has 30 s, which PostgreSQL hands to no member`. Empty where the setting is not known.
 */
function originOf(name: string, unit: SettingUnit, role: Role, catalog: Catalog): string {
  const own = role.settings[name];
  if (own !== undefined) return `${name} is ${inWords(own, unit)}, set for the role itself`;
  const everyones = catalog.settings[name];
  if (everyones === undefined) return '';
  const group = groupsOf(role, catalog).find(({ settings }) => settings[name] !== undefined && inWords(settings[name], unit) !== inWords(everyones, unit));
  const of = `${name} is ${inWords(everyones, unit)} by the default of server and database`;
  return group === undefined ? of : `${of}; its group ${group.name} has ${inWords(group.settings[name] ?? '', unit)}, which no member gets`;
}

function inWords(setting: string, unit: SettingUnit): string {
  if (unit === 'duration') {
    const seconds = durationSeconds(setting);
    return seconds === 0 ? 'off' : ((seconds < 1 ? formatQuantity(seconds * 1000, 'ms') : formatQuantity(seconds, 'seconds')) ?? setting);
  }
  if (unit === 'memory') {
    const bytes = memoryBytes(setting);
    return bytes < 0 ? 'without limit' : (formatQuantity(bytes, 'bytes') ?? setting);
  }
  return setting;
}

/** Every group that a role belongs to, directly or through others, nearest first. */
export function groupsOf(role: Role, catalog: Pick<Catalog, 'roles'>): Role[] {
  const byName = new Map(catalog.roles.map((candidate) => [candidate.name, candidate]));
  const names = new Set(role.memberOf);
  for (const name of names) for (const further of byName.get(name)?.memberOf ?? []) names.add(further);
  names.delete(role.name);
  return [...names].flatMap((name) => byName.get(name) ?? []);
}

const UNIT_SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/**
 * A timeout setting in seconds: PostgreSQL takes a bare number for milliseconds ("Setting Parameters", numeric with unit).
 * Unknown (NaN) for a missing or unreadable setting.
 */
export function durationSeconds(setting: string | undefined): number {
  return quantity(setting, UNIT_SECONDS, 'ms');
}

const UNIT_BYTES: Record<string, number> = { B: 1, kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/**
 * work_mem or temp_file_limit in bytes: a bare number is kilobytes, and units are written exactly so, in powers of 1024
 * ("Setting Parameters"). -1 for no limit, NaN for a missing or unreadable setting.
 */
export function memoryBytes(setting: string | undefined): number {
  const bytes = quantity(setting, UNIT_BYTES, 'kB');
  return bytes < 0 ? -1 : bytes;
}

function quantity(setting: string | undefined, units: Record<string, number>, base: string): number {
  const match = /^\s*'?\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]+)?\s*'?\s*$/.exec(setting ?? '');
  if (!match) return Number.NaN;
  const unit = match[2] ?? base;
  return Object.hasOwn(units, unit) ? Number(match[1]) * (units[unit] ?? Number.NaN) : Number.NaN;
}

function number(setting: string | undefined): number {
  return setting === undefined || setting.trim() === '' ? Number.NaN : Number(setting);
}

function wholeNumber(setting: string | undefined): number {
  const value = number(setting);
  return Number.isInteger(value) ? value : Number.NaN;
}

/** PostgreSQL takes every unique prefix of these words ("Setting Parameters", Boolean). */
export function isOn(setting: string | undefined): boolean {
  const word = (setting ?? '').trim().replace(/^'(.*)'$/, '$1').toLowerCase();
  return word !== '' && (word === '1' || word === 'on' || 'true'.startsWith(word) || 'yes'.startsWith(word));
}
