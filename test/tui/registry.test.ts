import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCREENS } from '../../src/tui/screens/index.js';

const folder = new URL('../../src/tui/screens/', import.meta.url);

test('every file of the folder is a screen by its name, and every screen has its file', () => {
  const files = readdirSync(folder)
    .map((file) => file.replace(/\.ts$/, ''))
    // Panels of a screen stand beside it under its name.
    .filter((name) => name !== 'index' && !name.endsWith('-panels'));
  expect(files.sort()).toEqual(SCREENS.map(({ id }): string => id).sort());
});

test('has no more screens than there are digits', () => {
  expect(SCREENS.length).toBeLessThan(10);
});
