import type { Access } from './boundary.js';

/** Kinds that name nobody where figures are shown for all who share a value: how small such groups may be is judged as a whole. */
export const NAMES_NOBODY_IN_GROUPS: ReadonlySet<string> = new Set(['date_of_birth']);

/** The columns that a statement groups by, where it shows figures of the groups. */
export function groupsOfFigures(part: Access['part']): ReadonlySet<string> {
  if (part === null || !part.shape.grouped || part.shape.aggregates.length === 0) return new Set();
  return new Set(part.resolution.uses.flatMap(({ column, role }) => (role === 'group' ? [column] : [])));
}
