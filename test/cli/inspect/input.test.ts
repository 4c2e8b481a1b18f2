import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../../src/cli/inspect/input.js';

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collected(text: string, sizes: readonly number[], length_max: number): Promise<(string | null)[]> {
  const lines: (string | null)[] = [];
  for await (const portion of linesOf(chunksOf(Buffer.from(text), sizes), length_max)) {
    // Nobody is woken for nothing.
    expect(portion.length).toBeGreaterThan(0);
    lines.push(...portion);
  }
  return lines;
}

test('lines come whole and in order, whatever the chunks', async () => {
  const line = fc.array(fc.constantFrom('a', '{"id"', '日', 'é', '👩', '\r', ' '), { maxLength: 12 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), fc.integer({ min: 3, max: 20 }), async (lines, sizes, length_max) => {
      const expected: (string | null)[] = lines.map((text) => (text.length > length_max ? null : text));
      // What ends without a line feed is a line too, unless there is nothing in it.
      const last = lines.at(-1) ?? '';
      if (last.trim() === '' && last.length <= length_max) expected.pop();
      expect(await collected(lines.join('\n'), sizes, length_max)).toEqual(expected);
    }),
  );
});

test('a line is given at once, before the next one comes', async () => {
  let asked = 0;
  async function* typed(): AsyncGenerator<string> {
    yield '{"id": 1}\n{"id"';
    asked++;
    yield ': 2}\n';
  }
  const lines = linesOf(typed(), 100);
  expect((await lines.next()).value).toEqual(['{"id": 1}']);
  expect(asked).toBe(0);
  expect((await lines.next()).value).toEqual(['{"id": 2}']);
});

test('a line that never ends is not kept', async () => {
  expect(await collected(`${'x'.repeat(50_000)}\nshort\n${'y'.repeat(50_000)}`, [1_000], 10_000)).toEqual([null, 'short', null]);
});
