import { expect } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedQuery } from '../../src/model/query.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { fixtures, textAt } from './fixture.js';

/** The variants that PostgreSQL's grammar refuses, as `id: message`. */
export async function refusedByPostgres(queries: Iterable<CollectedQuery>): Promise<string[]> {
  const parse = await createPostgresParser();
  const refused: string[] = [];
  for (const { id, variants } of queries) {
    for (const { sql, label } of variants) {
      for (const { severity, message } of parse(sql).diagnostics) if (severity === 'error') refused.push(`${id} (${label}): ${message}`);
    }
  }
  return refused;
}

/** Asserts for each text of the fixtures that its file has it at its position, as far as no quote or escape stands in it. */
export async function expectTextsAtOrigins(queries: Iterable<CollectedQuery>): Promise<number> {
  let count = 0;
  for (const { id, raw, origin } of queries) {
    if (raw === '') continue;
    const start = /^\s*[^\n"'\\]+/.exec(raw)?.[0].trimEnd() ?? '';
    expect(start.length, id).toBeGreaterThan(0);
    // YAML folds line ends to blanks.
    const folded = (text: string): string => text.replace(/\s+/g, ' ');
    const found = folded(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).slice(0, 3 * start.length + 20));
    expect(`${id}: ${found.slice(0, folded(start).length)}`).toBe(`${id}: ${folded(start)}`);
    count++;
  }
  return count;
}
