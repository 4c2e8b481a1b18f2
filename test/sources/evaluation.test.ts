import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { evaluateFolder, figuresLine } from '../../eval/sources/evaluate.js';
import { readLabels } from '../../eval/sources/labels.js';

describe('queries of files that were labelled before anything read them', () => {
  test('are found, parse, and stand where they are said to', async () => {
    const folder = fileURLToPath(new URL('../../eval/sources/held-out/', import.meta.url));
    const labels = readLabels(new URL('../../eval/sources/held-out.tsv', import.meta.url));
    const { figures, gaps } = await evaluateFolder(folder, labels);
    for (const one of figures) console.info(`sources, held out: ${figuresLine(one)}${one.faults.map((fault) => `\n    ${fault}`).join('')}`);
    expect(gaps).toEqual([]);
    expect(figures.flatMap(({ misplaced }) => misplaced)).toEqual([]);
    expect(labels.length).toBeGreaterThan(0);
    const sum = (of: (one: (typeof figures)[number]) => number): number => figures.reduce((total, one) => total + of(one), 0);
    expect(sum(({ textsFound }) => textsFound) / sum(({ texts }) => texts)).toBeGreaterThanOrEqual(0.98);
    expect(sum(({ parsed }) => parsed) / sum(({ variants }) => variants)).toBeGreaterThanOrEqual(0.95);
    expect(sum(({ surplus }) => surplus) / sum(({ texts, built }) => texts + built)).toBeLessThanOrEqual(0.03);
  });
});

/** Public exports, which are not in this repository: `npm run eval -- sources FOLDER` holds a folder of them against the counts in public.tsv. */
const folders = (process.env['TIDEMARK_EVAL_FOLDERS'] ?? '').split('\n').filter((folder) => folder !== '');

describe.each(folders)('public exports in %s', (folder) => {
  test('are read as by hand', async () => {
    const { figures, gaps } = await evaluateFolder(folder, readLabels(new URL('../../eval/sources/public.tsv', import.meta.url)));
    for (const one of figures) console.info(`sources, public: ${figuresLine(one)}${one.faults.map((fault) => `\n    ${fault}`).join('')}`);
    for (const { subject, cause } of gaps) console.info(`sources, public: ${subject}: ${cause}`);
    expect(figures.flatMap(({ misplaced }) => misplaced)).toEqual([]);
  });
});
