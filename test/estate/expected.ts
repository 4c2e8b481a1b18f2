import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreBoundary } from '../../src/graph/boundary.js';
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

/** The joined entries of EXPECTED.md as `consumer | role | entries`, sorted. */
export async function joinedEntries(): Promise<string[]> {
  const [, joined = ''] = (await readFile(join(ESTATE_FOLDER, 'EXPECTED.md'), 'utf8')).split(/^## Joined$/m);
  const rows = joined.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  return rows.map((row) => row.slice(2, -2)).sort();
}

/** The same as a join gives it. */
export function joinedBy(boundaries: readonly StoreBoundary[]): string[] {
  const entries = new Map<string, Set<unknown>>();
  for (const { consumer, rows } of boundaries.flatMap(({ accesses }) => accesses)) {
    if (consumer.kind === 'role') continue;
    for (const row of rows) {
      const key = `${consumer.name} | ${row.role}`;
      entries.set(key, (entries.get(key) ?? new Set()).add(row));
    }
  }
  return [...entries].map(([key, rows]) => `${key} | ${rows.size}`).sort();
}
