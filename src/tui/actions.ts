import type { EpochSeconds, LiveView } from '../model/live.js';
import type { KeyContext, ActionId, Binding } from './keys.js';
import { bindingOf } from './keys.js';
import type { Key } from './key-reader.js';
import { moved } from './list.js';
import type { OpenScreen } from './screen.js';
import { SCREENS } from './screens/index.js';
import { currentList, currentScreen, goTo, neighbour, withList, type UiState } from './state.js';

/** What a key asks of whoever owns the terminal, the journal and the probes. */
export type Effect =
  | { kind: 'quit'; code: number }
  | { kind: 'copy'; text: string }
  | { kind: 'step'; direction: -1 | 1; seconds: number }
  | { kind: 'live' }
  | { kind: 'speed'; direction: -1 | 1 }
  | { kind: 'freeze'; frozen: boolean }
  | { kind: 'refresh' }
  | { kind: 'repaint' }
  | { kind: 'suspend' }
  | { kind: 'break'; fault: string };

/** What an action may look at. */
export interface ActionContext {
  view: LiveView;
  open: OpenScreen;
  keys: KeyContext;
  now: EpochSeconds;
  /** Rows that a page moves by. */
  page: number;
  faults: readonly string[];
  /** Said after a copy, such as what tmux must allow; empty where there is nothing to say. */
  clipboardNote: string;
}

export interface Outcome {
  state: UiState;
  effects: Effect[];
}

const NOTICE_SECONDS = 4;
const STEP_SECONDS = 10;
const FAR_STEP_SECONDS = 300;
/** Nobody reads a longer filter. */
const FILTER_MAX = 200;

/** What a key does while looking, typing a filter, reading help or choosing a fault. Pure: state and context decide. */
export function press(state: UiState, key: Key, context: ActionContext): Outcome {
  const fresh = state.notice === null ? state : { ...state, notice: null };
  if (state.mode === 'filter') return typeFilter(fresh, key, context);
  const binding = bindingOf(key.name);
  // Leaving must work everywhere.
  if (binding?.action === 'quit' || binding?.action === 'suspend' || binding?.action === 'repaint') return act(fresh, binding, key, context);
  if (state.mode === 'help') return readHelp(fresh, binding?.action ?? null);
  if (state.mode === 'faults') return chooseFault(fresh, key, context);
  if (binding === null) return only(fresh);
  const reason = binding.unavailable?.(context.keys) ?? null;
  if (reason !== null && !(binding.action === 'down' || binding.action === 'up')) return only(noticed(fresh, `${key.name}: ${reason}`, context));
  return act(fresh, binding, key, context);
}

function only(state: UiState, ...effects: Effect[]): Outcome {
  return { state, effects };
}

function noticed(state: UiState, text: string, { now }: ActionContext): UiState {
  return { ...state, notice: { text, until: now + NOTICE_SECONDS } };
}

const EXIT_CODES: Readonly<Record<string, number>> = { 'ctrl-c': 130, 'ctrl-\\': 131 };

function act(state: UiState, { action }: Binding, key: Key, context: ActionContext): Outcome {
  const steps = MOVES[action]?.(context);
  if (steps !== undefined) return only(move(state, steps, context));
  const list = currentList(state);
  switch (action) {
    case 'open':
      return only(openRow(state, context));
    case 'back':
      return back(state, context);
    case 'expand':
      return only({ ...state, expanded: state.expanded === null ? { scroll: 0 } : null });
    case 'screen':
      return only(goTo(state, SCREENS[Number(key.name) - 1]?.id ?? 'overview'));
    case 'next-screen':
      return only(goTo(state, neighbour(state, 1)));
    case 'previous-screen':
      return only(goTo(state, neighbour(state, -1)));
    case 'next-problem':
      return only(withList(state, moved(list, context.open.keys, context.open.nextProblem(), 0)));
    case 'filter':
      return only({ ...state, mode: 'filter', expanded: null });
    case 'sort':
      return only(withList(state, { ...list, sort: (list.sort + 1) % context.keys.sorts, reversed: false }));
    case 'reverse':
      return only(withList(state, { ...list, reversed: !list.reversed }));
    case 'copy':
      return copy(state, context);
    case 'keys':
      return only({ ...state, shows_keys: !state.shows_keys });
    case 'help':
      return only({ ...state, mode: 'help', help_scroll: 0 });
    case 'break':
      return only({ ...state, mode: 'faults' });
    case 'freeze':
      return only({ ...state, frozen: !state.frozen }, { kind: 'freeze', frozen: !state.frozen });
    case 'quit':
      return only(state, { kind: 'quit', code: EXIT_CODES[key.name] ?? 0 });
    default:
      return ask(state, action, context);
  }
}

/** Actions that others carry out. */
function ask(state: UiState, action: ActionId, context: ActionContext): Outcome {
  // Who steps through time wants to see it; a recording that stands still goes on standing still.
  const step = (direction: -1 | 1, seconds: number): Outcome => only({ ...state, frozen: state.frozen && context.keys.playing }, { kind: 'step', direction, seconds });
  switch (action) {
    case 'back-in-time':
      return step(-1, STEP_SECONDS);
    case 'forward-in-time':
      return step(1, STEP_SECONDS);
    case 'far-back-in-time':
      return step(-1, FAR_STEP_SECONDS);
    case 'far-forward-in-time':
      return step(1, FAR_STEP_SECONDS);
    case 'live':
      return only({ ...state, frozen: false }, { kind: 'live' });
    case 'slower':
      return only(state, { kind: 'speed', direction: -1 });
    case 'faster':
      return only(state, { kind: 'speed', direction: 1 });
    case 'refresh':
      return only(noticed(state, 'looking again', context), { kind: 'refresh' });
    case 'repaint':
      return only(state, { kind: 'repaint' });
    case 'suspend':
      return only(state, { kind: 'suspend' });
    default:
      return only(state);
  }
}

const MOVES: Partial<Record<ActionId, (context: ActionContext) => number>> = {
  down: () => 1,
  up: () => -1,
  'page-down': ({ page }) => page,
  'page-up': ({ page }) => -page,
  first: () => -Infinity,
  last: () => Infinity,
};

function move(state: UiState, steps: number, { open }: ActionContext): UiState {
  if (state.expanded !== null) return { ...state, expanded: { scroll: Math.min(Math.max(0, state.expanded.scroll + steps), SCROLL_MAX) } };
  // The first row is followed: whatever comes first is selected, until somebody moves.
  if (steps === -Infinity) return withList(state, { ...currentList(state), selected: null, index: 0 });
  return withList(state, moved(currentList(state), open.keys, open.selected, Math.max(-open.keys.length, Math.min(steps, open.keys.length))));
}

/** Scrolling to the end means to here; drawing takes back what is too much. */
const SCROLL_MAX = 100_000;

function openRow(state: UiState, { view, open }: ActionContext): UiState {
  if (state.expanded !== null) return { ...state, expanded: null };
  const untouched = currentScreen(state) === 'overview' && currentList(state).selected === null && currentList(state).filter === '';
  const target = (untouched ? view.leads_to : null) ?? open.leadsTo();
  const screen = SCREENS.find(({ id }) => id === target?.screen);
  if (target === null || screen === undefined) return { ...state, expanded: { scroll: 0 } };
  // A filter of before could hide the row.
  const list = { ...state.lists[target.screen], filter: '' };
  const opened = screen.open(view, list);
  const key = opened.keyOf(target.subject);
  const index = key === null ? 0 : opened.keys.indexOf(key);
  return { ...goTo(state, target.screen), lists: { ...state.lists, [target.screen]: { ...list, selected: key, index } } };
}

function back(state: UiState, { keys }: ActionContext): Outcome {
  if (state.expanded !== null) return only({ ...state, expanded: null });
  const list = currentList(state);
  if (list.filter !== '') return only(withList(state, { ...list, filter: '' }));
  if (state.stack.length > 1) return only({ ...state, stack: state.stack.slice(0, -1) });
  return keys.replaying ? only({ ...state, frozen: false }, { kind: 'live' }) : only(state);
}

function copy(state: UiState, context: ActionContext): Outcome {
  const copied = context.open.copy();
  if (copied === null) return only(state);
  const note = context.clipboardNote === '' ? '' : `; ${context.clipboardNote}`;
  const text = copied.text();
  return only(noticed(state, `copied ${copied.what} (${text.length} characters)${note}`, context), { kind: 'copy', text });
}

function readHelp(state: UiState, action: ActionId | null): Outcome {
  const steps = action === null ? undefined : { down: 1, up: -1, 'page-down': 10, 'page-up': -10, first: -SCROLL_MAX, last: SCROLL_MAX }[String(action)];
  if (steps !== undefined) return only({ ...state, help_scroll: Math.min(Math.max(0, state.help_scroll + steps), SCROLL_MAX) });
  return only({ ...state, mode: 'browse' });
}

function chooseFault(state: UiState, key: Key, context: ActionContext): Outcome {
  const closed: UiState = { ...state, mode: 'browse' };
  const fault = context.faults[Number(key.name) - 1];
  return fault === undefined ? only(closed) : only(noticed(closed, `asked for ${fault}`, context), { kind: 'break', fault });
}

function typeFilter(state: UiState, key: Key, context: ActionContext): Outcome {
  const list = currentList(state);
  const typed = (filter: string): Outcome => only(withList(state, { ...list, filter, offset: 0 }));
  const letters = [...list.filter];
  switch (key.name) {
    case 'enter':
    case 'tab':
      return only({ ...state, mode: 'browse' });
    case 'escape':
      return only({ ...withList(state, { ...list, filter: '' }), mode: 'browse' });
    case 'backspace':
      return letters.length === 0 ? only({ ...state, mode: 'browse' }) : typed(letters.slice(0, -1).join(''));
    case 'ctrl-u':
      return typed('');
    case 'ctrl-w':
      return typed(list.filter.replace(/\S* *$/, ''));
    case 'up':
      return only(move(state, -1, context));
    case 'down':
      return only(move(state, 1, context));
    case 'ctrl-c':
    case 'ctrl-\\':
      return only(state, { kind: 'quit', code: EXIT_CODES[key.name] ?? 0 });
    case 'ctrl-l':
      return only(state, { kind: 'repaint' });
    case 'ctrl-z':
      return only(state, { kind: 'suspend' });
    default:
      return key.text === '' ? only(state) : typed([...list.filter, ...key.text].slice(0, FILTER_MAX).join(''));
  }
}
