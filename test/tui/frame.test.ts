import fc from 'fast-check';
import { expect, test } from 'vitest';
import { App } from '../../src/tui/app.js';
import { lineWidth, textOf, toCells } from '../../src/tui/cells.js';
import { BINDINGS } from '../../src/tui/keys.js';
import { SCREENS } from '../../src/tui/screens/index.js';
import { hostileText, hostileView, poisoned } from './hostile.js';
import { blindView, caseworkView, emptyView, NOW } from './view.js';

const keys = fc.oneof(
  fc.constantFrom(...BINDINGS.flatMap((binding) => binding.keys)).map((name) => ({ name, text: name.length === 1 ? name : '' })),
  hostileText.map((text) => ({ name: 'paste', text })),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).map((text) => ({ name: text, text })),
);

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: keys.map((key) => ({ key })) },
    { weight: 2, arbitrary: fc.record({ width: fc.integer({ min: 1, max: 170 }), height: fc.integer({ min: 1, max: 50 }) }) },
    { weight: 2, arbitrary: hostileView.map((view) => ({ view })) },
  ),
  { maxLength: 14 },
);

/** Controls, text direction, what takes no room: none of it may reach a cell. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

test('whatever views, sizes and keys come, each frame fills the terminal exactly and holds nothing harmful', () => {
  fc.assert(
    fc.property(hostileView, fc.integer({ min: 1, max: 140 }), fc.integer({ min: 1, max: 45 }), steps, (view, width, height, happening) => {
      const app = new App({ width, height, now: () => NOW, faults: ['stall-cdc'] });
      app.update(view);
      for (const step of [{ width, height }, ...happening]) {
        if ('key' in step) app.key(step.key);
        else if ('view' in step) app.update(step.view, step.view.at % 2 === 0 ? { from: 0, to: 1 } : null);
        else app.resize(step.width, step.height);
        const frame = app.frame();
        expect(frame).toHaveLength(app.size.height);
        for (const line of frame) {
          expect(lineWidth(line)).toBe(app.size.width);
          expect(textOf(line)).not.toMatch(FORBIDDEN);
          expect(toCells(line, app.size.width + 1).glyphs.at(-1)).toBe(' ');
        }
      }
    }),
    { numRuns: 200 },
  );
});

const HOSTILE = '\x1b[31mred\x1b[0m \x9b2J\x1b]52;c;ZXZpbA==\x07 \u202e\u200b日\x1b[2J';

test.each(SCREENS.map(({ id }) => id))('on the screen %s every text is cleaned, at every size, also of one row alone and in the answers to keys', (id) => {
  const digit = String(SCREENS.findIndex((screen) => screen.id === id) + 1);
  for (const view of [caseworkView, blindView, emptyView]) {
    for (const [width, height] of [[200, 60], [120, 40], [80, 24], [60, 15], [44, 11], [60, 3]] as const) {
      for (const keys of [[], ['j'], ['j', 'j', 'j'], ['e'], ['j', 'e'], ['G', 'e'], ['y'], ['/', 'x'], ['?']]) {
        const app = new App({ width, height, now: () => NOW, faults: [HOSTILE] });
        app.update(poisoned(view, { texts: [HOSTILE], numbers: [1], keep: [false] }));
        for (const name of [digit, ...keys]) app.key({ name, text: name });
        if (keys.length === 0) app.notify(HOSTILE);
        for (const text of app.frame().map(textOf)) {
          expect(text).not.toMatch(FORBIDDEN);
          expect(text).not.toMatch(/\[31m|\[0m|2J|\]52|ZXZ/);
        }
      }
    }
  }
});
