import type { ContractProposal } from '../../model/contract-proposal.js';
import type { Gap } from '../../model/snapshot.js';

/** What became of the queries that read internal tables; each counts once, whichever views it moves onto. */
export interface FixCoverage {
  queries: number;
  /** The rewrite was proved to return the same. */
  proved: number;
  /** Searched without a difference, and not proved. */
  searched: number;
  /** Rewritten, and neither proved nor searched. */
  notCompared: number;
  /** Left as they are, each with its reason; on one relation or more. */
  unchanged: number;
}

/** What `tidemark fix contracts` answers. docs/fix.md is its contract. */
export interface FixAnswer {
  schemaVersion: 1;
  tool: { name: string; version: string };
  takenAt: string;
  stores: { name: string; role: string; engine: string }[];
  /** By the number of consumers, most first. */
  proposals: ContractProposal[];
  coverage: FixCoverage;
  gaps: Gap[];
  assumptions: string[];
}

type Outcome = Exclude<keyof FixCoverage, 'queries'>;

/** The worst outcome first: a query that keeps one internal table has not moved. */
const OUTCOMES: readonly Outcome[] = ['unchanged', 'notCompared', 'searched', 'proved'];

export function coverageOf(proposals: readonly ContractProposal[]): FixCoverage {
  const worst = new Map<string, Outcome>();
  for (const { store, consumers } of proposals) {
    for (const consumer of consumers) {
      const key = JSON.stringify([store, consumer.consumer, consumer.before]);
      const outcome = outcomeOf(consumer);
      const known = worst.get(key);
      if (known === undefined || OUTCOMES.indexOf(outcome) < OUTCOMES.indexOf(known)) worst.set(key, outcome);
    }
  }
  const coverage: FixCoverage = { queries: worst.size, proved: 0, searched: 0, notCompared: 0, unchanged: 0 };
  for (const outcome of worst.values()) coverage[outcome] += 1;
  return coverage;
}

export function outcomeOf({ after, verdict }: ContractProposal['consumers'][number]): Outcome {
  if (after === null) return 'unchanged';
  if (verdict?.verdict === 'equal' || verdict?.verdict === 'equal-under') return 'proved';
  const bound = verdict?.bound ?? null;
  return bound !== null && bound.worlds > 0 && Math.max(...bound.answers) > 1 ? 'searched' : 'notCompared';
}

/** One object a line, each with its `type`. */
export function recordsOf({ proposals, gaps, assumptions, ...head }: FixAnswer): object[] {
  return [
    { type: 'fix-contracts', ...head },
    ...proposals.map((proposal) => ({ type: 'contract-proposal', ...proposal })),
    ...gaps.map((gap) => ({ type: 'gap', ...gap })),
    ...assumptions.map((text) => ({ type: 'assumption', text })),
  ];
}
