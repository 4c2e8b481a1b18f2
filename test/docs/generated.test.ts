import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../src/rules/load.js';
import { configurationPage } from './configuration-page.js';
import { rulePages } from './rule-pages.js';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const pages = rulePages(await loadRules());

/** `npm run docs` writes them. */
describe('pages that are made from what they describe', () => {
  test('say of each rule and area what the rules say', async () => {
    for (const [file, text] of pages) await expect(text).toMatchFileSnapshot(path.join(docs, 'rules', file));
  });

  test('are there for no rule that is gone', () => {
    const there = readdirSync(path.join(docs, 'rules'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(there.map((entry) => path.relative(path.join(docs, 'rules'), path.join(entry.parentPath, entry.name))).sort()).toEqual([...pages.keys()].sort());
  });

  test('say of tidemark.yaml what its schema says', async () => {
    await expect(configurationPage()).toMatchFileSnapshot(path.join(docs, 'configuration.md'));
  });
});
