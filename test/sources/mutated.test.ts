import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { loadSource } from '../../src/sources/index.js';
import { alone, fixtures } from './fixture.js';

const FILES = {
  cube: ['model/cubes/cases.yml', 'model/cubes/officers.js', 'answers/meta.json'],
  evidence: ['studio/pages/offices.md', 'shop/pages/index.md', 'studio/metrics/casework.yaml'],
  lightdash: ['models/case_files.yml', 'content/charts/cases-by-office.yml', 'answers/api/v1/projects/p-1/explores/fees.json'],
};

/** A file as a broken editor or an interrupted copy leaves it: cut, doubled, or with strange letters in it. */
const DAMAGES = fc.array(fc.record({ at: fc.nat(10_000), drop: fc.nat(60), put: fc.constantFrom('', '{', '}', '${', '[', ':', '- ', '\n', '"', "'", '`', '\u0000', '\u001b[31m', '*a', '&a ', '{{', '{%', '```') }), { minLength: 1, maxLength: 4 });

describe.each(Object.entries(FILES))('%s', (id, files) => {
  test('throws for nothing in a damaged file, and counts what it cannot read', async () => {
    const source = await loadSource(id);
    const texts = await Promise.all(files.map((file) => readFile(join(fixtures, id, file), 'utf8')));
    fc.assert(
      fc.property(fc.nat(files.length - 1), DAMAGES, (index, damages) => {
        let text = texts[index] ?? '';
        for (const { at, drop, put } of damages) text = text.slice(0, at % text.length) + put + text.slice((at % text.length) + drop);
        const file = new SourceFile(`${id}/${files[index]}`, text);
        source.recognises(file, alone);
        for (const { variants, problems, raw } of source.read([file], { connection: null, gap: () => undefined })) {
          expect(variants.length + problems.length).toBeGreaterThan(0);
          for (const { map } of variants) for (const { src, srcEnd } of map) expect(src <= srcEnd && srcEnd <= raw.length).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
