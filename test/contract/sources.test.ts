import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/sources/common/decode.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { loadSource, sourceIds, UnknownSourceError } from '../../src/sources/index.js';
import { unpack } from '../../src/sources/reading/archive.js';
import { readSources } from '../../src/sources/reading/read.js';
import { RECOGNISED_MIN } from '../../src/sources/source.js';
import { alone, fixtures, textAt } from '../sources/fixture.js';

const ids = await sourceIds();

/** The text of a file, or of a member of an archive. */
async function textOf(file: string): Promise<string> {
  const [path = '', member] = file.split('!/');
  const bytes = await readFile(join(fixtures, path));
  const content = member === undefined ? bytes : (await unpack(bytes)).members.find(({ name }) => name === member)?.bytes;
  const decoded = decode(content ?? Buffer.alloc(0));
  return decoded.kind === 'binary' ? '' : decoded.text;
}

test('every source has fixtures, and all fixtures have a source', async () => {
  expect(ids.length).toBeGreaterThanOrEqual(3);
  expect((await readdir(fixtures)).toSorted()).toEqual(ids);
});

test('a source that is not there is named with those that are', async () => {
  await expect(loadSource('../stores/postgres')).rejects.toBeInstanceOf(UnknownSourceError);
  await expect(loadSource('lotus')).rejects.toThrow(`there is no source "lotus"; the sources are ${ids.join(', ')}`);
});

describe.each(ids)('the source %s', (id) => {
  const read = () => readSources([{ path: id, tool: null, store: null }], { baseDirectory: fixtures });

  test('has its file name as its id', async () => {
    expect((await loadSource(id)).id).toBe(id);
  });

  test('recognises its own fixtures and leaves those of others alone', async () => {
    const { sources, gaps } = await read();
    expect(Object.keys(sources[0]?.queries ?? {})).toEqual([id]);
    expect(sources[0]?.queries[id]).toBeGreaterThan(0);
    expect(gaps).toEqual([]);
  });

  test('claims nothing by name alone', async () => {
    const source = await loadSource(id);
    for (const path of [`${id}.json`, `${id}/dashboard.json`, 'query.sql']) {
      for (const text of ['', '{}', '[]', 'null', '{"hello":"world"}', '[1,2]', 'plain words']) {
        expect(source.recognises(new SourceFile(path, text), alone), `${path}: ${text}`).toBeLessThan(RECOGNISED_MIN);
      }
    }
  });

  test('gives queries that are complete, under stable ids', async () => {
    const { queries } = await read();
    expect(new Set(queries.map((query) => query.id)).size).toBe(queries.length);
    for (const query of queries) {
      expect(query.id).toMatch(new RegExp(`^${id}:.+`));
      expect(query.kind).toBe(id);
      expect(query.variants.length + query.problems.length, query.id).toBeGreaterThan(0);
      expect(query.origin.line, query.id).toBeGreaterThanOrEqual(1);
      expect(query.origin.column, query.id).toBeGreaterThanOrEqual(1);
      for (const { sql, map, label } of query.variants) {
        expect([sql.trim() === '', label === '']).toEqual([false, false]);
        expect(map.length > 0 || sql === query.raw, query.id).toBe(true);
        for (const { out, src, length, srcEnd, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(query.raw.slice(src, srcEnd));
      }
    }
  });

  test('says of every text where it stands, to the character', async () => {
    const { queries } = await read();
    for (const { id: query, origin, raw } of queries) {
      // What comes first in a text: letters stand for themselves in every container.
      const first = /^[A-Za-z_][A-Za-z_0-9]*/.exec(raw)?.[0];
      if (first === undefined) continue;
      expect(textAt(await textOf(origin.file), origin).startsWith(first), `${query} at ${origin.file}:${origin.line}:${origin.column}`).toBe(true);
    }
  });

  test('gives the same for the same files, in whatever order they come', async () => {
    const source = await loadSource(id);
    const { queries } = await read();
    const again = await readSources([{ path: join(fixtures, id), tool: id, store: null }], { baseDirectory: fixtures });
    expect(again.queries).toEqual(queries);
    expect(source.read([], { connection: null, gap: () => undefined })).toEqual([]);
  });

  test('copies no secret', async () => {
    expect(JSON.stringify(await read())).not.toContain('s3cr3t');
  });
});
