import type { EpochSeconds, LiveView } from '../model/live.js';
import { press, type ActionContext, type Effect } from './actions.js';
import { EMPTY, fitLine, line, span, wrap, type Line } from './cells.js';
import { footer } from './footer.js';
import { answer, answerLine, singleLine, tabsLine } from './header.js';
import { helpPage } from './help.js';
import type { KeyContext } from './keys.js';
import type { Key } from './key-reader.js';
import type { Area, KeyText, OpenScreen, Screen } from './screen.js';
import { SCREENS } from './screens/index.js';
import { currentList, currentScreen, initialState, withList, type Replay, type UiState } from './state.js';
import { THEME } from './theme.js';
import { clean } from './words.js';

export interface AppOptions {
  width: number;
  height: number;
  now: () => EpochSeconds;
  /** How often a view is made; stands beside LIVE. */
  refresh_seconds?: number;
  /** False where nothing is recorded: stepping back says so. */
  hasJournal?: boolean;
  /** What the demo can break; without it the key says where it can. */
  faults?: readonly string[];
  /** Said after a copy, such as what tmux must allow. */
  clipboardNote?: string;
  /** Keys that this process has seen to differ; without it there are digests only. */
  keyText?: KeyText;
}

/** Below this there is room for the list only, and below that for one line. */
const PANELS_LEAST = { width: 60, height: 15 };
const LIST_LEAST = { width: 20, height: 5 };

/**
 * The screen: it takes views, keys and sizes and gives frames and wishes. It does no output, waits for nothing and asks no
 * clock but its own, so that a key is answered whatever the databases do.
 */
export class App {
  #state = initialState();
  #view: LiveView | null = null;
  /** What is shown: the newest view, or the one at which the screen was frozen. */
  #shown: LiveView | null = null;
  #replay: Replay | null = null;
  /** A step was asked for: the next view is shown although the recording stands still. */
  #awaitsStep = false;
  #width: number;
  #height: number;

  constructor(private readonly options: AppOptions) {
    this.#width = options.width;
    this.#height = options.height;
  }

  get state(): UiState {
    return this.#state;
  }

  get size(): { width: number; height: number } {
    return { width: this.#width, height: this.#height };
  }

  /** A newer view, or one of another time. While the screen is frozen it waits. */
  update(view: LiveView, replay: Replay | null = null): void {
    this.#view = view;
    this.#replay = replay;
    if (!this.#state.frozen || this.#awaitsStep) this.#shown = view;
    this.#awaitsStep = false;
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  /** Says something in the place of the sentence until the next key, at most ten seconds. */
  notify(text: string): void {
    this.#state = { ...this.#state, notice: { text, until: this.options.now() + 10 } };
  }

  /** What a key changes here, and what it asks of others. */
  key(key: Key): Effect[] {
    const view = this.#shown;
    if (view === null) return ['q', 'ctrl-c', 'escape'].includes(key.name) ? [{ kind: 'quit', code: key.name === 'ctrl-c' ? 130 : 0 }] : [];
    const { state, effects } = press(this.#state, key, this.#actionContext(view));
    this.#state = state;
    if (!state.frozen) this.#shown = this.#view;
    this.#awaitsStep = effects.some(({ kind }) => kind === 'step');
    return effects;
  }

  /** The screen as it is to be: `height` lines of `width` cells. */
  frame(): Line[] {
    const width = this.#width;
    const height = this.#height;
    const { notice } = this.#state;
    if (notice !== null && this.options.now() > notice.until) this.#state = { ...this.#state, notice: null };
    const lines = this.#shown === null ? [line(' tidemark: looking for the first time …')] : this.#draw(this.#shown, width, height);
    return Array.from({ length: height }, (_, row) => fitLine(lines[row] ?? EMPTY, width));
  }

  #draw(view: LiveView, width: number, height: number): Line[] {
    if (width < LIST_LEAST.width || height < LIST_LEAST.height) return [singleLine(view, width)];
    const open = this.#open(view);
    const small = width < PANELS_LEAST.width || height < PANELS_LEAST.height;
    const context = { state: this.#state, view, open, width, height, now: this.options.now(), replay: this.#replay, refresh_seconds: this.options.refresh_seconds ?? 1 };
    const rule = line('─'.repeat(width), THEME.label);
    const below = footer({ ...context, keys: this.#keyContext(open) });
    const head = small ? [answer(view)] : [answerLine(context), tabsLine(context), rule];
    const foot = small && this.#state.mode === 'browse' ? below.slice(0, -1) : below;
    const keyText = this.#state.shows_keys && this.#replay === null ? (this.options.keyText ?? null) : null;
    const body = this.#body(open, { width, height: height - head.length - foot.length, keyText });
    return [...head, ...body.slice(0, height - head.length - foot.length), ...blanks(height - head.length - foot.length - body.length), ...foot];
  }

  #body(open: OpenScreen, area: Area): Line[] {
    const state = this.#state;
    if (state.mode === 'help') {
      const page = helpPage(this.#keyContext(open), open.fields, area.width);
      const from = Math.min(state.help_scroll, Math.max(0, page.length - area.height));
      this.#state = { ...state, help_scroll: from };
      return page.slice(from, from + area.height);
    }
    if (state.mode === 'faults') return this.#faultPage(area.width);
    if (state.expanded !== null) {
      const { lines, scroll } = open.drawExpanded(area, state.expanded.scroll);
      this.#state = { ...state, expanded: { scroll } };
      return lines;
    }
    const { lines, offset } = open.draw(area);
    this.#state = withList(state, { ...currentList(state), offset });
    return lines;
  }

  #faultPage(width: number): Line[] {
    const faults = this.options.faults ?? [];
    return [
      line(' BREAK SOMETHING IN THE EXAMPLE ESTATE', THEME.label),
      ...faults.slice(0, 9).flatMap((fault, index) => wrap(clean(fault), width - 7).map((part, row): Line => [span(row === 0 ? `   ${index + 1}  ` : '      ', THEME.key), span(part)])),
    ];
  }

  #screen(): Screen | undefined {
    const current = currentScreen(this.#state);
    return SCREENS.find(({ id }) => id === current);
  }

  #open(view: LiveView): OpenScreen {
    const screen = this.#screen();
    if (screen === undefined) throw new RangeError(`no screen '${currentScreen(this.#state)}'`);
    return screen.open(view, currentList(this.#state));
  }

  #keyContext(open: OpenScreen): KeyContext {
    const state = this.#state;
    return {
      hasRows: open.keys.length > 0,
      sorts: this.#screen()?.sorts.length ?? 0,
      copies: open.copy() !== null,
      canGoBack: state.expanded !== null || state.stack.length > 1 || currentList(state).filter !== '' || this.#replay !== null,
      hasProblem: open.nextProblem() !== -1,
      replaying: this.#replay !== null,
      playing: this.#replay?.speed !== undefined,
      hasJournal: this.options.hasJournal ?? true,
      knowsKeys: this.options.keyText !== undefined && this.#replay === null && currentScreen(state) === 'reconciliation',
      faults: this.options.faults?.length ?? 0,
    };
  }

  #actionContext(view: LiveView): ActionContext {
    const open = this.#open(view);
    return {
      view,
      open,
      keys: this.#keyContext(open),
      now: this.options.now(),
      page: Math.max(1, this.#height - 12),
      faults: this.options.faults ?? [],
      clipboardNote: this.options.clipboardNote ?? '',
    };
  }
}

function blanks(count: number): Line[] {
  return Array.from({ length: Math.max(0, count) }, () => EMPTY);
}
