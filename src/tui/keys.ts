/** Everything that keys can do. */
export type ActionId =
  | 'down' | 'up' | 'page-down' | 'page-up' | 'first' | 'last' | 'next-problem'
  | 'open' | 'back' | 'expand' | 'screen' | 'next-screen' | 'previous-screen'
  | 'filter' | 'sort' | 'reverse' | 'freeze' | 'copy' | 'keys' | 'refresh' | 'repaint'
  | 'back-in-time' | 'forward-in-time' | 'far-back-in-time' | 'far-forward-in-time' | 'live' | 'slower' | 'faster'
  | 'help' | 'break' | 'suspend' | 'quit';

/** What decides whether a key does anything now. */
export interface KeyContext {
  hasRows: boolean;
  sorts: number;
  copies: boolean;
  canGoBack: boolean;
  hasProblem: boolean;
  replaying: boolean;
  /** A recording is played, which has a speed. */
  playing: boolean;
  hasJournal: boolean;
  /** Keys that differ can be shown: the process saw them, and the screen lists them. */
  knowsKeys: boolean;
  faults: number;
}

export interface Binding {
  action: ActionId;
  keys: readonly string[];
  group: 'move' | 'look' | 'time' | 'other';
  /** For the line of hints; without it the key is on the help page only. Where room is short, the largest rank goes first. */
  hint?: { text: string; rank: number };
  /** The keys in hints and help, where the names of the keys would not say it. */
  shown?: string;
  help: string;
  /** Why it does nothing now; null where it does something. */
  unavailable?: (context: KeyContext) => string | null;
}

const noRows = ({ hasRows }: KeyContext): string | null => (hasRows ? null : 'there is no row here');
const noJournal = ({ hasJournal }: KeyContext): string | null => (hasJournal ? null : 'nothing has been recorded yet');
const noPlayer = ({ playing }: KeyContext): string | null => (playing ? null : 'only while a recording is replayed');

/** The one table of keys: the dispatcher, the line of hints and the help page read it, and nothing else knows a key. */
export const BINDINGS: readonly Binding[] = [
  { action: 'down', keys: ['j', 'down'], group: 'move', shown: 'j k ↓ ↑', help: 'the row below, above', unavailable: noRows },
  { action: 'up', keys: ['k', 'up'], group: 'move', help: '', unavailable: noRows },
  { action: 'page-down', keys: ['pagedown', 'ctrl-f', 'ctrl-d'], group: 'move', shown: 'pgdn pgup', help: 'a page down, up', unavailable: noRows },
  { action: 'page-up', keys: ['pageup', 'ctrl-b', 'ctrl-u'], group: 'move', help: '', unavailable: noRows },
  { action: 'first', keys: ['g', 'home'], group: 'move', shown: 'g G', help: 'the first, the last row', unavailable: noRows },
  { action: 'last', keys: ['G', 'end'], group: 'move', help: '', unavailable: noRows },
  { action: 'screen', keys: ['1', '2', '3', '4', '5', '6', '7'], group: 'move', shown: '1-7', help: 'the screen with this number' },
  { action: 'next-screen', keys: ['tab', 'right'], group: 'move', shown: 'tab', help: 'the next screen; shift-tab the one before' },
  { action: 'previous-screen', keys: ['shift-tab'], group: 'move', help: '' },
  { action: 'open', keys: ['enter'], group: 'look', hint: { text: 'open', rank: 1 }, help: 'open what the row is about, or show all of it', unavailable: noRows },
  { action: 'filter', keys: ['/'], group: 'look', hint: { text: 'filter', rank: 3 }, help: 'filter: text, !text, state:breach, lag>60; all must hold; esc clears it' },
  { action: 'sort', keys: ['s'], group: 'look', hint: { text: 'sort', rank: 4 }, help: 'the next order', unavailable: ({ sorts }) => (sorts > 1 ? null : 'this screen has one order only') },
  { action: 'reverse', keys: ['S'], group: 'look', help: 'the order backwards', unavailable: ({ sorts }) => (sorts > 0 ? null : 'this screen has no order') },
  { action: 'freeze', keys: ['f', 'space'], group: 'look', hint: { text: 'freeze', rank: 5 }, shown: 'f', help: 'the screen stands still and the probes go on; again to go on' },
  { action: 'back-in-time', keys: ['['], group: 'time', hint: { text: 'time', rank: 6 }, shown: '[ ]', help: 'ten seconds back, forward', unavailable: noJournal },
  { action: 'forward-in-time', keys: [']'], group: 'time', help: '', unavailable: ({ replaying }) => (replaying ? null : 'this is the present') },
  { action: 'far-back-in-time', keys: ['{'], group: 'time', shown: '{ }', help: 'five minutes back, forward', unavailable: noJournal },
  { action: 'far-forward-in-time', keys: ['}'], group: 'time', help: '', unavailable: ({ replaying }) => (replaying ? null : 'this is the present') },
  { action: 'live', keys: ['l'], group: 'time', help: 'back to the present', unavailable: ({ replaying }) => (replaying ? null : 'this is the present') },
  { action: 'slower', keys: ['-'], group: 'time', shown: '- +', help: 'replay slower, faster', unavailable: noPlayer },
  { action: 'faster', keys: ['+', '='], group: 'time', help: '', unavailable: noPlayer },
  { action: 'copy', keys: ['y'], group: 'look', hint: { text: 'copy', rank: 8 }, help: 'copy the statement, the remedy or the sentence of the row', unavailable: ({ copies }) => (copies ? null : 'there is nothing to copy here') },
  { action: 'next-problem', keys: ['n'], group: 'move', hint: { text: 'next', rank: 9 }, help: 'the next row that needs to be looked at', unavailable: ({ hasProblem }) => (hasProblem ? null : 'no row needs to be looked at') },
  { action: 'back', keys: ['escape', 'left', 'backspace'], group: 'move', hint: { text: 'back', rank: 2 }, shown: 'esc', help: 'one step up; clears the filter first', unavailable: ({ canGoBack }) => (canGoBack ? null : 'this is the top; q quits') },
  { action: 'expand', keys: ['e'], group: 'look', help: 'all about the row on the whole screen; again to close', unavailable: noRows },
  { action: 'keys', keys: ['K'], group: 'look', help: 'keys that differ, in place of their digests', unavailable: ({ knowsKeys }) => (knowsKeys ? null : 'only on Reconcile, live') },
  { action: 'refresh', keys: ['r'], group: 'other', help: 'look again now, as far as the budget allows' },
  { action: 'repaint', keys: ['ctrl-l'], group: 'other', help: 'draw the screen anew' },
  { action: 'break', keys: ['b'], group: 'other', hint: { text: 'break', rank: 7 }, help: 'break something in the example estate', unavailable: ({ faults }) => (faults > 0 ? null : 'only in tidemark demo --live') },
  { action: 'help', keys: ['?', 'h'], group: 'other', hint: { text: 'help', rank: 0 }, shown: '?', help: 'this page' },
  { action: 'suspend', keys: ['ctrl-z'], group: 'other', help: 'back to the shell; fg goes on' },
  { action: 'quit', keys: ['q', 'ctrl-c', 'ctrl-\\'], group: 'other', hint: { text: 'quit', rank: 0 }, shown: 'q', help: 'quit' },
];

const byKey: ReadonlyMap<string, Binding> = new Map(BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)));

/** The binding of a key; null for keys that have none. */
export function bindingOf(key: string): Binding | null {
  return byKey.get(key) ?? null;
}

/** How a binding's keys are written. */
export function shownKeys({ keys, shown }: Binding): string {
  return shown ?? keys.join(' ');
}

/** What is going on besides looking: typing a filter, reading the help page, choosing a fault. */
export type Mode = 'browse' | 'filter' | 'help' | 'faults';

/** Keys that act in a mode only, for its line of hints. The first of them is `enter`'s or what the mode is for. */
export const MODE_HINTS: Readonly<Record<Exclude<Mode, 'browse'>, readonly { keys: string; text: string }[]>> = {
  filter: [
    { keys: 'enter', text: 'keep' },
    { keys: 'esc', text: 'clear' },
    { keys: '↑ ↓', text: 'move' },
    { keys: 'ctrl-u', text: 'erase' },
  ],
  help: [
    { keys: 'j k', text: 'scroll' },
    { keys: 'esc', text: 'close' },
    { keys: 'q', text: 'quit' },
  ],
  faults: [
    { keys: '1-9', text: 'break it' },
    { keys: 'esc', text: 'close' },
  ],
};
