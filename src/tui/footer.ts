import { lineWidth, line, span, spread, widthOf, wrap, type Line, type Span } from './cells.js';
import { BINDINGS, MODE_HINTS, shownKeys, type KeyContext } from './keys.js';
import type { OpenScreen } from './screen.js';
import { SCREENS } from './screens/index.js';
import { currentList, currentScreen, type UiState } from './state.js';
import type { LiveView } from '../model/live.js';
import { THEME } from './theme.js';
import { clean } from './words.js';

export interface FooterContext {
  state: UiState;
  view: LiveView;
  open: OpenScreen;
  keys: KeyContext;
  width: number;
  height: number;
}

/** The sentence and the hints. The next step stands at its end, so it may take three lines where there is room. */
export function footer(context: FooterContext): Line[] {
  const { state, width, height } = context;
  if (state.mode === 'filter') return [filterLine(context), hintLine(context)];
  const { text, leads } = sentence(context);
  const linesMax = height >= 22 ? 3 : height >= 15 ? 2 : 1;
  const lines = wrap(text, width - 2);
  const shown = lines.length <= linesMax ? lines : [...lines.slice(0, linesMax - 1), `${wrap(lines.slice(linesMax - 1).join(' '), width - 3)[0] ?? ''}…`];
  const style = state.notice === null ? THEME.title : THEME.key;
  const drawn = shown.map((part): Line => [span(` ${part}`, style)]);
  const last = drawn.at(-1);
  if (last !== undefined && leads !== '' && lineWidth(last) + leads.length + 4 <= width) {
    drawn[drawn.length - 1] = spread(last, [span(`${leads} `, THEME.label)], width);
  }
  return [...drawn, hintLine(context)];
}

/** The cause of what is shown, and where `enter` leads to; an answer to a key goes before. */
function sentence({ state, view, open }: FooterContext): { text: string; leads: string } {
  if (state.notice !== null) return { text: clean(state.notice.text, 400), leads: '' };
  const list = currentList(state);
  if (open.filterProblem !== null) return { text: clean(open.filterProblem, 400), leads: '' };
  const onOverview = currentScreen(state) === 'overview';
  if (onOverview && list.selected === null && list.filter === '') {
    const target = SCREENS.find(({ id }) => id === view.leads_to?.screen);
    return { text: clean(view.sentence, 600), leads: target === undefined || target.id === 'overview' ? '' : `enter opens ${target.title}` };
  }
  return { text: open.sentence ?? clean(view.sentence, 600), leads: '' };
}

function filterLine({ state, open, width }: FooterContext): Line {
  const typed = `/${clean(currentList(state).filter, 200)}`;
  const found = open.filterProblem ?? `${open.keys.length} of ${open.total}`;
  const right = span(`${clean(found, width)} `, open.filterProblem === null ? THEME.label : THEME.warning);
  return spread([span(' '), span(typed, THEME.key), span('▏')], [right], width);
}

function hintLine({ state, keys, width }: FooterContext): Line {
  if (state.mode !== 'browse') return hints(MODE_HINTS[state.mode], width);
  const possible = BINDINGS.flatMap((binding) =>
    binding.hint === undefined || (binding.unavailable?.(keys) ?? null) !== null
      ? []
      : [{ keys: shownKeys({ ...binding, shown: binding.shown ?? (binding.keys[0] ?? '') }), text: binding.hint.text, rank: binding.hint.rank }],
  );
  const gap = width >= 100 ? 3 : 2;
  while (possible.length > 0 && hintsWidth(possible, gap) > width) {
    const least = Math.max(...possible.map(({ rank }) => rank));
    possible.splice(possible.findIndex(({ rank }) => rank === least), 1);
  }
  return hints(possible, width);
}

function hintsWidth(shown: readonly { keys: string; text: string }[], gap: number): number {
  return shown.reduce((sum, { keys, text }) => sum + widthOf(keys) + 1 + widthOf(text) + gap, 1);
}

function hints(shown: readonly { keys: string; text: string }[], width: number): Line {
  const gap = ' '.repeat(width >= 100 ? 3 : 2);
  const spans: Span[] = [span(' ')];
  shown.forEach(({ keys, text }, index) => spans.push(span(`${index === 0 ? '' : gap}${keys}`, THEME.key), span(` ${text}`, THEME.label)));
  return shown.length === 0 ? line('') : spans;
}
