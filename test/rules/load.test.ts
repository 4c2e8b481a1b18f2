import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadRuleFile, loadRules } from '../../src/rules/load.js';
import { RuleError } from '../../src/rules/problem.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const rule = (id: string, more = '') => `id: ${id}
title: A report reads the worklist
level: warning
area: coupling
subject: reading
match: consumer.kind == "card" && relation.name == "read_model.case_worklist_item"
message: "{consumer.name} reads {relation.name}"
why: The worklist belongs to one screen.
fix: Read the mart.
clause: Part 066 §22 read model and mart
${more}examples:
  bad: [{ name: a card, facts: { consumer: { kind: card }, relation: { name: read_model.case_worklist_item } } }]
  good: [{ name: a role, facts: { consumer: { kind: role }, relation: { name: read_model.case_worklist_item } } }]
`;

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** What is said when the folder is loaded, with its own path left out. */
async function said(folders = [folder]): Promise<string> {
  try {
    await loadRules({ folders });
  } catch (error) {
    if (error instanceof RuleError) return error.message.replaceAll(folder, 'my-rules');
    throw error;
  }
  return 'not refused';
}

test('rules of a folder and its sub-folders join the bundled ones, sorted by id', async () => {
  await write('worklist-read.yaml', rule('worklist-read'));
  await write('team/deep/another-rule.yml', rule('another-rule'));
  await write('README.md', '# not a rule');
  const bundled = await loadRules();
  const all = await loadRules({ folders: [folder] });
  const ids = all.map(({ id }) => id);
  expect(ids).toEqual([...bundled.map(({ id }) => id), 'worklist-read', 'another-rule'].sort());
  expect(all.find(({ id }) => id === 'worklist-read')?.file).toBe(join(folder, 'worklist-read.yaml'));
});

test('one file can be loaded alone', async () => {
  const file = await write('worklist-read.yaml', rule('worklist-read'));
  expect(await loadRuleFile(file)).toMatchObject({ id: 'worklist-read', level: 'warning', file });
});

describe('what is refused', () => {
  test('a file whose name is not the id', async () => {
    await write('worklist.yaml', rule('worklist-read'));
    expect(await said()).toMatchInlineSnapshot(`"my-rules/worklist.yaml holds the rule 'worklist-read'; the file name is the id, so one of both must change"`);
  });

  test('an id that a bundled rule has', async () => {
    await write('metric-copied.yaml', rule('metric-copied'));
    expect(await said()).toMatchInlineSnapshot(`"my-rules/metric-copied.yaml the id 'metric-copied' is already taken by rules/drift/metric-copied.yaml; choose another one"`);
  });

  test('a former id of another rule', async () => {
    await write('worklist-read.yaml', rule('worklist-read', 'aliases: [worklist-used]\n'));
    await write('worklist-used.yaml', rule('worklist-used'));
    expect(await said()).toMatchInlineSnapshot(`"my-rules/worklist-used.yaml the id 'worklist-used' is already taken by my-rules/worklist-read.yaml; choose another one"`);
  });

  test('a folder that does not exist, and one without rules', async () => {
    await mkdir(join(folder, 'empty'));
    expect(await said([join(folder, 'nowhere'), join(folder, 'empty')])).toMatchInlineSnapshot(`
      "my-rules/empty is named as a folder of rules and holds none (*.yaml)

      my-rules/nowhere cannot be read as a folder of rules: there is no such file or folder"
    `);
  });

  test('a file in place of a folder', async () => {
    expect(await said([await write('worklist-read.yaml', rule('worklist-read'))])).toMatchInlineSnapshot(`"my-rules/worklist-read.yaml cannot be read as a folder of rules: it is a file"`);
  });

  test('a file that is no UTF-8', async () => {
    await write('worklist-read.yaml', Uint8Array.from([0x69, 0x64, 0x3a, 0x20, 0xff, 0xfe]));
    expect(await said()).toMatchInlineSnapshot(`"my-rules/worklist-read.yaml cannot be read: it is not UTF-8"`);
  });

  test('a file of a megabyte', async () => {
    await write('worklist-read.yaml', `# ${'x'.repeat(1_000_000)}\n`);
    expect(await said()).toMatchInlineSnapshot(`"my-rules/worklist-read.yaml is 1000003 bytes long; a rule file has at most 100000"`);
  });

  test('every bad rule of every folder is named in one error', async () => {
    await write('a/one.yaml', rule('one').replace('relation.name ==', 'relation.nmae =='));
    await write('a/two.yaml', rule('two').replace('why:', 'wy:'));
    await write('b/three.yaml', rule('three'));
    const error: unknown = await loadRules({ folders: [join(folder, 'a'), join(folder, 'b')] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RuleError);
    expect(error instanceof RuleError && error.problems.map(({ file, line }) => `${file.slice(folder.length)}:${line}`)).toEqual([
      '/a/one.yaml:6',
      '/a/two.yaml:1',
      '/a/two.yaml:8',
    ]);
  });
});
