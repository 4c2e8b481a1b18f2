import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEPTH_MAX, FILE_BYTES_MAX, UnreachablePathError, walk } from '../../../src/sources/reading/walk.js';
import { folder } from '../folder.js';

async function found(root: string): Promise<{ files: string[]; problems: string[] }> {
  const { files, problems, root: base } = await walk(root);
  return {
    files: files.map(({ path }) => relative(base, path)),
    problems: problems.map(({ path, cause }) => `${relative(base, path).slice(0, 40)}: ${cause}`),
  };
}

describe('a walk', () => {
  test('finds files in order, without hidden folders and packages', async () => {
    const root = await folder({
      'b.json': '{}',
      'a/z.sql': 'select 1',
      'a/b.sql': 'select 2',
      '.git/config': '',
      'node_modules/x/index.json': '{}',
      '.hidden.json': '{}',
    });
    expect(await found(root)).toEqual({ files: ['.hidden.json', 'a/b.sql', 'a/z.sql', 'b.json'], problems: [] });
  });

  test('of a file is that file', async () => {
    const root = await folder({ 'cards.json': '[]' });
    const { files } = await walk(join(root, 'cards.json'));
    expect(files.map(({ size_bytes }) => size_bytes)).toEqual([2]);
  });

  test('does not follow links out of the root, nor links that lead nowhere', async () => {
    const outside = await folder({ 'secret.json': '{}' });
    const root = await folder({ 'a.json': '{}' });
    await symlink(join(outside, 'secret.json'), join(root, 'link.json'));
    await symlink(outside, join(root, 'up'));
    await symlink(join(root, 'nowhere'), join(root, 'lost'));
    expect(await found(root)).toEqual({
      files: ['a.json'],
      problems: [
        'link.json: the symbolic link leads out of the folder',
        'lost: the symbolic link leads nowhere',
        'up: the symbolic link leads out of the folder',
      ],
    });
  });

  test('reads what a mounted ConfigMap shows, once', async () => {
    const root = await folder({ '..2026_01_01/board.json': '{}', 'kept.json': '{}' });
    await symlink('..2026_01_01', join(root, '..data'));
    await symlink('..data/board.json', join(root, 'board.json'));
    await symlink('kept.json', join(root, 'again.json'));
    expect(await found(root)).toEqual({ files: ['board.json', 'kept.json'], problems: [] });
  });

  test('does not go in circles', async () => {
    const root = await folder({ 'a/b.json': '{}' });
    await symlink('..', join(root, 'a', 'parent'));
    expect(await found(root)).toEqual({ files: ['a/b.json'], problems: [] });
  });

  test('leaves out what exceeds the limits, and says so', async () => {
    const root = await folder({ 'large.json': '' });
    await truncate(join(root, 'large.json'), FILE_BYTES_MAX + 1);
    await mkdir(join(root, ...Array.from({ length: DEPTH_MAX + 2 }, () => 'd')), { recursive: true });
    await writeFile(join(root, ...Array.from({ length: DEPTH_MAX }, () => 'd'), 'deep.json'), '{}');
    const { files, problems } = await found(root);
    expect(files).toEqual([join(...Array.from({ length: DEPTH_MAX }, () => 'd'), 'deep.json')]);
    expect(problems.map((problem) => problem.replace(/^[d/]+:/, 'deeper:'))).toEqual([
      `deeper: it lies more than ${DEPTH_MAX} folders deep`,
      'large.json: the file has 50000001 bytes, more than the 50000000 that are read',
    ]);
  });

  test('of a path that is not there is an error with its code', async () => {
    const root = await folder();
    await expect(walk(join(root, 'missing'))).rejects.toMatchObject({ name: 'UnreachablePathError', code: 'ENOENT' });
    await expect(walk(join(root, 'missing'))).rejects.toBeInstanceOf(UnreachablePathError);
  });
});
