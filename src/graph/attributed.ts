import { blocksOf } from '../facts/cost.js';
import type { StatementStatistics } from '../model/statement.js';
import type { StoreBoundary } from './boundary.js';

/**
 * The blocks of the store that a named card or a role of known purpose accounts for. Cards may share an entry, which counts
 * once; what is linked to a card in doubt counts for nobody, and what a function runs is in the entry of its caller.
 */
export function attributedBlocks(boundary: StoreBoundary): number {
  const rows = new Set<StatementStatistics>();
  for (const { consumer, rows: own, doubtful } of boundary.accesses) {
    const isKnown = consumer.kind !== 'role' || consumer.role_purpose === 'application' || consumer.role_purpose === 'loader';
    if (isKnown) for (const row of own) if (row.toplevel && !doubtful.includes(row)) rows.add(row);
  }
  return [...rows].reduce((blocks, row) => blocks + blocksOf(row), 0);
}
