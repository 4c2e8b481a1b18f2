import { describe, expect, test } from 'vitest';
import { CLINIC } from './privacy/clinic.js';
import { RETAILER } from './privacy/retailer.js';
import { SAAS } from './privacy/saas.js';
import { findingsOf, given, journeysOf, privacy } from './privacy/system.js';

/** Three systems, each with what is to be found in it written down beside it. */
describe.each([['a clinic', CLINIC], ['software for firms', SAAS], ['a retailer', RETAILER]])('%s', (_, system) => {
  test('has exactly the findings that were judged right', async () => {
    expect(await findingsOf(await given(system))).toEqual(system.findings.map(([finding]) => finding).sort());
  });

  test('has exactly the journeys that were judged right', async () => {
    const expected = Object.fromEntries(Object.entries(system.journeys).map(([origin, lines]) => [origin, [...lines].sort()]));
    expect(journeysOf(await privacy(await given(system)))).toEqual(expected);
  });
});
