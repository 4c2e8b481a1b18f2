import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { blindGap, card, snapshot } from './casework-snapshot.js';
import { tidemarkHere as tidemark } from './in-process.js';
import { build, program, shell } from './tidemark.js';

const INTERNAL = `stores:
- name: production
  url: "\${env:CASEWORK_URL}"
  role: operational
  engine: postgres
  match: [{ tool: metabase }]
zones: { internal: ["app.*"] }
`;

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-audit-'));
  writeFileSync(path.join(folder, 'tidemark.yaml'), INTERNAL);
  writeFileSync(path.join(folder, 'strict.yaml'), `${INTERNAL}rules: { dashboard-read-internal: off }`);
  const reading = card("SELECT status, count(*) FROM app.case_file WHERE status <> 'CLOSED' GROUP BY status");
  await writeBundle(path.join(folder, 'found.tidemark'), snapshot({ queries: [reading] }));
  await writeBundle(path.join(folder, 'blind.tidemark'), snapshot({ gaps: [blindGap] }));
  await writeBundle(path.join(folder, 'both.tidemark'), snapshot({ queries: [reading], gaps: [blindGap] }));
  writeFileSync(path.join(folder, 'cut.tidemark'), readFileSync(path.join(folder, 'found.tidemark')).subarray(0, 300));
  writeFileSync(path.join(folder, 'notes.txt'), 'cases to look at on Monday');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function audit(...args: string[]) {
  return tidemark(['audit', ...args], { cwd: folder });
}

describe('an audit of a bundle', () => {
  test('reports to standard output, says nothing else, needs no secret and ends with 1', async () => {
    const { stdout, stderr, code } = await audit('found.tidemark');
    expect(stdout).toMatch(/^tidemark {2}2026-03-02 08:15 UTC · production \(operational, postgres 16\.4\)\n\n✖ error/);
    expect(stdout).toContain('dashboard-reads-internal');
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
  });

  test('ends with 3 where a store was not seen and nothing was found, and names it', async () => {
    const { stdout, code } = await audit('blind.tidemark');
    expect(stdout).toContain('Nothing could be seen of replica.');
    expect(code).toBe(3);
  });

  test('ends with 1 where something was found although a store was not seen', async () => {
    expect((await audit('both.tidemark')).code).toBe(1);
    expect((await audit('both.tidemark', '--fail-on', 'never')).code).toBe(3);
  });

  test('without a configuration goes by what the bundle says, and says so', async () => {
    const { stdout } = await tidemark(['audit', path.join(folder, 'found.tidemark'), '--format', 'json'], { cwd: '/' });
    expect(JSON.parse(stdout).assumptions).toContain('store production is taken for an operational store: the bundle says so');
  });

  test('writes several reports at once', async () => {
    const { stdout, code } = await audit('found.tidemark', '--format', 'text', '--format', 'json:all.json', '--format', 'ndjson:all.ndjson');
    expect(stdout).toMatch(/^tidemark {2}2026/);
    const report = JSON.parse(readFileSync(path.join(folder, 'all.json'), 'utf8'));
    expect(report.findings.length).toBeGreaterThan(0);
    const lines = readFileSync(path.join(folder, 'all.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === 'finding')).toHaveLength(report.findings.length);
    expect(code).toBe(1);
  });

  test('with -o leaves standard output empty', async () => {
    const { stdout, code } = await audit('found.tidemark', '-o', 'report.txt');
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(readFileSync(path.join(folder, 'report.txt'), 'utf8')).toContain('dashboard-reads-internal');
  });

  test('colours where it is told to and nowhere else', async () => {
    expect((await audit('found.tidemark')).stdout).not.toContain('\u001B');
    expect((await audit('found.tidemark', '--color', 'always')).stdout).toContain('\u001B[31m✖');
  });

  test('tells its stages on standard error where it is asked to', async () => {
    const { stderr } = await audit('found.tidemark', '--verbose', '-o', 'report.txt');
    expect(stderr).toMatch(/^ +\d\.\d s {2}reading the bundle\n +\d\.\d s {2}judging\n$/);
  });

  test('keeps its exit code when its reader goes', async () => {
    const { stdout, stderr } = await shell('tidemark audit found.tidemark | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"', { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' });
  });
});

describe('an audit of live stores', () => {
  test('that cannot be reached names store, cause and next step, ends with 3, and shows neither stack nor password', async () => {
    const args = ['audit', '--postgres', 'postgresql://audit_ro@127.0.0.1:1/casework', '--format', 'json', '--verbose'];
    const { stdout, stderr, code } = await tidemark(args, { cwd: '/', env: { PGPASSWORD: 'Gezeiten7' } });
    const [gap] = JSON.parse(stdout).gaps;
    expect(gap).toMatchObject({ subject: 'casework', severity: 'blind' });
    expect(gap.cause).toContain('ECONNREFUSED');
    expect(gap.remedy).toMatch(/\w/);
    expect(stdout + stderr).not.toMatch(/Gezeiten7|\n\s+at /);
    expect(code).toBe(3);
  });

  test('says which file it did not read because flags name what to look at', async () => {
    const { stdout } = await audit('--dashboards', '.', '--format', 'json');
    expect(JSON.parse(stdout).assumptions).toContain('tidemark.yaml was not read: flags name what to look at');
  });
});

describe('Ctrl-C', () => {
  test('while a server does not answer ends with 130 and prints no report', async () => {
    await build();
    const silent = createServer((socket) => void socket.on('error', () => {}).resume());
    const connected = once(silent, 'connection');
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const child = spawn(process.execPath, [program, 'audit', '--postgres', `postgresql://audit_ro@127.0.0.1:${port}/casework`, '--no-progress'], { cwd: '/' });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const ended = once(child, 'close');
    await connected;
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(printed).toBe('stopping; Ctrl-C again ends at once\n');
    await once(silent.close(), 'close');
  });
});

describe('collect', () => {
  test('writes a bundle that says the same as the live run, and tells what is in it and what is not', async () => {
    const targets = ['--postgres', 'postgresql://audit_ro@127.0.0.1:1/casework', '--dashboards', 'exports'];
    mkdirSync(path.join(folder, 'exports'), { recursive: true });
    writeFileSync(path.join(folder, 'exports/backlog.sql'), 'SELECT status, count(*) FROM app.case_file GROUP BY status;');
    const { stdout, stderr, code } = await tidemark(['collect', '-o', 'live.tidemark', ...targets], { cwd: folder });
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(stderr).toMatch(/^live\.tidemark: 0 stores, 0 statements, 1 dashboard query\nnot looked at: casework: .*ECONNREFUSED.*\n$/);
    const live = JSON.parse((await audit(...targets, '--format', 'json')).stdout);
    const bundled = JSON.parse((await audit('live.tidemark', '--format', 'json', '-c', 'tidemark.yaml')).stdout);
    expect(bundled.gaps).toEqual(live.gaps);
    expect(bundled.coverage).toEqual(live.coverage);
  });

  test('needs a file, and no format', async () => {
    expect(await tidemark(['collect'])).toMatchObject({ code: 2, stdout: '' });
    expect((await tidemark(['collect', '-o', 'x', '--format', 'json'], { cwd: folder })).stderr).toBe(
      'tidemark: a bundle has one form; --format belongs to tidemark audit\n',
    );
  });
});

describe('what cannot be audited ends with 2 and one clear message', () => {
  test.each([
    [
      'a bundle that is not there',
      ['monday.tidemark'],
      'tidemark: FOLDER/monday.tidemark: it cannot be read: there is no such file or folder. Correct the path, or write it with tidemark collect -o.\n',
    ],
    [
      'a file that is no bundle',
      ['notes.txt'],
      'tidemark: FOLDER/notes.txt: it is not a tidemark bundle (not gzip). Give a file that tidemark collect wrote.\n',
    ],
    [
      'a bundle that was cut',
      ['cut.tidemark'],
      'tidemark: FOLDER/cut.tidemark: it is cut off or damaged: unexpected end of file. Copy it again, or collect it again.\n',
    ],
    [
      'a folder',
      ['.'],
      'tidemark: FOLDER: it cannot be read: it is a folder. Correct the path, or write it with tidemark collect -o.\n',
    ],
    [
      'a level for a rule that does not exist',
      ['found.tidemark', '-c', 'strict.yaml'],
      "tidemark: strict.yaml:8:10 there is no rule 'dashboard-read-internal'; did you mean 'dashboard-reads-internal'?\n" +
        '   8 | rules: { dashboard-read-internal: off }\n' +
        '     |          ^\n',
    ],
    ['a configuration that is not there', ['found.tidemark', '-c', 'production.yaml'], 'tidemark: production.yaml does not exist\n'],
    [
      'a bundle and a store',
      ['found.tidemark', '--postgres', 'service=casework'],
      'tidemark: a bundle is audited alone: it holds its stores and dashboards, so --postgres, --duckdb, --warehouse and --dashboards cannot be added\n',
    ],
    [
      'a store whose secret is missing',
      [],
      'tidemark: tidemark.yaml:3:9 the environment variable CASEWORK_URL is not set\n' +
        '   3 |   url: "${env:CASEWORK_URL}"\n' +
        '     |         ^\n',
    ],
  ])('%s', async (_what, args, message) => {
    const { stdout, stderr, code } = await audit(...args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr.replaceAll(folder, 'FOLDER')).toBe(message);
  });
});
