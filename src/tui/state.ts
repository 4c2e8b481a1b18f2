import type { EpochSeconds, ScreenId } from '../model/live.js';
import type { Mode } from './keys.js';
import { newList, type ListState } from './list.js';
import { SCREENS } from './screens/index.js';

/** What a person has chosen to see. Everything on the screen is made of this, a view, and the size of the terminal. */
export interface UiState {
  /** From the overview down to what is looked at; never empty. */
  stack: readonly ScreenId[];
  lists: Readonly<Record<ScreenId, ListState>>;
  /** The selected row's panels on the whole screen, and the first line shown. */
  expanded: { scroll: number } | null;
  mode: Mode;
  /** First line of the help page. */
  help_scroll: number;
  frozen: boolean;
  /** Keys that differ are shown as they are, in place of their digests. */
  shows_keys: boolean;
  /** An answer to a key, in place of the sentence. */
  notice: { text: string; until: EpochSeconds } | null;
}

/** That another moment than the present is shown. */
export interface Replay {
  from: EpochSeconds;
  to: EpochSeconds;
  /** Seconds of the recording in one second; left out where somebody steps through the journal. */
  speed?: number;
}

export function initialState(): UiState {
  return {
    stack: ['overview'],
    lists: {
      overview: newList(), cdc: newList(), freshness: newList(), reconciliation: newList(),
      statements: newList(), findings: newList(), probes: newList(),
    },
    expanded: null,
    mode: 'browse',
    help_scroll: 0,
    frozen: false,
    shows_keys: false,
    notice: null,
  };
}

export function currentScreen(state: UiState): ScreenId {
  return state.stack.at(-1) ?? 'overview';
}

export function currentList(state: UiState): ListState {
  return state.lists[currentScreen(state)];
}

export function withList(state: UiState, list: ListState): UiState {
  return { ...state, lists: { ...state.lists, [currentScreen(state)]: list } };
}

/** The screen itself, not stacked upon what was looked at: `esc` leads to the overview. */
export function goTo(state: UiState, screen: ScreenId): UiState {
  return { ...state, stack: screen === 'overview' ? ['overview'] : ['overview', screen], expanded: null };
}

/** The screen before or after the present one, around the ends. */
export function neighbour(state: UiState, steps: 1 | -1): ScreenId {
  const ids = SCREENS.map(({ id }) => id);
  const at = ids.indexOf(currentScreen(state));
  return ids[(at + steps + ids.length) % ids.length] ?? 'overview';
}
