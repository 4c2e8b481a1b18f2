import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { action, obeyed, runAction, type ActionRun } from './composite-action.js';
import { checkedRepository, root, type CheckedRepository } from './checked-repository.js';

const PULL_REQUEST = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'main' };

let at: CheckedRepository;
beforeAll(() => {
  at = checkedRepository();
});
afterAll(() => at.remove());

/** With an npm that installs this very package by a link, and writes down what it was asked. */
function run(inputs: Record<string, string>, environment: Record<string, string> = PULL_REQUEST, workspace = at.repository, home = root): ActionRun {
  const bin = path.join(at.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const npm = [
    '#!/usr/bin/env bash',
    `printf '%s\\n' "$*" >>'${asked()}'`,
    'shift 2',
    `if [ "$1" = install ]; then mkdir -p node_modules && ln -s '${home}' node_modules/tidemark; fi`,
    'if [ "$1" = pack ]; then touch "$3/tidemark-0.1.0.tgz"; fi',
  ];
  writeFileSync(path.join(bin, 'npm'), `${npm.join('\n')}\n`, { mode: 0o755 });
  return runAction(at.folder, workspace, inputs, { PATH: `${bin}:${process.env['PATH'] ?? ''}`, ...environment });
}

/** The flags that check is run with, by a program in its place that prints them. */
function flagsOf(inputs: Record<string, string>, environment = PULL_REQUEST): string[] {
  const home = path.join(at.folder, 'printing');
  const file = path.join(home, 'flags.json');
  mkdirSync(path.join(home, 'bin'), { recursive: true });
  writeFileSync(path.join(home, 'bin/tidemark.js'), `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.argv.slice(2)));\n`);
  const { code } = run({ version: '0.1.0', ...inputs }, environment, at.repository, home);
  expect(code).toBe(0);
  const flags: string[] = JSON.parse(readFileSync(file, 'utf8'));
  return flags.map(withoutFolders);
}

const asked = () => path.join(at.folder, 'asked-of-npm');
/** An address of a folder that differs from run to run. */
const withoutFolders = (text: string) => text.replaceAll(at.folder, '$FOLDER').replace(/(tidemark-(?:install|check))-[A-Za-z0-9]{6}/g, '$1-XXXXXX');

describe('action.yml', () => {
  test('gives no script any text of an input', () => {
    expect(action.runs.steps.map(({ run: script }) => script).filter((script) => script.includes('${{'))).toEqual([]);
  });

  test('uses each input, and no other', () => {
    const used = action.runs.steps.flatMap(({ env }) => Object.values(env)).flatMap((value) => [...value.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
    expect(used.toSorted()).toEqual(Object.keys(action.inputs).toSorted());
  });

  test('runs scripts that are there', () => {
    const scripts = action.runs.steps.map(({ run: script }) => /^bash "\$GITHUB_ACTION_PATH\/(ci\/github\/[a-z]+\.sh)"$/.exec(script)?.[1] ?? script);
    expect(scripts.filter((script) => !existsSync(path.join(root, script)))).toEqual([]);
  });
});

describe('a pull request', () => {
  let ended: ActionRun;
  beforeAll(() => {
    writeFileSync(path.join(at.folder, 'package.tgz'), '');
    ended = run({ path: path.join(at.folder, 'package.tgz'), formats: `\n  junit:${at.folder}/junit.xml\n` });
  });

  test('fails with the code of check', () => {
    expect(ended.log).toContain('reports/orders.sql');
    expect(ended.code).toBe(1);
  });

  test('gives its counts and files to later steps', () => {
    const { sarif = '', json = '', markdown = '', ...counts } = ended.outputs;
    expect(counts).toMatchInlineSnapshot(`
      {
        "exit-code": "1",
        "fixed": "0",
        "new": "2",
        "not-looked-at": "0",
        "suppressed": "0",
      }
    `);
    expect(JSON.parse(readFileSync(sarif, 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(readFileSync(json, 'utf8')).check.since.commit).toBe(at.base);
    expect(readFileSync(markdown, 'utf8')).toContain('orders.sql');
    expect(readFileSync(path.join(at.folder, 'junit.xml'), 'utf8')).toContain('<testsuites');
  });

  test('annotates the new file, and nothing else', () => {
    const files = new Set(obeyed(ended.log).map((command) => /file=([^,:]+)/.exec(command)?.[1]));
    expect([...files]).toEqual(['reports/orders.sql']);
  });

  test('tells it in the summary of the step', () => {
    expect(ended.summary).toContain('orders.sql');
  });
});

describe('flags', () => {
  test('of a pull request: the base branch', () => {
    expect(flagsOf({})).toMatchInlineSnapshot(`
      [
        "check",
        "--no-progress",
        "--format=text",
        "--format=github:$FOLDER/runner/tidemark-check-XXXXXX/annotations",
        "--format=sarif:$FOLDER/runner/tidemark-check-XXXXXX/tidemark.sarif",
        "--format=json:$FOLDER/runner/tidemark-check-XXXXXX/tidemark.json",
        "--format=markdown:$FOLDER/runner/tidemark-check-XXXXXX/tidemark.md",
        "--since=origin/main",
        "--fail-on=error",
      ]
    `);
  });

  test('of anything else: all is judged against the baseline', () => {
    expect(flagsOf({}, { GITHUB_EVENT_NAME: 'push', GITHUB_BASE_REF: '' }).filter((flag) => flag.startsWith('--since'))).toEqual([]);
  });

  test('of every input', () => {
    const inputs = { bundle: 'b', since: 's', baseline: 'l', waivers: 'w', config: 'c', 'max-age': '3d', 'fail-on': 'warning', ratchet: 'true', formats: ' junit:a b.xml \n\nhtml:page.html' };
    expect(flagsOf(inputs).slice(7)).toEqual(['--bundle=b', '--since=s', '--baseline=l', '--waivers=w', '--max-age=3d', '--config=c', '--fail-on=warning', '--ratchet', '--format=junit:a b.xml', '--format=html:page.html']);
  });
});

describe('what others write', () => {
  const HOSTILE = [`"; touch pwned; $(touch pwned) \`touch pwned\` '; touch pwned; '`, '--help', 'x\nexit-code=0\n::error::x'];
  const HANDED_ON = ['bundle', 'since', 'baseline', 'waivers', 'config', 'max-age', 'fail-on'];

  test('is handed on as it is, joined to its flag', () => {
    for (const value of HOSTILE) {
      const flags = flagsOf(Object.fromEntries(HANDED_ON.map((input) => [input, value])));
      expect(HANDED_ON.filter((input) => !flags.includes(`--${input}=${value}`))).toEqual([]);
      expect(flags).toHaveLength(7 + HANDED_ON.length);
    }
    expect(existsSync(path.join(at.repository, 'pwned'))).toBe(false);
  });

  test('ends with 2, and is no command of the log', () => {
    for (const value of HOSTILE) {
      for (const inputs of [HANDED_ON, ['ratchet'], ['formats'], ['working-directory'], ['version'], ['path']]) {
        const { code, outputs, log } = run({ version: '0.1.0', ...Object.fromEntries(inputs.map((input) => [input, value])) });
        expect([inputs, value, code, ['', '2'].includes(outputs['exit-code'] ?? '')]).toEqual([inputs, value, 2, true]);
        expect(obeyed(log).filter((command) => !command.startsWith('::error title=tidemark::'))).toEqual([]);
      }
    }
    expect(existsSync(path.join(at.repository, 'pwned'))).toBe(false);
  });

  test('is no command of the log, as the name of a file', () => {
    const other = checkedRepository();
    try {
      writeFileSync(path.join(other.repository, 'reports/::warning::x ##[add-mask]a.sql'), 'SELECT 1 FROM shop.orders WHERE;\nSELECT count(*) FROM shop.orders;\n');
      const { log } = run({ version: '0.1.0' }, PULL_REQUEST, other.repository);
      // A line that is a command is read as no other one, whatever stands in it.
      expect(obeyed(log).filter((command) => !/^::(error|warning|notice) (file|title)=/.test(command))).toEqual([]);
    } finally {
      other.remove();
    }
  });
});

describe('bad input', () => {
  test('a shallow clone', () => {
    const shallow = path.join(at.folder, 'shallow');
    at.git('clone', '--quiet', '--depth=1', `file://${at.repository}`, shallow);
    const { log, outputs } = run({ version: '0.1.0' }, PULL_REQUEST, shallow);
    expect(obeyed(log)).toMatchInlineSnapshot(`
      [
        "::error title=tidemark::the clone is shallow, and what the change is compared with is not in it: set fetch-depth: 0 for actions/checkout",
      ]
    `);
    expect(outputs).toMatchObject({ 'exit-code': '2', new: '', sarif: '' });
  });

  test('a base that is not there', () => {
    const { log } = run({ version: '0.1.0', since: 'origin/mian' });
    expect(obeyed(log)).toMatchInlineSnapshot(`
      [
        "::error title=tidemark::git knows no commit 'origin/mian'; did you mean 'origin/main'? git branch --all lists the branches",
      ]
    `);
  });

  test('no exact version, no tarball', () => {
    expect([{ version: 'latest' }, { version: '^1.0.0' }, { path: 'https://example.invalid/package.tgz' }].flatMap((inputs) => obeyed(run(inputs).log))).toMatchInlineSnapshot(`
      [
        "::error title=tidemark::version: is no exact version, as 0.1.0 is; a range or a tag would install something else tomorrow",
        "::error title=tidemark::version: is no exact version, as 0.1.0 is; a range or a tag would install something else tomorrow",
        "::error title=tidemark::path: names no tarball: it is a .tgz that npm pack wrote, from the root of the repository",
      ]
    `);
  });
});

describe('the installation', () => {
  test('runs no script of a package, and asks for nothing else', () => {
    writeFileSync(asked(), '');
    // The check itself is not reached.
    for (const inputs of [{ version: '0.1.0' }, { path: path.join(at.folder, 'package.tgz') }, {}]) run({ ...inputs, ratchet: 'perhaps' });
    expect(withoutFolders(readFileSync(asked(), 'utf8'))).toMatchInlineSnapshot(`
      "--no-audit --no-fund install --ignore-scripts -- tidemark@0.1.0
      --no-audit --no-fund install --ignore-scripts -- $FOLDER/runner/tidemark-install-XXXXXX/package.tgz
      --no-audit --no-fund ci --ignore-scripts
      --no-audit --no-fund pack --pack-destination $FOLDER/runner/tidemark-install-XXXXXX
      --no-audit --no-fund install --ignore-scripts -- $FOLDER/runner/tidemark-install-XXXXXX/package.tgz
      "
    `);
  });
});
