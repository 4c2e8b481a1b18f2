import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findConfiguration, loadConfiguration } from '../../src/config/load.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-configuration-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the nearest configuration', () => {
  test('is looked for upwards to the root of the repository', async () => {
    const deep = path.join(folder, 'estate/reports/monthly');
    mkdirSync(deep, { recursive: true });
    mkdirSync(path.join(folder, 'estate/.git'));
    writeFileSync(path.join(folder, 'tidemark.yaml'), 'outside the repository');
    expect(await findConfiguration(deep)).toBeNull();
    writeFileSync(path.join(folder, 'estate/tidemark.yaml'), '');
    expect(await findConfiguration(deep)).toBe(path.join(folder, 'estate/tidemark.yaml'));
    writeFileSync(path.join(deep, 'tidemark.yaml'), '');
    expect(await findConfiguration(deep)).toBe(path.join(deep, 'tidemark.yaml'));
  });

  test('may stand beside .git, which is a file in a work tree', async () => {
    writeFileSync(path.join(folder, '.git'), 'gitdir: elsewhere');
    writeFileSync(path.join(folder, 'tidemark.yaml'), '');
    expect(await findConfiguration(folder)).toBe(path.join(folder, 'tidemark.yaml'));
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['is not there', () => {}, 'tidemark.yaml does not exist'],
    ['is a folder', (file: string) => mkdirSync(file), 'tidemark.yaml is not a file; -c names the file itself'],
    ['is a pipe that nobody writes to', (file: string) => void execFileSync('mkfifo', [file]), 'tidemark.yaml is not a file; -c names the file itself'],
    ['is too large', (file: string) => writeFileSync(file, '#'.repeat(2 ** 20 + 1)), 'tidemark.yaml is larger than 1 MiB, which no configuration is'],
    ['is not UTF-8', (file: string) => writeFileSync(file, Buffer.from([0x73, 0xe4, 0x75])), 'tidemark.yaml is not UTF-8 text; save it as UTF-8'],
  ])('because it %s', async (_why, make, message) => {
    const file = path.join(folder, 'tidemark.yaml');
    make(file);
    await expect(load(file)).rejects.toThrow(message);
  });
});

test('relative paths start from the folder of the file, not from the working folder', async () => {
  const file = path.join(folder, 'tidemark.yaml');
  writeFileSync(file, 'sources: [{ path: reports }]\nrule_folders: [rules]\n');
  const { configuration, directory } = await load(file);
  expect(directory).toBe(folder);
  expect(configuration.ruleFolders).toEqual([path.join(folder, 'rules')]);
});

test('a byte order mark, as some editors write it, does no harm', async () => {
  const file = path.join(folder, 'tidemark.yaml');
  writeFileSync(file, '\uFEFFsources: [{ path: reports }]\n');
  expect((await load(file)).configuration.sources).toHaveLength(1);
});

function load(file: string) {
  return loadConfiguration(file, { environment: {}, connects: true, displayName: 'tidemark.yaml' });
}
