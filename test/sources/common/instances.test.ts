import { describe, expect, test } from 'vitest';
import { instancesOf, type Instance } from '../../../src/sources/common/instances.js';
import { SourceFile } from '../../../src/sources/common/source-file.js';

/** A file says `key=meaning`, one a line. */
function read(files: Record<string, string>): Instance[] {
  return instancesOf(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), ({ text }) =>
    text.split('\n').filter((line) => line.includes('=')).map((line) => [line.split('=')[0] ?? '', line.split('=')[1] ?? ''] as const),
  );
}

const shown = (instances: readonly Instance[]) => instances.map(({ name, files }) => [name, files.map(({ path }) => path)]);

describe('exports of several installations in one folder', () => {
  test('are one where nothing contradicts', () => {
    expect(shown(read({ 'bi/cards/1.json': '', 'bi/databases.json': '2=Casework', 'bi/metadata/2.json': '2=Casework', 'old/x.json': '' }))).toEqual([
      [null, ['bi/cards/1.json', 'bi/databases.json', 'bi/metadata/2.json', 'old/x.json']],
    ]);
  });

  test('are parted by the folder in which they differ, as deep as needed', () => {
    const files = { 'bi/eu/a/databases.json': '2=Casework', 'bi/eu/a/cards/1.json': '', 'bi/eu/b/databases.json': '2=Shop', 'bi/us/databases.json': '2=Ledger', 'bi/readme.json': '' };
    expect(shown(read(files))).toEqual([
      [null, ['bi/readme.json']],
      ['eu/a', ['bi/eu/a/databases.json', 'bi/eu/a/cards/1.json']],
      ['eu/b', ['bi/eu/b/databases.json']],
      ['us', ['bi/us/databases.json']],
    ]);
  });

  test('stay together where the contradiction lies in one folder or file', () => {
    expect(shown(read({ 'bi/a.json': '2=Casework', 'bi/b.json': '2=Shop' }))).toHaveLength(1);
    expect(shown(read({ 'bi/x/a.json': '2=Casework\n2=Shop' }))).toHaveLength(1);
    expect(read({})).toEqual([{ name: null, files: [] }]);
  });
});
