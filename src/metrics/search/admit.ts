import type { World } from '../definition.js';
import type { WorldStore } from './evaluate.js';
import type { RowSource } from './rows.js';

/** Combinations of values from which those that CHECKs admit are chosen, the first and the second time. */
const CANDIDATES = [60, 400] as const;
const ADMITTED_ENOUGH = 40;

/** Finds values that the CHECKs admit, by groups of columns that they tie together; twice where the first time gave few. */
export async function admitRows(source: RowSource, store: WorldStore): Promise<void> {
  for (const limit of CANDIDATES) {
    const groups = source.model.tables.flatMap((table) => source.tiedOf(table).flatMap((group) => {
      const isEnough = group.admitted.length >= ADMITTED_ENOUGH || (group.columns.length === 1 && group.admitted.length > 0);
      return isEnough ? [] : [{ table, group, values: source.tiedCandidates(table, group, limit) }];
    }));
    if (groups.length === 0) return;
    const worlds = groups.flatMap(({ table, values }) => values.map((row): World => ({ [table.key]: [{ ...source.base(table), ...row }] })));
    const first = await store.load(worlds);
    let from = first;
    const rules = groups.map(({ table, group, values }) => {
      const rule = { table, checks: group.checks, from, to: from + values.length };
      from = rule.to;
      return rule;
    });
    const refused = await store.refusedByChecks(rules);
    for (const [index, { table, group, values }] of groups.entries()) {
      const start = rules[index]?.from ?? first;
      source.admit(table, group, values.filter((_, place) => !refused.has(start + place)));
    }
  }
}
