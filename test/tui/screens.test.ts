import { describe, expect, test } from 'vitest';
import type { LiveView, ScreenId } from '../../src/model/live.js';
import { App, type AppOptions } from '../../src/tui/app.js';
import { textOf } from '../../src/tui/cells.js';
import { SCREENS } from '../../src/tui/screens/index.js';
import { blindView, busyView, caseworkView, emptyView, NOW } from './view.js';

const SIZES = [[120, 40], [80, 24], [60, 15]] as const;

function app(view: LiveView, width: number, height: number, options: Partial<AppOptions> = {}): App {
  const made = new App({ width, height, now: () => NOW, ...options });
  made.update(view);
  return made;
}

/** The frame as text; blanks at the ends of lines are cut, as no golden text should hold them. */
function shown(made: App): string {
  return `${made.frame().map((line) => textOf(line).trimEnd()).join('\n')}\n`;
}

function press(made: App, ...names: string[]): void {
  for (const name of names) made.key({ name, text: [...name].length === 1 ? name : '' });
}

function digit(id: ScreenId): string {
  return String(SCREENS.findIndex((screen) => screen.id === id) + 1);
}

describe.each(SCREENS.map(({ id }) => id))('the screen %s', (id) => {
  test.each(SIZES)('at %i by %i', async (width, height) => {
    const made = app(caseworkView, width, height);
    press(made, digit(id));
    await expect(shown(made)).toMatchFileSnapshot(`screens/${id}-${width}x${height}.txt`);
  });

  test('before anything is configured says what to do', async () => {
    const made = app(emptyView, 80, 24);
    press(made, digit(id));
    await expect(shown(made)).toMatchFileSnapshot(`screens/${id}-empty-80x24.txt`);
  });

  test('with the database down shows nothing as well', async () => {
    const made = app(blindView, 80, 24);
    press(made, digit(id));
    await expect(shown(made)).toMatchFileSnapshot(`screens/${id}-blind-80x24.txt`);
  });
});

describe('other forms', () => {
  test.each(SIZES)('the help page at %i by %i', async (width, height) => {
    const made = app(caseworkView, width, height);
    press(made, '2', '?');
    await expect(shown(made)).toMatchFileSnapshot(`screens/help-${width}x${height}.txt`);
  });

  test.each(SCREENS.map(({ id }) => id).filter((id) => id !== 'overview'))('all about a row of %s', async (id) => {
    const made = app(caseworkView, 120, 40);
    press(made, digit(id), 'j', 'enter');
    await expect(shown(made)).toMatchFileSnapshot(`screens/${id}-expanded-120x40.txt`);
  });

  test('500 statements, far down', async () => {
    const made = app(busyView(500, 3), 140, 30);
    press(made, digit('statements'), 'pagedown', 'pagedown', 'pagedown', 'j');
    await expect(shown(made)).toMatchFileSnapshot('screens/statements-busy-140x30.txt');
  });

  test.each([[120, 40], [80, 24]] as const)('what comparing keys found, at %i by %i', async (width, height) => {
    const made = app(caseworkView, width, height);
    press(made, digit('reconciliation'), 'e');
    await expect(shown(made)).toMatchFileSnapshot(`screens/reconciliation-keys-${width}x${height}.txt`);
  });

  test('keys themselves are shown where the process knows them, after a key', () => {
    const keyText = (pair: string, digest: string): string[] | null => (pair === 'ledger' && digest.startsWith('5f1c') ? ['90114', 'EUR'] : null);
    const made = app(caseworkView, 120, 40, { keyText });
    press(made, digit('reconciliation'));
    expect(shown(made)).not.toContain('90114');
    press(made, 'K');
    expect(shown(made)).toMatch(/^ 90114, EUR +missing/m);
    press(made, 'K');
    expect(shown(made)).not.toContain('90114');
    // A recording has none.
    press(made, 'K');
    made.update(caseworkView, { from: NOW - 7_200, to: NOW });
    expect(shown(made)).not.toContain('90114');
    const without = app(caseworkView, 120, 40);
    press(without, digit('reconciliation'), 'K');
    expect(shown(without)).toContain('K: only on Reconcile, live');
  });

  test('a pass over keys that is under way', async () => {
    const made = app(caseworkView, 80, 24);
    press(made, digit('reconciliation'), '/', ...'payments', 'enter');
    await expect(shown(made)).toMatchFileSnapshot('screens/reconciliation-under-way-80x24.txt');
  });

  test('a filter while it is typed', async () => {
    const made = app(caseworkView, 80, 24);
    press(made, digit('cdc'), '/', ...'lag>1min');
    await expect(shown(made)).toMatchFileSnapshot('screens/cdc-filter-80x24.txt');
  });

  test('a replay', async () => {
    const made = app(caseworkView, 120, 40);
    made.update({ ...caseworkView, at: NOW - 2_533 }, { from: NOW - 7_200, to: NOW, speed: 4 });
    await expect(shown(made)).toMatchFileSnapshot('screens/overview-replay-120x40.txt');
  });

  test('a terminal below 60 by 15 has the list only', async () => {
    await expect(shown(app(caseworkView, 44, 11))).toMatchFileSnapshot('screens/overview-44x11.txt');
  });

  test('and below 20 by 5 one line', () => {
    expect(shown(app(caseworkView, 60, 3)).trimEnd()).toMatchInlineSnapshot(`"✖ breach case_backlog_daily is 118 s old where 60 s are pro…"`);
  });
});

describe('hops', () => {
  const hop = (from: string, to: string, seconds: number, slowest = false) => ({ from, to, seconds, slowest, reached_at: NOW - seconds, evidence: 'watermark of case_monthly_volume' });
  const streams = caseworkView.streams.map((stream) =>
    stream.name === 'replica-1'
      ? { ...stream, lag: { value: 1, low: 0, high: 2, at_least: false }, hops: [hop('commit', 'landed', 1), hop('landed', 'visible', 8, true)] }
      : stream,
  );

  test.each([[80, 24], [120, 40]] as const)('behind the stream are told beside its lag, and the slowest is named at %i by %i', (width, height) => {
    const made = app({ ...caseworkView, streams }, width, height);
    press(made, digit('cdc'), '/', ...'name:replica-1', 'enter');
    const text = shown(made);
    expect(text).toContain('replica-1: 1 s BEHIND, BY HOP   between 0 s and 2 s; 9 s up to visible');
    expect(text).toMatch(/landed → visible .*█ ‹ slowest/);
    // A stream that is well has no cross.
    expect(text.split('\n').filter((line) => line.includes('✖')).length).toBe(1);
  });
});

test('what can be broken is told whole on a narrow screen', () => {
  const made = app(caseworkView, 60, 24, { faults: ['stall-cdc: the consumer of changes stops: nothing is loaded or acknowledged any more'] });
  press(made, 'b');
  expect(shown(made)).toContain('acknowledged any more');
});
