import { fileURLToPath } from 'node:url';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { readSources } from '../../src/sources/reading/read.js';
import { FileSet } from '../../src/sources/reading/surroundings.js';
import type { Source } from '../../src/sources/source.js';

/** The folder of fixtures, which is also what paths are relative to. */
export const fixtures = fileURLToPath(new URL('../../fixtures/sources', import.meta.url));

/** The queries of one tool's fixtures, by id. */
export async function queriesOf(tool: string): Promise<Map<string, CollectedQuery>> {
  const { queries } = await readSources([{ path: tool, tool, store: null }], { baseDirectory: fixtures });
  return new Map(queries.map((query) => [query.id, query]));
}

/** Reads values as if each stood in a file of its own. */
export function readValues(source: Source, values: Record<string, unknown>): CollectedQuery[] {
  const files = Object.entries(values).map(([path, value]) => new SourceFile(path, JSON.stringify(value)));
  return source.read(files, { connection: null, gap: () => undefined });
}

/** The text of a file from a position on. */
export function textAt(text: string, { line, column }: { line: number; column: number }): string {
  return text.split('\n').slice(line - 1).join('\n').slice(column - 1);
}

/** A file without others around it. */
export const alone = new FileSet([]);
