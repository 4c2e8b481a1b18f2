import type { Shares } from '../../model/workload.js';

export const NO_SHARES: Shares = { time: null, blocks: null, temp: null, wal: null };

export function addShares(one: Shares, other: Shares): Shares {
  return { time: add(one.time, other.time), blocks: add(one.blocks, other.blocks), temp: add(one.temp, other.temp), wal: add(one.wal, other.wal) };
}

function add(one: number | null, other: number | null): number | null {
  return one === null ? other : other === null ? one : one + other;
}
