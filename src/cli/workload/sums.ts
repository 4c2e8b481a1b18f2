import type { Shares, Work } from '../../model/workload.js';

/** The counters that every server keeps begin at nothing; the others are not known until one tells them. */
export const NO_WORK: Work = { calls: 0, rows: 0, execution_ms: 0, planning_ms: null, blocks: 0, blocks_read: 0, temp_bytes: 0, wal_bytes: null };
export const NO_SHARES: Shares = { time: null, blocks: null, temp: null, wal: null };

export function addWork(one: Work, other: Work): Work {
  return {
    calls: one.calls + other.calls,
    rows: one.rows + other.rows,
    execution_ms: one.execution_ms + other.execution_ms,
    planning_ms: add(one.planning_ms, other.planning_ms),
    blocks: one.blocks + other.blocks,
    blocks_read: one.blocks_read + other.blocks_read,
    temp_bytes: one.temp_bytes + other.temp_bytes,
    wal_bytes: add(one.wal_bytes, other.wal_bytes),
  };
}

export function addShares(one: Shares, other: Shares): Shares {
  return { time: add(one.time, other.time), blocks: add(one.blocks, other.blocks), temp: add(one.temp, other.temp), wal: add(one.wal, other.wal) };
}

function add(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : one + other;
}
