import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseRaw } from '../../../src/cli/git/changed-files.js';
import { changeSince, type Since } from '../../../src/cli/git/since.js';
import { processHost } from '../../../src/cli/host.js';
import { UsageError } from '../../../src/cli/usage-error.js';
import { Repository } from './repository.js';

const made: { remove: () => void }[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

function repository(): Repository {
  const one = new Repository();
  made.push(one);
  return one;
}

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-since-'));
  made.push({ remove: () => rmSync(folder, { recursive: true, force: true }) });
  return folder;
}

const never = new AbortController().signal;

function since({ folder }: { folder: string }, ref: string, environment: Record<string, string> = {}): Promise<Since> {
  const host = { ...processHost(), environment: { PATH: process.env['PATH'], HOME: folder, ...environment } };
  return changeSince(host, never, { ref, directory: folder });
}

async function refusal(of: Promise<Since>): Promise<string> {
  const error = await of.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) throw new Error(`no UsageError: ${String(error)}`);
  return `${error.message}\n  ${error.hint ?? ''}`;
}

function told({ changes }: Since): string[] {
  return changes.map(({ path: file, change, before }) => `${change} ${file}${change === 'renamed' ? ` from ${before?.path ?? ''}` : ''}`);
}

const SQL = 'SELECT case_id, opened_at, closed_at\nFROM app.case_file\nWHERE closed_at IS NULL\nORDER BY opened_at;\n';

describe('what changed', () => {
  test('is told against the commit where both branches parted, with what is neither committed nor added', async () => {
    const one = repository().write('a.sql', SQL).write('b.sql', `${SQL}-- b\n`).write('c.sql', `${SQL}-- c\n`).write('boards/d.json', '{"d": 1}').write('.gitignore', 'dist/\n');
    const parted = one.commit();
    one.git('branch', 'feature');
    one.write('main-only.sql', SQL).commit();
    one.git('checkout', '--quiet', 'feature');
    one.write('a.sql', SQL.replace('NULL', 'NOT NULL'));
    one.git('mv', 'boards', 'dashboards');
    one.commit();
    one.write('b.sql', '-- not committed\n').write('new name\nwith "signs" ü.sql', SQL).write('dist/bundle.js', 'x');
    one.git('rm', '--quiet', 'c.sql');
    const found = await since(one, 'main');
    expect(found.commit).toBe(parted);
    expect(told(found)).toEqual(['modified a.sql', 'modified b.sql', 'deleted c.sql', 'renamed dashboards/d.json from boards/d.json', 'added new name\nwith "signs" ü.sql']);
  });

  test('knows a folder that was moved by hand, and a file that only left the index', async () => {
    const one = repository().write('boards/one.sql', SQL).write('boards/two.sql', `${SQL}-- two\n`).write('kept.sql', SQL);
    one.commit();
    renameSync(path.join(one.folder, 'boards'), path.join(one.folder, 'reports'));
    one.git('rm', '--quiet', '--cached', 'kept.sql');
    expect(told(await since(one, 'HEAD'))).toEqual(['renamed reports/one.sql from boards/one.sql', 'renamed reports/two.sql from boards/two.sql']);
  });

  test('is nothing on a detached HEAD without a change', async () => {
    const one = repository().write('a.sql', SQL);
    const commit = one.commit();
    one.git('checkout', '--quiet', '--detach');
    expect(await since(one, commit)).toMatchObject({ commit, changes: [] });
  });

  test('is told from the root of the clone, whichever folder asks', async () => {
    const one = repository().write('analytics/tidemark.yaml', '').write('shop/a.sql', SQL);
    one.commit();
    one.write('shop/a.sql', '').write('analytics/b.sql', SQL);
    const found = await since({ folder: path.join(one.folder, 'analytics') }, 'HEAD');
    expect(found.clone).toEqual({ root: one.folder, prefix: 'analytics/', isShallow: false });
    expect(told(found)).toEqual(['added analytics/b.sql', 'modified shop/a.sql']);
  });

  test('is read from every status that git may write', () => {
    const [from, to] = ['1'.repeat(40), '0'.repeat(40)];
    const line = (modes: string, status: string, ...files: string[]): string => [`:${modes} ${from} ${to} ${status}`, ...files, ''].join('\0');
    expect(parseRaw([line('100644 100644', 'M', 'm'), line('100644 120000', 'T', 't'), line('100644 100644', 'C075', 'a', 'c'), line('100644 100644', 'R100', 'a', 'b'), line('160000 160000', 'M', 's'), line('000000 100644', 'A', 'n'), line('100644 000000', 'D', 'd')].join(''))).toEqual([
      { path: 'm', change: 'modified', before: { path: 'm', kind: 'file', object: from }, now: 'file' },
      { path: 't', change: 'modified', before: { path: 't', kind: 'file', object: from }, now: 'link' },
      { path: 'c', change: 'added', before: null, now: 'file' },
      { path: 'b', change: 'renamed', before: { path: 'a', kind: 'file', object: from }, now: 'file' },
      { path: 's', change: 'modified', before: { path: 's', kind: 'submodule', object: from }, now: 'submodule' },
      { path: 'n', change: 'added', before: null, now: 'file' },
      { path: 'd', change: 'deleted', before: { path: 'd', kind: 'file', object: from }, now: null },
    ]);
  });
});

describe('the files of before', () => {
  test('stand where they stood, with what did not change', async () => {
    const one = repository().write('boards/a.sql', 'old a').write('boards/gone.sql', 'gone').write('boards/same.sql', 'same').write('boards/moved.sql', SQL).write('other.sql', 'other').write('.gitignore', '*.cache\n');
    one.commit();
    one.write('boards/a.sql', 'new a').write('boards/new.sql', 'new').write('boards/answers.cache', 'ignored by git, and read by both sides');
    one.git('mv', 'boards/moved.sql', 'boards/there.sql');
    rmSync(path.join(one.folder, 'boards/gone.sql'));
    const found = await since(one, 'HEAD');
    const folder = emptyFolder();
    expect(await found.writeBefore(['boards', 'never-there'], folder)).toEqual([]);
    const files = readdirSync(path.join(folder, 'boards')).toSorted();
    expect(files.map((name) => `${name}: ${readFileSync(path.join(folder, 'boards', name), 'utf8').split('\n')[0] ?? ''}`)).toEqual([
      'a.sql: old a', 'answers.cache: ignored by git, and read by both sides', 'gone.sql: gone', 'moved.sql: SELECT case_id, opened_at, closed_at', 'same.sql: same',
    ]);
    expect(existsSync(path.join(folder, 'other.sql'))).toBe(false);
    rmSync(folder, { recursive: true });
    expect(readFileSync(path.join(one.folder, 'boards/same.sql'), 'utf8')).toBe('same');
    expect(readFileSync(path.join(one.folder, 'boards/a.sql'), 'utf8')).toBe('new a');
    expect(String(await found.fileBefore('boards/a.sql'))).toBe('old a');
    expect(await found.fileBefore('boards/new.sql')).toBeNull();
  });

  test('are told of where git does not have them: a submodule, a link, Git LFS', async () => {
    const one = repository().write('boards/large.json', `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`);
    const content = Buffer.from('{"unchanged": true}');
    one.write('boards/touched.json', `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(content).digest('hex')}\nsize ${content.length}\n`);
    symlinkSync('/etc/hostname', path.join(one.folder, 'boards/link.sql'));
    one.git('add', 'boards');
    one.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},boards/vendored`);
    one.git('commit', '--quiet', '--message', 'before');
    one.write('boards/large.json', '{"new": 1}').write('boards/touched.json', content);
    rmSync(path.join(one.folder, 'boards/link.sql'));
    one.git('update-index', '--cacheinfo', `160000,${'2'.repeat(40)},boards/vendored`);
    mkdirSync(path.join(one.folder, 'boards/vendored'), { recursive: true });
    const folder = emptyFolder();
    const unwritten = await (await since(one, 'HEAD')).writeBefore([''], folder);
    expect(unwritten.map(({ path: file, cause }) => `${file}: ${cause}`)).toMatchInlineSnapshot(`
      [
        "boards/large.json: git holds only its pointer of Git LFS: what it held before the change is not in this clone",
        "boards/link.sql: it was a symbolic link before the change, which is not followed",
        "boards/vendored: it is a submodule that the change moves, and what it held before is not in this clone",
      ]
    `);
    expect(readFileSync(path.join(folder, 'boards/touched.json'), 'utf8')).toBe(String(content));
    expect(existsSync(path.join(folder, 'boards/link.sql'))).toBe(false);
  });
});

describe('nothing that the repository brings is run', () => {
  test('no filter, monitor, hook, diff driver or text conversion', async () => {
    const one = repository().write('a.sql', SQL).write('.gitattributes', '*.sql filter=evil diff=evil\n');
    one.commit();
    const ran = path.join(one.folder, '.git/ran');
    one.write('.git/evil.sh', `#!/bin/sh\necho "$0" >> ${ran}\ncat\n`);
    const evil = path.join(one.folder, '.git/evil.sh');
    chmodSync(evil, 0o755);
    for (const key of ['filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process', 'core.fsmonitor', 'diff.evil.command', 'diff.evil.textconv', 'diff.external', 'core.pager']) one.git('config', key, evil);
    one.git('config', 'filter.evil.required', 'true');
    one.write('a.sql', `${SQL}-- longer\n`);
    const found = await since(one, 'HEAD');
    await found.writeBefore([''], emptyFolder());
    expect(told(found)).toEqual(['modified a.sql']);
    expect(existsSync(ran)).toBe(false);
  });
});

describe('what keeps git from answering is told with what to do', () => {
  test('an unknown ref, with the nearest one', async () => {
    const one = repository().write('a.sql', SQL);
    const commit = one.commit();
    one.git('update-ref', 'refs/remotes/origin/release', commit);
    expect(await refusal(since(one, 'mian'))).toMatchInlineSnapshot(`
      "git knows no commit 'mian'; did you mean 'main'?
        git branch --all lists the branches"
    `);
    expect(await refusal(since(one, 'release'))).toMatchInlineSnapshot(`
      "git knows no commit 'release'; did you mean 'origin/release'?
        git branch --all lists the branches"
    `);
    expect(await refusal(since(one, 'a0b1c2d3'))).toMatchInlineSnapshot(`
      "git knows no commit 'a0b1c2d3'
        git branch --all lists the branches; in CI the target has to be fetched first, as in git fetch origin main"
    `);
  });

  test('a ref that would be an option, or none', async () => {
    const one = repository().write('a.sql', SQL);
    one.commit();
    expect(await refusal(since(one, '--output=/tmp/x'))).toMatchInlineSnapshot(`
      "--since takes a branch, tag or commit, not '--output=/tmp/x'
        as in --since origin/main"
    `);
    expect(await refusal(since(one, ''))).toMatchInlineSnapshot(`
      "--since takes a branch, tag or commit, not ''
        as in --since origin/main"
    `);
  });

  test('a shallow clone without the commit in common', async () => {
    const one = repository().write('a.sql', SQL);
    one.commit();
    one.git('checkout', '--quiet', '-b', 'feature');
    one.write('b.sql', SQL).commit();
    one.git('checkout', '--quiet', 'main');
    one.write('c.sql', SQL).commit();
    const shallow = emptyFolder();
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', '--branch=feature', `file://${one.folder}`, shallow], { stdio: 'ignore' });
    expect(await refusal(since({ folder: shallow }, 'origin/main'))).toMatchInlineSnapshot(`
      "this clone is shallow: where HEAD left origin/main lies before its first commit
        fetch the history first: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab, or git fetch --unshallow"
    `);
    expect(await refusal(since({ folder: shallow }, 'zzz'))).toMatchInlineSnapshot(`
      "git knows no commit 'zzz', and this clone is shallow
        fetch the history first: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab, or git fetch --unshallow"
    `);
  });

  test('branches without a commit in common, no commit yet, no repository, no git', async () => {
    const one = repository();
    expect(await refusal(since(one, 'main'))).toMatchInlineSnapshot(`
      "the repository has no commit yet, so there is nothing to compare with
        commit first, or leave --since out: then all is judged against the baseline"
    `);
    one.write('a.sql', SQL).commit();
    one.git('checkout', '--quiet', '--orphan', 'other');
    one.commit('begun anew');
    expect(await refusal(since(one, 'main'))).toMatchInlineSnapshot(`
      "HEAD and main have no commit in common
        name a branch that this one grew from, or leave --since out: then all is judged against the baseline"
    `);
    const folder = emptyFolder();
    expect((await refusal(since({ folder }, 'main'))).replace(folder, 'FOLDER')).toMatchInlineSnapshot(`
      "--since compares with a commit, and FOLDER lies in no git repository
        run it in a clone, or leave --since out: then all is judged against the baseline"
    `);
    expect(await refusal(since(one, 'main', { PATH: folder }))).toMatchInlineSnapshot(`
      "--since asks git, which is not installed or not on the PATH
        install git, or leave --since out: then all is judged against the baseline"
    `);
  });
});
