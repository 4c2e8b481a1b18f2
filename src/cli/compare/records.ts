import type { Comparison } from '../../compare/comparison.js';

/** One object a line, each with its `type`: `comparison` first, then areas, findings, rules, owners, stores, metrics, gaps, what was not seen, notes. */
export function recordsOf(comparison: Comparison): object[] {
  const { schemaVersion, tool, before, after, direction, counts, areas, findings, rules, owners, stores, coverage, metrics, gaps, unseen, notes } = comparison;
  const typed = (type: string, all: readonly object[]): object[] => all.map((one) => ({ type, ...one }));
  return [
    { type: 'comparison', schemaVersion, tool, before, after, direction, counts },
    ...typed('area', areas),
    ...typed('finding', findings),
    ...typed('rule', rules),
    ...typed('owner', owners),
    ...typed('store', stores),
    ...typed('metric', metrics),
    ...gaps.opened.map((gap) => ({ type: 'gap', change: 'opened', ...gap })),
    ...gaps.closed.map((gap) => ({ type: 'gap', change: 'closed', ...gap })),
    ...unseen.map((text) => ({ type: 'unseen', text })),
    ...notes.map((text) => ({ type: 'note', text })),
    { type: 'coverage', ...coverage },
  ];
}
