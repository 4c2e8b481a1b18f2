import type { PersonalColumn, PersonalUse } from '../../model/personal-column.js';
import type { MaskLevel } from '../../model/masking.js';
import { amount } from '../../report/layout/amounts.js';
import { plainText } from '../../text/plain-text.js';
import { levelOf, reachOfUse, REACH_WORDS, type Reach } from './reach.js';
import type { Page } from '../../report/layout/page.js';

const NAME_LENGTH_MAX = 120;

export function clean(text: string, limit = NAME_LENGTH_MAX): string {
  return plainText(text, limit);
}

/** `✖ public`, with the colour of its level. */
export function reachMark(page: Page, reach: Reach): { text: string; paint: (text: string) => string } {
  const level = levelOf(reach);
  const { glyph, paint } = level === null ? { glyph: '●', paint: page.outcome('holds', null).paint } : page.level(level);
  return { text: `${glyph} ${REACH_WORDS[reach]}`, paint };
}

const MASK_WORDS: Record<MaskLevel, string> = {
  raw: 'as it is', reversible: 'reversible', 'pseudonymous-weak': 'as a hash without a key', 'pseudonymous-keyed': 'as a keyed pseudonym',
  partial: 'in part', aggregate: 'aggregated', predicate: 'as a yes or no', constant: 'nothing of it',
};

/** What is left of a value, as a sentence takes it. */
export function maskInWords(mask: MaskLevel): string {
  return MASK_WORDS[mask];
}

/** The names of consumers, each once, cut after `max`. */
export function consumersInWords(uses: readonly PersonalUse[], max: number): string {
  return cut([...new Set(uses.map(({ consumer }) => clean(consumer)))], max);
}

/** Where copies of a column stand, each with its zone. */
export function copiesInWords({ place: origin, copies }: PersonalColumn, max: number): string {
  const named = copies.map(({ place, zone, mask }) => {
    const where = place.store === origin.store ? '' : ` on ${clean(place.store)}`;
    return `${clean(place.relation)}.${clean(place.column)}${where} (${zone}${mask === 'raw' ? '' : `, ${maskInWords(mask)}`})`;
  });
  return cut([...new Set(named)], max);
}

function cut(names: readonly string[], max: number): string {
  const rest = names.length - max;
  return `${names.slice(0, max).join(', ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}`;
}

const REACH_SENTENCES: Record<Reach, string> = {
  public: 'seen by anyone with the link or the page that embeds it: ', exported: 'leaves as a file by ', shown: 'shown as it is by ', 'secret-read': 'read by ',
  pseudonym: 'shown as a hash that can be tried out by ', copied: 'used by ', used: 'used by ', kept: '',
};

/** Who makes it get so far; empty where nobody does. */
export function usesInWords(column: PersonalColumn, reach: Reach, max: number): string {
  const own = column.uses.filter((use) => reachOfUse(use, column) === reach);
  const uses = own.length > 0 ? own : column.uses;
  return uses.length === 0 ? '' : `${REACH_SENTENCES[reach]}${consumersInWords(uses, max)}`;
}
