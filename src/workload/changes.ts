import type { StoreBoundary } from '../graph/boundary.js';
import { noWork, partOfWork, sumOfWork } from '../graph/portions.js';
import { CHANGES_MAX, type Change, type Trust, type Work } from '../model/workload.js';
import { candidatesOf } from './candidates.js';
import { relationsOf } from './relations.js';
import { compareText, sharesOf } from './shares.js';
import type { StatementWork } from './statements.js';

export interface ChangesInput {
  boundary: StoreBoundary;
  works: readonly StatementWork[];
  total: Work;
  trust: Trust;
  /** What the numbers cover; null where that is not known. */
  window_seconds: number | null;
  /** A card that nobody has opened for longer is unused; null calls none so. */
  unused_days: number | null;
}

/** One thing that a person would do, and the statements that it would take off the store. */
export interface Candidate {
  change: string;
  sql: string | null;
  consumer: string;
  owner: string | null;
  /** Each with the part of its work that goes: 0 to 1. */
  takes: { statement: StatementWork; part: number }[];
  /** How sure it is that the change frees this, apart from the statements and their statistics. */
  confidence: number;
  /** It makes sense only for all of its statements together. */
  whole: boolean;
}

/** Below so much of the blocks and of the time nobody would notice. */
const SHARE_MIN = 0.001;

/**
 * The five changes that would free most of the store, one after the other: what a change has freed, no later one frees again. The
 * one that frees most blocks comes first, of equal ones the one that frees more time, then by name. Nothing for a warehouse,
 * whose work this is, and nothing without statistics.
 */
export function changesOf(input: ChangesInput): Change[] {
  const { boundary, total } = input;
  if (boundary.store.role === 'warehouse' || boundary.store.statementWindow === null) return [];
  const left = new Map<StatementWork, number>();
  let candidates = candidatesOf(input);
  const changes: Change[] = [];
  while (changes.length < CHANGES_MAX) {
    const possible = candidates.flatMap((candidate) => {
      const freed = freedBy(candidate, left, total);
      return freed === null ? [] : [{ candidate, freed }];
    });
    possible.sort((a, b) => b.freed.blocks - a.freed.blocks || b.freed.execution_ms - a.freed.execution_ms || compareText(a.candidate.change, b.candidate.change));
    const [best] = possible;
    if (!best) return changes;
    changes.push(described(best.candidate, best.freed, left, input));
    for (const { statement, part } of best.candidate.takes) left.set(statement, (left.get(statement) ?? 1) * (1 - part));
    candidates = possible.slice(1).map(({ candidate }) => candidate);
  }
  return changes;
}

/** Null where others have freed it already, or it is not worth a change. */
function freedBy({ takes, whole }: Candidate, left: ReadonlyMap<StatementWork, number>, total: Work): Work | null {
  if (whole && takes.some(({ statement }) => left.has(statement))) return null;
  const freed = sumOfWork(takes.map(({ statement, part }) => partOfWork(statement.work ?? noWork(), () => part * (left.get(statement) ?? 1))), total);
  const { blocks, time } = sharesOf(freed, total);
  return Math.max(blocks ?? 0, time ?? 0) < SHARE_MIN ? null : freed;
}

function described({ change, sql, consumer, owner, takes, confidence }: Candidate, freed: Work, left: ReadonlyMap<StatementWork, number>, { boundary, total, trust }: ChangesInput): Change {
  const own = takes.filter(({ statement }) => (left.get(statement) ?? 1) > 0).map(({ statement }) => statement);
  const relations = own.flatMap(({ access }) => (access ? relationsOf(access, boundary) : []));
  return {
    change, sql, consumer, owner,
    relations: [...new Set(relations)].sort(),
    statements: own.length,
    frees: sharesOf(freed, total),
    confidence: Math.round(confidence * sureness(own) * trust.factor * 100) / 100,
  };
}

/** How sure it is that these statements are what they are taken for, and sent by whom; by their work. */
function sureness(statements: readonly StatementWork[]): number {
  const weights = statements.map(({ work }) => (work?.blocks ?? 0) + 1);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return statements.reduce((sum, { access }, index) => {
    const link = access?.query ? (access.links[0]?.confidence ?? 1) : 1;
    return sum + ((access?.statement.confidence ?? 0) * link * (weights[index] ?? 0)) / all;
  }, 0);
}
