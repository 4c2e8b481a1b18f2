import type { PersonalColumn, PersonalCopy, PersonalUse } from '../../model/personal-column.js';
import type { Level } from '../../model/finding.js';
import { NAMES_NOBODY_IN_GROUPS } from '../../graph/groups-of-figures.js';
import { rank } from '../../sql/flow.js';

/**
 * How far a column gets, the gravest first. `public`: anyone with a link or in another page sees it; `exported`: it leaves as a
 * file; `shown`: people inside see it as it is; `secret-read`: a secret is read outside its program; `pseudonym`: a hash of it that
 * can be tried out is shown; `copied`: a copy stands where everybody reads, or on another store where nobody does; `used`: it
 * filters, groups, or is shown in part; `kept`: nobody reads it.
 */
export const REACHES = ['public', 'exported', 'shown', 'secret-read', 'pseudonym', 'copied', 'used', 'kept'] as const;
export type Reach = (typeof REACHES)[number];

const LEVELS: Record<Reach, Level | null> = {
  public: 'error', exported: 'error', shown: 'error', 'secret-read': 'error', pseudonym: 'warning', copied: 'warning', used: 'note', kept: null,
};

/** Zones in which everybody reads. */
const OPEN_ZONES: ReadonlySet<string> = new Set(['mart', 'semantic']);

const BRINGS_ON: ReadonlySet<string> = new Set(['administration', 'loader']);

/** The gravest that becomes of a column. Quasi-identifiers are never more than used: alone they tell of nobody. */
export function reachOf(column: PersonalColumn): Reach {
  const found = column.uses.flatMap((use) => reachOfUse(use, column) ?? []);
  found.push(...column.copies.flatMap((copy) => reachOfCopy(copy, column) ?? []));
  return REACHES.find((reach) => found.includes(reach)) ?? (column.uses.length > 0 ? 'used' : 'kept');
}

function reachOfCopy({ place, zone, mask, readers }: PersonalCopy, { place: origin, class: columnClass }: PersonalColumn): Reach | null {
  if (columnClass === 'quasi' || rank(mask) > rank('pseudonymous-weak')) return null;
  const isElsewhere = place.store !== origin.store;
  // Whoever carries a secret to another store has read it.
  if (columnClass === 'secret' && isElsewhere) return 'secret-read';
  return OPEN_ZONES.has(zone) || (isElsewhere && readers === 0) ? 'copied' : null;
}

/** What one consumer makes of it; null where it is nothing worse than a use. */
export function reachOfUse({ use, mask, audience, exported, kind, purpose = '', labelsGroups = false }: PersonalUse, { class: columnClass, kind: columnKind }: Pick<PersonalColumn, 'class' | 'kind'>): Reach | null {
  // What an application shows to its own users is its business.
  if (kind === 'code') return null;
  // Even whether a secret is there goes to nobody else.
  if (columnClass === 'secret') return kind === 'card' ? 'secret-read' : null;
  if (use !== 'shown' || columnClass === 'quasi' || (labelsGroups && NAMES_NOBODY_IN_GROUPS.has(columnKind))) return null;
  if (rank(mask) > rank('pseudonymous-weak')) return null;
  if (audience !== 'inside') return 'public';
  if (rank(mask) > rank('reversible')) return 'pseudonym';
  // Backups and loads are copies, which an erasure has to know, and no export to anyone.
  if (exported !== null) return BRINGS_ON.has(purpose) ? null : 'exported';
  return kind === 'card' ? 'shown' : null;
}

/** As grave as what the audit says of it; null where nothing is to be said. */
export function levelOf(reach: Reach): Level | null {
  return LEVELS[reach];
}

export const REACH_WORDS: Record<Reach, string> = {
  public: 'public', exported: 'exported', shown: 'shown', 'secret-read': 'secret read', pseudonym: 'weak hash', copied: 'copied', used: 'used', kept: 'kept',
};
