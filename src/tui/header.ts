import { STATES, type EpochSeconds, type LiveView } from '../model/live.js';
import { EMPTY, fitLine, line, lineWidth, span, spread, type Line, type Span } from './cells.js';
import type { OpenScreen } from './screen.js';
import { SCREENS } from './screens/index.js';
import { answering } from './screens/probes.js';
import { currentList, currentScreen, type Replay, type UiState } from './state.js';
import { WIDE_COLUMNS } from './table.js';
import { NEW, STATE_MARKS, THEME, UNKNOWN } from './theme.js';
import { clean, clock, moment, quantity, work } from './words.js';

/** What stands in the header besides the view. */
export interface HeaderContext {
  state: UiState;
  view: LiveView;
  open: OpenScreen;
  now: EpochSeconds;
  replay: Replay | null;
  refresh_seconds: number;
  width: number;
}

/** The answer: how many objectives stand how, worst first, each by glyph and word. */
export function answer({ counts }: LiveView): Line {
  const present = STATES.filter((state) => counts[state] > 0);
  if (present.length === 0) return [span(` ${UNKNOWN} nothing is watched yet`, THEME.unknown)];
  return present.flatMap((state, index) => {
    const { glyph, word, style } = STATE_MARKS[state];
    return [span(index === 0 ? ' ' : '  '), span(`${glyph} ${counts[state]} ${word}`, style)];
  });
}

/** First line: the answer, the stores, and which moment is shown. */
export function answerLine(context: HeaderContext): Line {
  const { view, width } = context;
  const left = answer(view);
  const right = [...(momentShown(context).find((form) => lineWidth(form) + lineWidth(left) + 2 <= width) ?? momentShown(context).at(-1) ?? EMPTY), span(' ')];
  const names = [view.source, view.target].filter((name) => name !== null).map((name) => clean(name, 30)).join(' → ');
  const room = width - lineWidth(left) - lineWidth(right);
  if (names === '' || room < names.length + 6) return spread(left, right, width);
  return spread([...left, span(`    ${names}`, THEME.title)], right, width);
}

/**
 * A screen that looks live and is not would be a lie, so the mode stands where the time does. Longest form first; only the word
 * LIVE may be left out.
 */
function momentShown({ state, view, replay, now, refresh_seconds }: HeaderContext): Line[] {
  const mode = (text: string): Line => [span(` ${text} `, THEME.mode)];
  if (state.frozen && replay !== null) return [mode(`REPLAY ${moment(view.at, now)} FROZEN`), mode(`REPLAY ${clock(view.at)}`), mode('REPLAY')];
  if (state.frozen) return [mode(`FROZEN ${moment(view.at, now)}`), mode(`FROZEN ${clock(view.at)}`), mode('FROZEN')];
  if (replay !== null) {
    const speed = replay.speed === undefined ? '' : ` ×${replay.speed}`;
    return [mode(`REPLAY ${moment(view.at, now)}${speed}`), mode(`REPLAY ${clock(view.at)}${speed}`), mode('REPLAY')];
  }
  if (now - view.at > STALE_SECONDS) {
    const news = mode(`NO NEWS FOR ${quantity(now - view.at, 'seconds')}`);
    return [[...news, span(`  ${clock(now)}`)], news];
  }
  return [[span(`LIVE ${quantity(refresh_seconds, 'seconds').replace(' ', '')}`, THEME.label), span(`  ${clock(now)}`)], [span(clock(now))]];
}

/** A view is made each second; one that is older says that something is stuck. */
const STALE_SECONDS = 10;

/** Second line: where one is, the way to the other screens, and what the screen holds. */
export function tabsLine(context: HeaderContext): Line {
  const { state, width } = context;
  const screen = currentScreen(state);
  const title = SCREENS.find(({ id }) => id === screen)?.title ?? '';
  const crumbs = screen === 'overview' ? ' tidemark' : ` Overview › ${title}`;
  const left = line(state.expanded === null ? crumbs : `${crumbs} › ${detailName(context)}`, THEME.title);
  const tabsLeast = lineWidth(tabsOf(screen, String));
  const right = [...contents(context, width - lineWidth(left) - tabsLeast - 5), span(' ')];
  const room = width - lineWidth(left) - lineWidth(right) - 4;
  const tabs = [tabsOf(screen, (index, name) => `${index}:${name}`), tabsOf(screen, String)].find((form) => lineWidth(form) <= room);
  return spread([...left, span('   '), ...(tabs ?? EMPTY)], right, width);
}

function tabsOf(current: string, name: (index: number, title: string) => string): Line {
  const spans: Span[] = [];
  SCREENS.forEach(({ id, title }, index) => {
    const text = name(index + 1, title);
    if (index > 0) spans.push(span(' '));
    spans.push(id === current ? span(`[${text}]`, THEME.key) : span(text, THEME.label));
  });
  return spans;
}

function detailName({ open }: HeaderContext): string {
  return clean(open.keys[open.selected] ?? '', 40);
}

/** A filter hides rows, so it is always named; then what the screen holds, and its order, as far as there is room. */
function contents({ state, view, open, width }: HeaderContext, room: number): Line {
  const gap = width >= WIDE_COLUMNS ? '   ' : '  ';
  const { filter } = currentList(state);
  if (filter === '' && currentScreen(state) === 'overview') return overviewContents(view, width);
  const filtered = filter === '' ? [] : [span(` filter ${clean(filter, 24)} ${open.keys.length} of ${open.total} `, THEME.mode)];
  const sorted = open.sort === null ? [] : [span(`sort ${open.sort.name} ${open.sort.descending ? '▼' : '▴'}`, THEME.label)];
  const summary = open.summary.map((text) => span(clean(text, 60)));
  const forms = [...summary.map((_, dropped) => [...summary.slice(0, summary.length - dropped), ...sorted, ...filtered]), [...summary.slice(0, 1), ...filtered], filtered];
  const joined = forms.map((parts): Line => parts.flatMap((part, index) => (index === 0 ? [part] : [span(gap), part])));
  return joined.find((form) => lineWidth(form) <= room) ?? filtered;
}

/** How much of what there is was looked at, and what the looking costs. */
function overviewContents(view: LiveView, width: number): Line {
  const good = answering(view);
  const fresh = view.findings.filter(({ is_new }) => is_new).length;
  const parts: Span[] = [];
  // A wide screen says so beside its findings.
  if (fresh > 0 && width < WIDE_COLUMNS) parts.push(span(`${NEW} ${fresh} new`, THEME.new), span('  '));
  parts.push(span(`probes ${good}/${view.probes.length}`, good < view.probes.length ? THEME.warning : THEME.label));
  const cost = costOf(view);
  if (cost !== null && width >= 70) parts.push(span(`  own cost ${work(cost)}`, THEME.label));
  return parts;
}

/** What watching costs the operational store, else all stores, in milliseconds a second; null where nothing is known. */
export function costOf({ costs, source }: LiveView): number | null {
  const own = costs.filter(({ store }) => store === source);
  const counted = own.length > 0 ? own : costs;
  if (counted.length === 0) return null;
  return counted.reduce((sum, cost) => sum + (cost.database_ms_per_minute ?? cost.elapsed_ms_per_minute), 0) / 60;
}

/** One line for a terminal that has room for no more: the worst state and the sentence. */
export function singleLine(view: LiveView, width: number): Line {
  const worst = STATES.find((state) => view.counts[state] > 0) ?? 'unknown';
  const { glyph, word, style } = STATE_MARKS[worst];
  return fitLine([span(`${glyph} ${word} `, style), span(clean(view.sentence, 300))], width);
}
