import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../../src/live/journal/folder.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemark-folder-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('makes what is missing above it, for this user only, and again without complaint', async () => {
  const folder = join(root, 'state', 'tidemark', 'casework');
  await makeFolder(folder);
  await makeFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(root, 'state'))).mode & 0o777).toBe(0o700);
});

test('a file in its place is told', async () => {
  await writeFile(join(root, 'state'), '');
  await expect(makeFolder(join(root, 'state'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(root, 'state', 'tidemark'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// The /proc of Linux says that the folder is not there, and does not let it be made.
test('gives up where nothing can be made', async () => {
  await expect(makeFolder('/proc/nobody/.local/state/tidemark')).rejects.toMatchObject({ code: expect.stringMatching(/^(ENOENT|EACCES|EPERM|EROFS)$/) });
});
