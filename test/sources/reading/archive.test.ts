import { gzipSync } from 'node:zlib';
import { zipSync, strToU8 } from 'fflate';
import { packTar } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { unpack } from '../../../src/sources/reading/archive.js';
import { readSources } from '../../../src/sources/reading/read.js';
import { folder } from '../folder.js';

const script = '-- name: Backlog\nSELECT count(*) FROM app.case_file;\n';

async function tgz(files: Record<string, string>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body }));
  return gzipSync(Buffer.from(await packTar(entries)));
}

describe('an archive', () => {
  test('is read like the folder it was made of, and its members are named after it', async () => {
    const zip = Buffer.from(zipSync({ 'reports/backlog.sql': strToU8(script), 'logo.png': new Uint8Array(10), '.hidden/a.sql': strToU8(script) }));
    const base = await folder({ 'export.zip': zip, 'export.tgz': await tgz({ './reports/backlog.sql': script }) });
    const { queries, gaps } = await readSources([{ path: '.', tool: null, store: null }], { baseDirectory: base });
    expect(gaps).toEqual([]);
    expect(queries.map(({ id, origin }) => [id, origin.file, origin.line])).toEqual([
      ['sql-files:export.tgz!/reports/backlog.sql:Backlog', 'export.tgz!/reports/backlog.sql', 2],
      ['sql-files:export.zip!/reports/backlog.sql:Backlog', 'export.zip!/reports/backlog.sql', 2],
    ]);
  });

  test('whose names lead out of it gives the others, and says which it did not read', async () => {
    const zip = Buffer.from(zipSync({ '../../etc/cron.d/x.sql': strToU8(script), '/abs.sql': strToU8(script), 'C:\\x.sql': strToU8(script), 'good.sql': strToU8(script) }));
    const { members, problems } = await unpack(zip);
    expect(members.map(({ name }) => name)).toEqual(['good.sql']);
    expect(problems.map(({ name, cause }) => `${name}: ${cause}`).toSorted()).toEqual([
      '../../etc/cron.d/x.sql: its name leads out of the archive',
      '/abs.sql: its name leads out of the archive',
      'C:\\x.sql: its name leads out of the archive',
    ]);
  });

  test('that is a bomb is refused by what its entries claim, before anything is unpacked', async () => {
    const zip = Buffer.from(zipSync({ 'bomb.sql': new Uint8Array(20_000_000), 'good.sql': strToU8(script) }, { level: 9 }));
    expect(zip.length).toBeLessThan(100_000);
    const { members, problems } = await unpack(zip);
    expect(members.map(({ name }) => name)).toEqual(['good.sql']);
    expect(problems).toEqual([{ name: 'bomb.sql', cause: expect.stringMatching(/^it unpacks to \d+ times its size, as bombs do$/) }]);
  });

  test('that lies about a size gets no more room than it claimed', async () => {
    const zip = Buffer.from(zipSync({ 'liar.sql': new Uint8Array(5_000_000) }, { level: 9 }));
    // The size before compression, in the local header and in the directory (APPNOTE 4.3.7 and 4.3.12).
    zip.writeUInt32LE(100, 22);
    zip.writeUInt32LE(100, zip.indexOf(Buffer.from('PK\u0001\u0002', 'latin1')) + 24);
    const { members, problems } = await unpack(zip);
    expect(members.reduce((sum, { bytes }) => sum + bytes.length, 0) <= 100 || problems.length > 0).toBe(true);
  });

  test('of nothing but zeros behind gzip is cut off', async () => {
    const { members, problems } = await unpack(gzipSync(Buffer.alloc(310_000_000)));
    expect(members).toEqual([]);
    expect(problems).toEqual([{ name: '', cause: 'it unpacks to more than 300000000 bytes' }]);
  });

  test('that is damaged is one line, and costs itself only', async () => {
    const zip = Buffer.from(zipSync({ 'a.sql': strToU8(script) }));
    const base = await folder({ 'cut.zip': zip.subarray(0, zip.length - 30), 'b.sql': script });
    const { queries, gaps } = await readSources([{ path: '.', tool: null, store: null }], { baseDirectory: base });
    expect(queries.map(({ id }) => id)).toEqual(['sql-files:b.sql:Backlog']);
    expect(gaps.map(({ subject, cause, severity }) => [subject, cause, severity])).toEqual([['cut.zip', 'the archive is damaged', 'partial']]);
  });
});
