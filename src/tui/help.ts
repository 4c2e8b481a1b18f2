import { beside, EMPTY, fit, line, span, wrap, type Line } from './cells.js';
import { BINDINGS, shownKeys, type Binding, type KeyContext } from './keys.js';
import { WIDE_COLUMNS } from './table.js';
import { SCREENS } from './screens/index.js';
import { LEVEL_MARKS, NEW, PLAIN, STATE_MARKS, THEME } from './theme.js';

const GROUPS: Readonly<Record<Binding['group'], string>> = { move: 'MOVE', look: 'LOOK', time: 'TIME', other: 'OTHER' };
const KEYS_WIDTH = 11;

/** Every key with what it does, or why it does nothing now; the fields that a filter may name; what the glyphs mean. */
export function helpPage(keys: KeyContext, fields: readonly string[], width: number): Line[] {
  const groupWidth = width < WIDE_COLUMNS ? width : Math.floor(width / 2) - 1;
  const screens: Line[] = [
    line(' SCREENS', THEME.label),
    ...wrap(SCREENS.map(({ title }, index) => `${index + 1} ${title}`).join('   '), width - 4).map((part) => line(`   ${part}`)),
    EMPTY,
  ];
  const groups = Object.entries(GROUPS).map(([group, title]) => groupLines(BINDINGS.filter((binding) => binding.group === group), title, keys, groupWidth));
  const legend = legendLines(fields);
  if (width < WIDE_COLUMNS) return [...screens, ...groups.flatMap((lines) => [...lines, EMPTY]), ...legend];
  const [move = [], look = [], time = [], other = []] = groups;
  const leftWidth = Math.floor(width / 2);
  return screens.concat(beside([...move, EMPTY, ...time], [...look, EMPTY, ...other], { leftWidth, width, separator: span(' ') }), [EMPTY], legend);
}

function groupLines(bindings: readonly Binding[], title: string, keys: KeyContext, width: number): Line[] {
  const shown = bindings.filter(({ help }) => help !== '');
  return [
    line(` ${title}`, THEME.label),
    ...shown.flatMap((binding): Line[] => {
      const reason = binding.unavailable?.(keys) ?? null;
      const names = fit(shownKeys(binding), KEYS_WIDTH);
      const text = reason === null ? binding.help : `${reason} · ${binding.help}`;
      return wrap(text, width - KEYS_WIDTH - 4).map((part, index): Line => [
        span(`   ${index === 0 ? names : ' '.repeat(KEYS_WIDTH)}`, reason === null ? THEME.key : THEME.label),
        span(part, reason === null ? PLAIN : THEME.label),
      ]);
    }),
  ];
}

function legendLines(fields: readonly string[]): Line[] {
  const states = Object.values(STATE_MARKS).flatMap(({ glyph, word, style }) => [span(`  ${glyph} `, style), span(word)]);
  return [
    line(' FILTER', THEME.label),
    [span('   fields here  ', THEME.label), span(fields.join('  '))],
    [span('   examples     ', THEME.label), span('backlog   !state:ok   lag>2min   owner:"Case Platform*"')],
    EMPTY,
    line(' GLYPHS', THEME.label),
    [span(' '), ...states, span(`  ${LEVEL_MARKS.note.glyph} note  ${NEW} new since the baseline`)],
    line('   sparklines reach from 0 to twice the objective: half the height is the limit'),
    line('   cost is database time: 3 ms/s is three milliseconds of work each second'),
    line('   burn 2× spends the error budget twice as fast as its window allows'),
  ];
}
