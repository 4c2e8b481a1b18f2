import { auditWithJoin } from '../../src/audit.js';
import type { ScratchSpace } from '../../src/model/scratch-engine.js';
import { loadRules } from '../../src/rules/load.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { type CouplingCase, readCases } from './cases.js';
import { estateOf } from './estate.js';
import { impactsOf } from './impact.js';

export interface Tally {
  /** Found and labelled. */
  right: number;
  found: number;
  labelled: number;
}

export interface CouplingFigures {
  cases: number;
  zones: { right: number; labelled: number; wrong: string[] };
  /** By rule, of the cases that label findings. */
  rules: Map<string, Tally>;
  findings: Tally;
  /** By effect, of the cases with a migration. */
  effects: Map<string, Tally>;
  impacts: Tally;
  /** `case: rule | consumer | relation`, found and not labelled. */
  wrong: string[];
  missed: string[];
}

/** Judges the labelled cases of a part. `wanted` chooses some by their id. */
export async function evaluateCoupling(part: string, wanted: (one: CouplingCase) => boolean = () => true): Promise<CouplingFigures> {
  const rules = await loadRules();
  const figures: CouplingFigures = {
    cases: 0, zones: { right: 0, labelled: 0, wrong: [] }, rules: new Map(), findings: tally(), effects: new Map(), impacts: tally(), wrong: [], missed: [],
  };
  const engine = scratchEngine('pglite');
  try {
    await judge(readCases(part).filter(wanted), figures, rules, () => engine.open());
  } finally {
    await engine.close();
  }
  return figures;
}

async function judge(cases: readonly CouplingCase[], figures: CouplingFigures, rules: Awaited<ReturnType<typeof loadRules>>, scratch: () => Promise<ScratchSpace | null>): Promise<void> {
  for (const one of cases) {
    figures.cases++;
    const estate = await estateOf(one);
    const { report, boundaries } = await auditWithJoin(estate.snapshot, estate.configuration, rules, '0');
    for (const [relation, zone] of Object.entries(one.expect.zones)) {
      figures.zones.labelled++;
      const found = boundaries[0]?.zones.get(relation);
      if (found?.zone === zone) figures.zones.right++;
      else figures.zones.wrong.push(`${one.id}: ${relation} is ${zone}, said ${found?.zone ?? 'nothing'} (${found?.reason ?? ''})`);
    }
    if (one.expect.findings !== undefined) {
      const found = report.findings.filter(({ area }) => area === 'coupling').map(({ ruleId, consumer, relation }) => key(ruleId, estate.labels.get(consumer) ?? consumer, relation));
      const labelled = one.expect.findings.map(({ rule, consumer, relation }) => key(rule, consumer ?? '', relation));
      count(one.id, found, labelled, figures, figures.findings, figures.rules);
    }
    if (one.expect.impacts !== undefined) {
      const labelled = one.expect.impacts.map(({ thing, effect }) => key(effect, thing));
      const told = await impactsOf(one, estate, scratch);
      count(one.id, told.flatMap(({ key: own, hint }) => (hint && !labelled.includes(own) ? [] : [own])), labelled, figures, figures.impacts, figures.effects);
    }
  }
}

function tally(): Tally {
  return { right: 0, found: 0, labelled: 0 };
}

function key(...parts: readonly string[]): string {
  return parts.join(' | ');
}

function count(id: string, found: readonly string[], labelled: readonly string[], figures: CouplingFigures, all: Tally, byKind: Map<string, Tally>): void {
  const own = new Set(found);
  const wanted = new Set(labelled);
  for (const each of new Set([...own, ...wanted])) {
    const kind = each.slice(0, each.indexOf(' | '));
    const ofKind = byKind.get(kind) ?? tally();
    byKind.set(kind, ofKind);
    for (const counted of [all, ofKind]) {
      if (own.has(each)) counted.found++;
      if (wanted.has(each)) counted.labelled++;
      if (own.has(each) && wanted.has(each)) counted.right++;
    }
    if (!wanted.has(each)) figures.wrong.push(`${id}: ${each}`);
    if (!own.has(each)) figures.missed.push(`${id}: ${each}`);
  }
}

export function precisionOf({ right, found }: Tally): number {
  return found === 0 ? 1 : right / found;
}

export function recallOf({ right, labelled }: Tally): number {
  return labelled === 0 ? 1 : right / labelled;
}

/** One line for a terminal. */
export function tallyLine(name: string, counted: Tally): string {
  return `${name}: ${counted.labelled} labelled, ${counted.found} found, P ${precisionOf(counted).toFixed(3)} R ${recallOf(counted).toFixed(3)}`;
}
