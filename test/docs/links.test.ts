import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, DOCUMENTS, linksOf, root } from './documents.js';

test('every link of a document leads to a file that is there, and to a heading of it', () => {
  const links = DOCUMENTS.flatMap(linksOf).filter(({ target }) => !/^https?:/.test(target));
  expect(links.length).toBeGreaterThan(DOCUMENTS.length);
  const dead = links.filter(({ file, target }) => {
    const [name = '', anchor] = target.split('#');
    const place = name === '' ? file : path.join(path.dirname(file), name);
    if (!existsSync(path.join(root, place))) return true;
    return anchor !== undefined && place.endsWith('.md') && !anchorsOf(place).has(anchor);
  });
  expect(dead.map(({ file, target }) => `${file}: ${target}`)).toEqual([]);
});

test('every page of the documentation can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached) for (const { target } of linksOf(file)) {
    const place = path.join(path.dirname(file), target.split('#')[0] ?? '');
    if (DOCUMENTS.includes(place)) reached.add(place);
  }
  expect(DOCUMENTS.filter((file) => file.startsWith('docs/') && !reached.has(file))).toEqual([]);
});
