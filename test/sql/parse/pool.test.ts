import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import type { ParseOutcome } from '../../../src/model/syntax-tree.js';
import { ParserPool, type PoolOptions } from '../../../src/sql/parse/pool.js';

const BREAKING = new URL('./breaking-worker.mjs', import.meta.url);
const pools: ParserPool[] = [];

function pool(options: PoolOptions = {}): ParserPool {
  const opened = new ParserPool({ workerFile: BREAKING, ...options });
  pools.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((opened) => opened.close()));
});

function relations({ statements }: ParseOutcome): string[] {
  return statements.flatMap(({ statement }) => (statement.type === 'utility' ? statement.relations.map(({ name }) => name) : []));
}

function messages({ diagnostics }: ParseOutcome): string[] {
  return diagnostics.map(({ message, offset }) => `${message} @${offset}`);
}

const BREAKS = [
  ['hangs', 'HANG case_file', /^sqlparser-ts gave up: no answer within 3\.0 seconds @0$/],
  ['traps', 'TRAP case_file', /^sqlparser-ts gave up: memory access out of bounds @0$/],
  ['ends the thread', 'EXIT case_file', /^sqlparser-ts gave up: its thread ended with code 3 @0$/],
  ['exhausts its memory', `EXHAUST case_file ${' '.repeat(500_000)}`, /^sqlparser-ts gave up: .*memory.* @0$/],
  ['descends without an end', 'OVERFLOW case_file', /^sqlparser-ts gave up: Maximum call stack size exceeded @0$/],
] as const;

describe('a text that breaks its parser costs itself only', () => {
  test.each(BREAKS)('%s', async (_name, text, message) => {
    const opened = pool();
    const texts = [...Array.from({ length: 40 }, (_, n) => `READ task_${n}`), text, ...Array.from({ length: 40 }, (_, n) => `READ officer_${n}`)];
    const outcomes = await Promise.all(texts.map((each) => opened.read('sqlparser-ts', 'snowflake', each)));
    outcomes.forEach((outcome, index) => {
      if (texts[index] === text) {
        expect(outcome).toMatchObject({ statements: [], frontEnd: null });
        expect(messages(outcome)).toEqual([expect.stringMatching(message)]);
      } else {
        expect(relations(outcome)).toEqual([texts[index]?.slice('READ '.length)]);
      }
    });
  });

  test('all kinds in one batch', async () => {
    const opened = pool();
    const texts = BREAKS.flatMap(([, text], index) => [text, `READ after_${index}`]);
    const outcomes = await Promise.all(texts.map((each) => opened.read('sqlparser-ts', 'mysql', each)));
    expect(outcomes.map((outcome) => relations(outcome)[0] ?? 'broken')).toEqual(BREAKS.flatMap((_, index) => ['broken', `after_${index}`]));
  });

  test('it is tried once: what is known of it is the answer from then on', async () => {
    const opened = pool();
    const first = await opened.read('sqlparser-ts', 'snowflake', 'HANG payment');
    expect(await opened.read('sqlparser-ts', 'snowflake', 'HANG payment')).toBe(first);
    expect(relations(await opened.read('sqlparser-ts', 'snowflake', 'READ payment'))).toEqual(['payment']);
  });
});

test('a parser that cannot be loaded is named with the reason, for each text, and the other is read with', async () => {
  const opened = pool();
  expect(messages(await opened.read('polyglot', 'snowflake', 'READ refund'))).toEqual(['polyglot could not be loaded: its module is missing @0']);
  expect(relations(await opened.read('sqlparser-ts', 'snowflake', 'READ refund'))).toEqual(['refund']);
});

test('a program that cannot be started is said for every text, and tried no more than that', async () => {
  const opened = pool({ workerFile: new URL('./no-such-worker.mjs', import.meta.url) });
  const outcomes = await Promise.all(['READ a', 'READ b'].map((text) => opened.read('sqlparser-ts', 'snowflake', text)));
  for (const outcome of outcomes) expect(messages(outcome)).toEqual([expect.stringMatching(/^the thread of the parsers could not be started: Cannot find module .*no-such-worker\.mjs/)]);
});

test('workers are replaced after so many texts, and no text is lost by it', async () => {
  const opened = pool({ textsPerWorker: 25 });
  const texts = Array.from({ length: 300 }, (_, n) => `READ ledger_${n}`);
  const outcomes = await Promise.all(texts.map((text) => opened.read('sqlparser-ts', 'duckdb', text)));
  expect(outcomes.flatMap(relations)).toEqual(texts.map((text) => text.slice('READ '.length)));
});

describe('the end', () => {
  /** Threads and timers of this process. The runner has its own. */
  const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker' || name === 'Timeout').length;

  test('a process that waits for nothing ends, also where nobody closed the pool, and shows nothing of what a parser printed', () => {
    const program = `
      const { ParserPool } = await import(${JSON.stringify(new URL('../../../dist/sql/parse/pool.js', import.meta.url).href)});
      const pool = new ParserPool({ workerFile: new URL(${JSON.stringify(BREAKING.href)}) });
      const texts = ['READ task', 'TRAP task', 'PRINT officer'];
      for (const { statements } of await Promise.all(texts.map((text) => pool.read('sqlparser-ts', 'mysql', text)))) console.log(statements.length);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 60_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1\n0\n1\n', stderr: '' });
  });

  test('closing leaves nothing behind, and answers what was open', async () => {
    const before = handles();
    const opened = pool();
    await opened.read('sqlparser-ts', 'snowflake', 'READ officer');
    const open = opened.read('sqlparser-ts', 'snowflake', 'HANG officer');
    await opened.close();
    expect(messages(await open)).toEqual(['the parsers were stopped before the text was read @0']);
    expect(messages(await opened.read('sqlparser-ts', 'snowflake', 'READ task'))).toEqual(['the parsers were stopped before the text was read @0']);
    expect(handles()).toBeLessThanOrEqual(before);
  });
});
