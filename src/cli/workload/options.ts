import type { Targets } from '../../config/defaults.js';
import type { WorkloadClass } from '../../model/workload.js';
import { suggestion } from '../../text/nearest-name.js';
import { UsageError } from '../usage-error.js';

export const BY = ['statement', 'consumer', 'role', 'relation', 'day', 'class'] as const;
export type By = (typeof BY)[number];

export const SORTS = ['blocks', 'time', 'calls', 'temp', 'wal', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** By what a store's statements are chosen; `*` stands for any characters. */
export interface Filters {
  role?: string;
  consumer?: string;
  relation?: string;
  class?: WorkloadClass;
  store?: string;
}

export interface WorkloadOptions extends Partial<Targets>, Filters {
  sample?: string;
  since?: string;
  ddl?: string[];
  by?: By;
  sort?: Sort;
  /** Infinity for everything. */
  limit?: number;
}

/** Reads `--by`, `--sort` and their kin. */
export function oneOf<T extends string>(flag: string, known: readonly T[]): (value: string) => T {
  return (value) => {
    const found = known.find((name) => name === value);
    if (found === undefined) throw new UsageError(`${flag} does not take '${value}'${suggestion(value, known)}`, `${flag} takes: ${known.join(', ')}`);
    return found;
  };
}
