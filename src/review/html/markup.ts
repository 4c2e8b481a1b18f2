import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';

const TEXT_LENGTH_MAX = 1_000;

/**
 * Text from outside for the content and the quoted attributes of HTML: one line, at most `limit` UTF-16 units before it is escaped,
 * without controls and characters that nobody sees or that turn the direction of reading.
 */
export function text(raw: string, limit = TEXT_LENGTH_MAX): string {
  return escaped(plainText(nameMarkers(raw), limit));
}

/** The same with a full stop, for what another sentence follows. */
export function sentence(raw: string, limit = TEXT_LENGTH_MAX): string {
  const said = text(raw, limit);
  return said === '' || /[.!?…]$/.test(said) ? said : `${said}.`;
}

/** Two characters that no document may hold remain after `plainText`: U+FFFE and U+FFFF of every plane are never text. */
function escaped(plain: string): string {
  return plain
    .replace(/\p{Noncharacter_Code_Point}/gu, '')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** Nothing for no items, so that no empty list is announced. */
export function list(items: readonly string[], attributes = ''): string {
  return items.length === 0 ? '' : `<ul${attributes}>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

/** Pairs of a term and what is said of it; pairs with nothing to say are left out. */
export function terms(pairs: readonly (readonly [term: string, markup: string])[]): string {
  const said = pairs.filter(([, markup]) => markup !== '');
  return said.length === 0 ? '' : `<dl>${said.map(([term, markup]) => `<div><dt>${term}</dt><dd>${markup}</dd></div>`).join('')}</dl>`;
}

/** The shape, and not only the colour, tells the state; the word beside it is for those who see neither. */
export function mark(kind: string, word: string): string {
  return `<span class="mark ${kind}">${glyph(kind)} ${word}</span>`;
}

/** The same without room for a word: it is there for those who listen. */
export function bareMark(kind: string, word: string): string {
  return `<span class="mark ${kind}">${glyph(kind)}<span class="unseen"> ${word}</span></span>`;
}

const GLYPHS: Record<string, string> = {
  ok: '✓', note: 'i', warning: '▲', error: '✕', unknown: '?', none: '–',
};

function glyph(kind: string): string {
  return `<span aria-hidden="true" class="glyph">${GLYPHS[kind] ?? '?'}</span>`;
}

/** A bar from 0 to 100. The number stands beside it in words, so that the bar itself is not read out. */
export function bar(value: number | null): string {
  const width = value === null ? 0 : Math.max(0, Math.min(100, Math.round(value)));
  const state = value === null ? 'none' : scoreState(value);
  return `<svg class="bar ${state}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" width="100" height="8"/><rect class="value" width="${width}" height="8"/></svg>`;
}

/** Thirds of the scale: for colour only, the number is what counts. */
export function scoreState(score: number): 'ok' | 'warning' | 'error' {
  return score >= 67 ? 'ok' : score >= 34 ? 'warning' : 'error';
}
