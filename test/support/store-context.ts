import type { OpenContext } from '../../src/stores/store.js';

/** No environment and no home: nothing of the machine that runs the tests gets in. */
export const noContext: OpenContext = { environment: {}, homeDirectory: null };
