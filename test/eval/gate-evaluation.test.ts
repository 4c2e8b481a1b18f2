import { describe, expect, it } from 'vitest';
import { COMMITS, differences, replay } from '../../eval/gate/replay.js';

/** `npm run eval -- gate` replays all; each takes some two seconds of CPU time. */
const EVERY = process.env['TIDEMARK_EVAL_FOLDERS'] === undefined ? 8 : 1;

describe('constructed commits on the estate', () => {
  it('are fifty and more', () => {
    expect(COMMITS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(COMMITS.map(({ name }) => name)).size).toBe(COMMITS.length);
  });

  it.each(COMMITS.filter((_, index) => index % EVERY === 0).map((commit) => [commit.name, commit] as const))('%s', async (_, commit) => {
    expect(differences(commit, await replay(commit))).toEqual([]);
  });
});
