import type { PersonalColumn, PersonalUse } from '../../model/personal-column.js';
import type { Level } from '../../model/finding.js';
import { rank } from '../../sql/flow.js';

/**
 * How far a column gets, the gravest first. `public`: anyone with a link or in another page sees it; `exported`: it leaves as a
 * file; `shown`: people inside see it as it is; `secret-read`: a secret is read outside its program; `pseudonym`: a hash of it that
 * can be tried out is shown; `copied`: a copy stands outside the secure zone; `used`: it filters, groups, or is shown in part;
 * `kept`: nobody reads it.
 */
export const REACHES = ['public', 'exported', 'shown', 'secret-read', 'pseudonym', 'copied', 'used', 'kept'] as const;
export type Reach = (typeof REACHES)[number];

const LEVELS: Record<Reach, Level | null> = {
  public: 'error', exported: 'error', shown: 'error', 'secret-read': 'error', pseudonym: 'warning', copied: 'warning', used: 'note', kept: null,
};

/** Zones in which everybody reads. */
const OPEN_ZONES: ReadonlySet<string> = new Set(['mart', 'semantic']);

/** The gravest that becomes of a column. Quasi-identifiers are never more than used: alone they tell of nobody. */
export function reachOf(column: PersonalColumn): Reach {
  const found = column.uses.flatMap((use) => reachOfUse(use, column) ?? []);
  if (column.class !== 'quasi' && column.copies.some(({ zone, mask }) => OPEN_ZONES.has(zone) && rank(mask) <= rank('pseudonymous-weak'))) found.push('copied');
  return REACHES.find((reach) => found.includes(reach)) ?? (column.uses.length > 0 ? 'used' : 'kept');
}

/** What one consumer makes of it; null where it is nothing worse than a use. */
export function reachOfUse({ use, mask, audience, exported, kind }: PersonalUse, { class: columnClass }: Pick<PersonalColumn, 'class'>): Reach | null {
  // What an application shows to its own users is its business.
  if (kind === 'code') return null;
  // Even whether a secret is there goes to nobody else.
  if (columnClass === 'secret') return kind === 'card' ? 'secret-read' : null;
  if (use !== 'shown' || columnClass === 'quasi') return null;
  if (rank(mask) > rank('pseudonymous-weak')) return null;
  if (audience !== 'inside') return 'public';
  if (rank(mask) > rank('reversible')) return 'pseudonym';
  if (exported !== null) return 'exported';
  return kind === 'card' ? 'shown' : null;
}

/** As grave as what the audit says of it; null where nothing is to be said. */
export function levelOf(reach: Reach): Level | null {
  return LEVELS[reach];
}

export const REACH_WORDS: Record<Reach, string> = {
  public: 'public', exported: 'exported', shown: 'shown', 'secret-read': 'secret read', pseudonym: 'weak hash', copied: 'copied', used: 'used', kept: 'kept',
};
