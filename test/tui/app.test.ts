import { describe, expect, test } from 'vitest';
import { App, type AppOptions } from '../../src/tui/app.js';
import type { Effect } from '../../src/tui/actions.js';
import { textOf } from '../../src/tui/cells.js';
import { BINDINGS } from '../../src/tui/keys.js';
import { currentList, currentScreen } from '../../src/tui/state.js';
import { busyView, caseworkView, NOW } from './view.js';

function open(options: Partial<AppOptions> = {}): { app: App; press: (...names: string[]) => Effect[]; text: () => string; last: (lines: number) => string } {
  const app = new App({ width: 120, height: 40, now: () => NOW, ...options });
  app.update(caseworkView);
  const text = (): string => app.frame().map((line) => textOf(line).trimEnd()).join('\n');
  return {
    app,
    press: (...names) => names.flatMap((name) => app.key({ name, text: [...name].length === 1 ? name : name === 'space' ? ' ' : '' })),
    text,
    last: (lines) => text().split('\n').slice(-lines).join('\n'),
  };
}

const selected = (text: string): string | undefined => /^ ?▸.*$/m.exec(text)?.[0].trim();

describe('the ways between screens', () => {
  test('enter on the untouched overview opens what the answer is about, esc comes back', () => {
    const { app, press, text } = open();
    press('enter');
    expect(currentScreen(app.state)).toBe('cdc');
    expect(selected(text())).toContain('case_events');
    press('escape');
    expect(currentScreen(app.state)).toBe('overview');
  });

  test('enter on another row opens its subject, also where a filter of before would hide it', () => {
    const { app, press, text } = open();
    press('4', '/', ...'orders', 'enter', '1', 'j', 'j', 'enter');
    expect(currentScreen(app.state)).toBe('reconciliation');
    expect(selected(text())).toContain('ledger');
  });

  test('enter on a drill-down shows all about the row, esc and enter close it', () => {
    const { app, press, text } = open();
    press('2', 'j', 'enter');
    expect(text()).toContain('Overview › CDC › production/case_events');
    press('escape');
    expect(app.state.expanded).toBeNull();
    press('enter', 'enter');
    expect(app.state.expanded).toBeNull();
  });

  test('tab goes round all seven', () => {
    const { app, press } = open();
    const seen = Array.from({ length: 7 }, () => (press('tab'), currentScreen(app.state)));
    expect(seen).toEqual(['cdc', 'freshness', 'reconciliation', 'statements', 'findings', 'probes', 'overview']);
    press('shift-tab');
    expect(currentScreen(app.state)).toBe('probes');
  });

  test('a pipeline is found on the screen of freshness', () => {
    const { press, text } = open();
    press('j', 'j', 'j', 'j', 'enter');
    expect(selected(text())).toContain('run customer_snapshot');
  });
});

describe('a selection', () => {
  test('follows its row when the order changes, and the first row until somebody moves', () => {
    const { app, press, text } = open({ height: 60 });
    app.update(busyView(50, 0));
    press('5', 'j', 'j');
    const row = currentList(app.state).selected;
    press('s');
    expect(currentList(app.state).selected).toBe(row);
    press('g', 'S');
    expect(currentList(app.state).selected).toBeNull();
    expect(selected(text())).toBe(text().split('\n')[4]?.trim());
  });

  test('passes rows that the server does not tell apart', () => {
    const hidden = caseworkView.statements.map((statement) => ({ ...statement, query_id: null, role: 'orbit_sync', cost_ms_per_second: 1 }));
    const { app, press, text } = open();
    app.update({ ...caseworkView, statements: hidden });
    press('5', 'j', 'j', 'j');
    expect(selected(text())).toContain(caseworkView.statements[3]?.origin);
  });

  test('of a row that has gone is taken by its neighbour', () => {
    const { app, press, text } = open();
    press('2', 'j', 'j');
    app.update({ ...caseworkView, streams: caseworkView.streams.filter(({ name }) => name !== 'shop_orders') });
    expect(selected(text())).toContain('ledger_feed');
  });

  test('is seen when it is far down, and the list moves no more than it must', () => {
    const { app, press, text } = open({ height: 24 });
    app.update(busyView(500, 0));
    press('5', 'G');
    expect(selected(text())).toBeDefined();
    app.frame();
    const offset = currentList(app.state).offset;
    press('k');
    app.frame();
    expect(currentList(app.state).offset).toBe(offset);
  });

  test('n goes to the next row that needs to be looked at, and around', () => {
    const { press, text } = open();
    press('7', 'n');
    expect(selected(text())).toContain('wal-directory');
    press('n');
    expect(selected(text())).toContain('pipeline-runs');
  });
});

describe('a filter', () => {
  test('works as it is typed, is named while it hides rows, and esc clears it', () => {
    const { app, press, text, last } = open();
    press('2', '/', ...'state:breach');
    expect(last(2)).toContain('/state:breach▏');
    expect(last(2)).toContain('2 of 5');
    press('enter');
    expect(text()).toContain('filter state:breach 2 of 5');
    press('escape');
    expect(currentList(app.state).filter).toBe('');
    expect(currentScreen(app.state)).toBe('cdc');
  });

  test('takes q, digits, blanks and pasted text as text', () => {
    const { app, press } = open();
    const effects = press('2', '/', 'q', '1', 'space');
    app.key({ name: 'paste', text: 'quiet  orders' });
    expect(effects).toEqual([]);
    expect(currentList(app.state).filter).toBe('q1 quiet  orders');
    press('ctrl-w', 'backspace', 'backspace');
    expect(currentList(app.state).filter).toBe('q1 quiet');
    press('ctrl-u', 'backspace');
    expect(app.state.mode).toBe('browse');
  });

  test('that is not understood says so where it is typed', () => {
    const { press, last } = open();
    press('2', '/', ...'lagg>60');
    expect(last(2)).toContain("no field 'lagg'; did you mean 'lag'?");
  });

  test('that hides all rows says how to see them again', () => {
    const { press, text } = open();
    press('2', '/', ...'nobody', 'enter');
    expect(text()).toContain('no row matches the filter nobody');
    expect(text()).toContain('esc clears it');
  });
});

describe('time', () => {
  test('frozen, the screen is the same to the last cell while views come, and rows can still be looked at', () => {
    const { app, press, text } = open();
    expect(press('f')).toEqual([{ kind: 'freeze', frozen: true }]);
    const before = text();
    expect(before).toContain('FROZEN 14:47:23Z');
    app.update({ ...busyView(9, 80), objectives: [], sentence: 'all is other now' });
    expect(text()).toBe(before);
    press('2', 'j');
    expect(text()).toContain('FROZEN');
    expect(press('space')).toEqual([{ kind: 'freeze', frozen: false }]);
    press('1');
    expect(text()).toContain('all is other now');
  });

  test('stepping asks the journal, ends freezing, and says which moment is shown', () => {
    const { app, press, text } = open();
    press('f');
    expect(press('[', '{')).toEqual([{ kind: 'step', direction: -1, seconds: 10 }, { kind: 'step', direction: -1, seconds: 300 }]);
    app.update({ ...caseworkView, at: NOW - 310 }, { from: NOW - 3_600, to: NOW });
    expect(text()).toContain('REPLAY 14:42:13Z');
    expect(press(']', 'l')).toEqual([{ kind: 'step', direction: 1, seconds: 10 }, { kind: 'live' }]);
    expect(press('escape')).toEqual([{ kind: 'live' }]);
  });

  test('a recording that stands still can be stepped through', () => {
    const { app, press, text } = open();
    const replay = { from: NOW - 3_600, to: NOW, speed: 4 };
    app.update({ ...caseworkView, at: NOW - 100 }, replay);
    press('f');
    app.update({ ...caseworkView, at: NOW - 96 }, replay);
    expect(text()).toContain('REPLAY 14:45:43Z FROZEN');
    expect(press(']')).toEqual([{ kind: 'step', direction: 1, seconds: 10 }]);
    app.update({ ...caseworkView, at: NOW - 90 }, replay);
    app.update({ ...caseworkView, at: NOW - 86 }, replay);
    expect(text()).toContain('REPLAY 14:45:53Z FROZEN');
  });

  test('another day is named', () => {
    const { app, text } = open();
    app.update({ ...caseworkView, at: NOW - 86_400 }, { from: NOW - 90_000, to: NOW, speed: 8 });
    expect(text()).toContain('REPLAY 2026-11-20 14:47Z ×8');
  });

  test('no news for long is news', () => {
    const { app, text } = open();
    app.update({ ...caseworkView, at: NOW - 42 });
    expect(text()).toContain('NO NEWS FOR 42 s');
  });
});

describe('a key that does nothing says why', () => {
  test.each([
    [']', 'this is the present'], ['b', 'only in tidemark demo --live'], ['+', 'only while a recording is replayed'], ['escape', 'this is the top; q quits'],
  ])('%s', (key, reason) => {
    const { press, last } = open();
    expect(press(key)).toEqual([]);
    expect(last(2)).toContain(reason);
  });

  test('the journal is named where there is none', () => {
    const { press, last } = open({ hasJournal: false });
    press('[');
    expect(last(2)).toContain('nothing has been recorded yet');
  });
});

describe('copying', () => {
  test('takes the statement with its lines, harmless, and says so', () => {
    const { app, press, last } = open({ clipboardNote: 'tmux passes it on where set-clipboard is on' });
    app.update({ ...caseworkView, statements: caseworkView.statements.map((statement) => ({ ...statement, text: 'SELECT 1\n  FROM app.task\x1b[2J;\n\n' })) });
    press('5');
    expect(press('y')).toEqual([{ kind: 'copy', text: 'SELECT 1\n  FROM app.task;' }]);
    expect(last(2)).toContain('copied the statement (25 characters); tmux passes it on where set-clipboard is on');
  });

  test('takes the remedy of a finding and the next step of a probe', () => {
    const { press } = open();
    expect(press('6', 'j', 'j', 'y')).toEqual([{ kind: 'copy', text: "ALTER ROLE metabase_ro SET statement_timeout = '60s';" }]);
    expect(press('7', 'j', 'y')).toEqual([{ kind: 'copy', text: 'GRANT pg_monitor TO tidemark_ro;' }]);
  });
});

describe('other keys', () => {
  test('q, ctrl-c and ctrl-\\ quit everywhere but where text is typed', () => {
    expect(open().press('q')).toEqual([{ kind: 'quit', code: 0 }]);
    expect(open().press('?', 'q')).toEqual([{ kind: 'quit', code: 0 }]);
    expect(open().press('/', 'ctrl-c')).toEqual([{ kind: 'quit', code: 130 }]);
    expect(open().press('ctrl-\\')).toEqual([{ kind: 'quit', code: 131 }]);
    expect(new App({ width: 80, height: 24, now: () => NOW }).key({ name: 'q', text: 'q' })).toEqual([{ kind: 'quit', code: 0 }]);
  });

  test('ctrl-l, ctrl-z and r ask their owner', () => {
    expect(open().press('ctrl-l', 'ctrl-z', 'r')).toEqual([{ kind: 'repaint' }, { kind: 'suspend' }, { kind: 'refresh' }]);
  });

  test('b offers what the demo can break', () => {
    const { press, text } = open({ faults: ['stall-cdc', 'drop-rows'] });
    press('b');
    expect(text()).toContain('2  drop-rows');
    expect(press('2')).toEqual([{ kind: 'break', fault: 'drop-rows' }]);
    expect(press('b', 'escape', 'b', '9')).toEqual([]);
  });

  test('that nobody knows do nothing', () => {
    const { app, press } = open();
    const before = app.state;
    expect(press('F5', 'insert', 'Z', 'ctrl-x')).toEqual([]);
    expect(app.state).toEqual(before);
  });
});

describe('the table of keys', () => {
  test('gives each key to one action', () => {
    const all = BINDINGS.flatMap(({ keys }) => keys);
    expect(all).toHaveLength(new Set(all).size);
  });

  test('is what the help page shows, each action once', () => {
    const { press, text } = open({ height: 60 });
    press('?');
    const words = text().replace(/\s+/g, ' ');
    for (const { keys, shown, help } of BINDINGS.filter((binding) => binding.help !== '')) {
      expect(words).toContain(help.split(' ')[0]);
      expect(words).toContain(` ${shown ?? keys.join(' ')} `);
    }
  });
});

test('a notice goes away', () => {
  let now = NOW;
  const { app, press, last } = open({ now: () => now });
  press(']');
  expect(last(2)).toContain('this is the present');
  now += 60;
  app.update({ ...caseworkView, at: now });
  expect(last(2)).not.toContain('this is the present');
});
