import { documentValues } from './document-values.js';
import type { Constant } from './facts.js';
import { momentValues } from './moment-values.js';
import { numberValues } from './number-values.js';
import type { SearchColumn } from './tables.js';
import { textValues } from './text-values.js';

/** What is known of how a column is used. */
export interface ColumnRoles {
  aggregated: boolean;
  divisor: boolean;
  /** Part of a key. */
  key: boolean;
  /** Compared or joined with other columns, so that several equal and unequal values are needed. */
  shared: boolean;
  paths: ReadonlySet<string>;
  /** The zones in which definitions see a moment, UTC among them. */
  zones: readonly string[];
}

export const VALUES_MAX = 36;

/** Values of a column worth trying, the simplest and those that definitions name first; NULL is not among them. */
export function valuesOf(column: SearchColumn, constants: readonly Constant[], roles: ColumnRoles): string[] {
  if (column.members !== null) return column.members.slice(0, VALUES_MAX);
  return values(column, constants, roles).slice(0, VALUES_MAX);
}

function values(column: SearchColumn, constants: readonly Constant[], roles: ColumnRoles): string[] {
  switch (column.family) {
    case 'boolean':
      return ['false', 'true'];
    case 'integer':
    case 'number':
      return numberValues(column, constants, roles);
    case 'text':
      return textValues(column, constants, roles.shared);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return momentValues(column, constants, roles.zones);
    case 'json':
      return documentValues(roles.paths, constants);
    case 'array':
      return arrayValues(column, constants);
    case 'uuid':
      return [...new Set([...constants.map(({ value }) => value).filter((value) => /^[0-9a-f-]{36}$/i.test(value)), ...[1, 2, 3].map((number) => numbered(column, number))])];
    case 'time':
      return [...new Set([...constants.map(({ value }) => value).filter((value) => /^\d{1,2}:\d{2}/.test(value)), '08:00:00', '12:00:00', '23:59:59', '00:00:00'])];
    case 'interval':
      return [...new Set([...constants.map(({ value }) => value).filter((value) => /\d/.test(value)), '1 hour', '1 day', '40 days', '00:00:00', '-1 day'])];
    case 'range':
      return rangeValues(column, constants);
    case 'enum':
    case 'other':
      return [...new Set([...constants.map(({ value }) => value), ...(column.type.startsWith('inet') || column.type.startsWith('cidr') ? ['10.0.0.1', '192.168.1.1'] : []), ...(column.type.startsWith('bytea') ? ['\\x01', '\\x02'] : [])])];
  }
}

function arrayValues(column: SearchColumn, constants: readonly Constant[]): string[] {
  const isNumber = /^(small|big)?int|^numeric|^(u?(big|small|tiny|huge))?int|^decimal|^double|^real|^float/i.test(column.type);
  const brackets = /^[A-Z]/.test(column.type) ? (inner: string) => `[${inner}]` : (inner: string) => `{${inner}}`;
  const members = constants.map(({ value }) => value).filter((value) => !value.startsWith('{') && (!isNumber || /^-?\d+$/.test(value)));
  const spelled = [...new Set([...members, ...(isNumber ? ['1', '2'] : ['a', 'b'])])].slice(0, 6).map((member) => (isNumber ? member : `"${member.replace(/["\\]/g, '\\$&')}"`));
  const literals = constants.map(({ value }) => value).filter((value) => value.startsWith('{'));
  const pairs = spelled.slice(0, 3).flatMap((one) => spelled.slice(0, 3).map((other) => brackets(`${one},${other}`)));
  return [...new Set([...literals, ...spelled.map(brackets), brackets(''), ...pairs, brackets('NULL')])];
}

function rangeValues(column: SearchColumn, constants: readonly Constant[]): string[] {
  const written = constants.map(({ value }) => value).filter((value) => /^[[(].*,.*[\])]$/.test(value));
  const defaults = /^(int|num)/.test(column.type) ? ['[1,3)', '[2,5)', '[5,9)', 'empty'] : ['[2024-01-01,2024-01-15)', '[2024-01-10,2024-02-01)', '[2024-03-01,2024-04-01)', 'empty'];
  return [...new Set([...written, ...defaults])];
}

/** The n-th of as many values as a key needs, n from 1. */
export function numbered(column: SearchColumn, number: number): string {
  switch (column.family) {
    case 'integer':
    case 'number':
      return String(number);
    case 'uuid':
      return `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
    case 'date':
      return new Date(Date.UTC(2024, 0, 10) + number * 86_400_000).toISOString().slice(0, 10);
    case 'timestamp':
    case 'timestamptz':
      return `${new Date(Date.UTC(2024, 0, 10, 9) + number * 86_400_000).toISOString().slice(0, 19).replace('T', ' ')}${column.family === 'timestamptz' ? '+00' : ''}`;
    case 'text':
      return number <= 26 ? String.fromCharCode(96 + number) : `k${number}`;
    default:
      return `k${number}`;
  }
}
