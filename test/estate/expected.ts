import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ESTATE_FOLDER } from '../../src/cli/demo/estate-files.js';

/** The planted cases of EXPECTED.md as `rule | consumer | relation`, sorted; a dash there stands for none. */
export async function plantedCases(): Promise<string[]> {
  const [, planted = ''] = (await readFile(join(ESTATE_FOLDER, 'EXPECTED.md'), 'utf8')).split(/^## .*$/m);
  const rows = planted.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  return rows.map((row) => {
    const [, rule = '', consumer = '', relation = ''] = row.split('|').map((cell) => cell.trim().replace(/^[—-]$/, ''));
    return `${rule} | ${consumer} | ${relation}`;
  }).sort();
}
