import { afterAll, describe, expect, test } from 'vitest';
import { closeEngine, compare } from './support.js';
import { TRAPS } from './traps.js';

afterAll(closeEngine);

describe('the search between two definitions', () => {
  test.each(TRAPS)('$name', async ({ ddl, late, a, b, expected, zones }) => {
    const { result, found } = await compare(ddl, a, b, { ...(late === undefined ? {} : { late }), ...(zones === undefined ? {} : { zones }) });
    expect(result.unsupported).toEqual([null, null]);
    expect({ how: found?.how ?? 'none', world: found?.world }).toMatchObject({ how: expected });
    // What was found must hold on real tables with their constraints, in the texts as they are.
    if (found !== null) expect(found.a).not.toEqual(found.b);
  });
});
