import { blocksOf } from '../facts/cost.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from './boundary.js';

/** Part of the blocks that statements of unknown class may take before the share of the others says nothing. */
const UNREAD_SHARE_MAX = 0.05;

export function storeFacts(boundary: StoreBoundary): StoreFacts {
  const { store, totals, accesses, zones } = boundary;
  const analytical = new Set(accesses.filter(({ statement }) => statement.class === 'analytical').flatMap(({ rows }) => rows));
  let blocks = 0;
  let execution_ms = 0;
  for (const row of analytical) {
    blocks += blocksOf(row);
    execution_ms += row.execution_ms;
  }
  // A statement may call functions whose statements have entries of their own: the same work twice.
  blocks = Math.min(blocks, totals.blocks);
  execution_ms = Math.min(execution_ms, totals.execution_ms);
  const unread = accesses.filter(({ statement }) => statement.class === 'unknown').flatMap(({ rows }) => rows).reduce((sum, row) => sum + blocksOf(row), 0);
  // What was not understood may all be reporting: a share that leaves it out would be a guess.
  const known = store.statements.length > 0 && unread <= UNREAD_SHARE_MAX * totals.blocks;
  return {
    name: store.name,
    role: store.role,
    engine: store.engine,
    in_recovery: store.inRecovery,
    analytical_block_share: known && totals.blocks > 0 ? blocks / totals.blocks : Number.NaN,
    analytical_time_share: known && totals.execution_ms > 0 ? execution_ms / totals.execution_ms : Number.NaN,
    analytical_statements: known ? analytical.size : Number.NaN,
    has_contracts: [...zones.values()].some(({ zone }) => zone === 'contract'),
  };
}
