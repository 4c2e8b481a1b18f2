import type { State } from '../model/live.js';
import { beside, fit, line, span, widthOf, wrap, type Line, type Span } from './cells.js';
import type { Room } from './screen.js';
import { STATE_MARKS, THEME, UNKNOWN, type Style } from './theme.js';
import { clean } from './words.js';

/** A part of a screen; where room is short, the largest rank goes first. Empty panels take no room. */
export interface Panel {
  rank: number;
  lines: Line[];
}

/** Panels one below the other with rules between, in at most `room.height` lines. The last one that is left is cut. */
export function stack(panels: readonly Panel[], room: Room): Line[] {
  const shown = panels.filter(({ lines }) => lines.length > 0);
  while (shown.length > 1 && heightOf(shown) > room.height) {
    const least = Math.max(...shown.map(({ rank }) => rank));
    shown.splice(shown.findIndex(({ rank }) => rank === least), 1);
  }
  const divide = line('─'.repeat(room.width), THEME.label);
  return shown.flatMap(({ lines }, index) => (index === 0 ? lines : [divide, ...lines])).slice(0, Math.max(0, room.height));
}

function heightOf(panels: readonly Panel[]): number {
  return panels.reduce((sum, { lines }) => sum + lines.length + 1, -1);
}

/** The head of a panel. */
export function heading(text: string, note = ''): Line {
  return note === '' ? [span(` ${text}`, THEME.label)] : [span(` ${text}`, THEME.label), span(`   ${note}`, THEME.label)];
}

export function ruled(left: readonly Line[], right: readonly Line[], room: Room, leftWidth = Math.floor((room.width - 2) * 0.48)): Line[] {
  return beside(left, right, { leftWidth, width: room.width, separator: span('│ ', THEME.label) });
}

/** A state as glyph and word; the detail, where there is one, says more than the word. */
export function stateSpan(state: State, detail = ''): Span {
  const { glyph, word, style } = STATE_MARKS[state];
  const said = clean(detail, 60);
  return span(`${glyph} ${said === '' ? word : said}`, style);
}

export function glyphSpan(state: State): Span {
  return span(STATE_MARKS[state].glyph, STATE_MARKS[state].style);
}

/** A name and its value; null for a value that there is none of. */
export type Fact = readonly [name: string, value: string | null, style?: Style];

/** Names and values, one pair a line; pairs whose value is null are left out. */
export function facts(pairs: readonly Fact[]): Line[] {
  const shown = pairs.flatMap(([name, value, style]) => (value === null ? [] : [{ name, value, style: style ?? (value === UNKNOWN ? THEME.unknown : undefined) }]));
  const width = Math.max(0, ...shown.map(({ name }) => widthOf(name))) + 2;
  return shown.map(({ name, value, style }) => [span(` ${fit(name, width)}`, THEME.label), span(clean(value), style)]);
}

/** Text from outside, wrapped and indented. */
export function paragraph(text: string, width: number, style?: Style): Line[] {
  return clean(text, 2_000) === '' ? [] : wrap(clean(text, 2_000), width - 2).map((part) => [span(` ${part}`, style)]);
}
