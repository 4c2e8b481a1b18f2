import { z } from 'zod';
import { defaultThresholds } from '../../src/config/defaults.js';
import { StatementReader } from '../../src/graph/statement-reader.js';
import { inspect } from '../../src/inspect.js';
import type { Catalog } from '../../src/model/catalog.js';
import { WORKLOAD_CLASSES, type WorkloadClass } from '../../src/model/workload.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { dialectOf } from '../../src/sql/dialect.js';
import { type Parsers, createParsers } from '../../src/sql/parse/parsers.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { WorkloadCase } from './cases.js';

/** From here on a reader takes a verdict at its word. */
export const HIGH_CONFIDENCE = 0.8;

const answer = z.enum(WORKLOAD_CLASSES);

/** A case with the verdict from the shape of its statement alone. */
export interface Judged {
  one: WorkloadCase;
  class: WorkloadClass;
  /** 0 to 1. */
  confidence: number;
  evidence: readonly string[];
}

export interface WorkloadFigures {
  cases: number;
  /** Cases with one label. */
  clear: number;
  /** Of the clear ones. An answer of `unknown` or `mixed` to another label is not right. */
  right: number;
  /** Clear cases to which the answer was `unknown` and should not have been. */
  unknown: number;
  /** Clear cases to which the answer was `mixed` and should not have been. */
  mixed: number;
  /** Cases with two labels, and those of them to which one of the two was answered. */
  open: { cases: number; right: number };
  /** Clear cases with another answer, and open ones with none of the two. */
  wrong: Judged[];
}

/**
 * Judges cases.
 *
 * @param catalogue whether the DDL of the cases is known; without it statements are read as in a repository that has none
 */
export async function judgeCases(cases: readonly WorkloadCase[], catalogue: 'with' | 'without'): Promise<Judged[]> {
  const parsers = await createParsers();
  try {
    const judged: Judged[] = [];
    for (const group of groupBy(cases, ({ ddl, dialect }) => `${dialect}\n${ddl}`).values()) judged.push(...(await judgeGroup(group, catalogue, parsers)));
    return judged;
  } finally {
    await parsers.close();
  }
}

/** Judges cases of one dialect and one DDL. */
async function judgeGroup(group: readonly WorkloadCase[], catalogue: 'with' | 'without', parsers: Parsers): Promise<Judged[]> {
  const [first] = group;
  const dialect = dialectOf(first?.dialect ?? 'postgres');
  if (!first || !dialect) return [];
  const catalog: Catalog = catalogue === 'without' || first.ddl === '' ? emptyCatalog() : await catalogFromDdl(first.ddl);
  await parsers.prepare(dialect, group.map(({ sql }) => sql));
  const reader = new StatementReader({ catalog, dialect, parse: parsers.parse(dialect) });
  return group.map((one) => {
    const { workload } = inspect(reader.readOnce(one.sql, one.searchPath), { index: reader.index, thresholds: defaultThresholds, dialect: dialect.id });
    return { one, class: answer.parse(workload.class), confidence: workload.confidence, evidence: workload.evidence };
  });
}

/** In the order in which each group first comes. */
export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function isRight({ one, class: answer }: Judged): boolean {
  return one.labels.includes(answer);
}

/** Counts what was judged. */
export function figuresOf(judged: readonly Judged[]): WorkloadFigures {
  const clear = judged.filter(({ one }) => one.labels.length === 1);
  const open = judged.filter(({ one }) => one.labels.length > 1);
  const wrong = judged.filter((each) => !isRight(each));
  const wrongAnswers = (answer: WorkloadClass): number => clear.filter((each) => each.class === answer && !isRight(each)).length;
  return {
    cases: judged.length,
    clear: clear.length,
    right: clear.filter(isRight).length,
    unknown: wrongAnswers('unknown'),
    mixed: wrongAnswers('mixed'),
    open: { cases: open.length, right: open.filter(isRight).length },
    wrong,
  };
}

/** Right answers among clear cases that were answered at all, 0 to 1: `unknown` says that nobody should rely on it, and is counted apart. */
export function accuracyOf({ clear, right, unknown }: WorkloadFigures): number {
  return clear === unknown ? 1 : right / (clear - unknown);
}

export function unknownShareOf({ clear, unknown }: WorkloadFigures): number {
  return clear === 0 ? 0 : unknown / clear;
}

/** Operational work that is called analytical so that a reader believes it: the fault that costs trust. */
export function gravelyWrong({ wrong }: WorkloadFigures): Judged[] {
  return wrong.filter(({ one, class: answer, confidence }) => !one.labels.includes('analytical') && answer === 'analytical' && confidence >= HIGH_CONFIDENCE);
}

/** `operational called analytical 3 (1 at 0.8 or more), …`, by how often. */
export function wrongByKind({ wrong }: WorkloadFigures): string {
  const kinds = groupBy(wrong, ({ one, class: answer }) => `${one.labels.join(' or ')} called ${answer}`);
  return [...kinds]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([kind, all]) => `${kind} ${all.length} (${all.filter(({ confidence }) => confidence >= HIGH_CONFIDENCE).length} at ${HIGH_CONFIDENCE} or more)`)
    .join(', ');
}

export function figuresLine(figures: WorkloadFigures): string {
  const { clear, right, unknown, mixed, open } = figures;
  const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
  const doubtful = open.cases === 0 ? '' : `; ${open.right} of ${open.cases} with two right answers`;
  return `${right} of ${clear} right, ${(100 * accuracyOf(figures)).toFixed(1)} % of those answered; unknown ${percent(unknown, clear)}, mixed ${percent(mixed, clear)}${doubtful}`;
}

export function faultLine({ one, class: answer, confidence, evidence }: Judged): string {
  return `${one.place} ${one.name}: ${one.labels.join(' or ')} called ${answer} (${confidence}): ${evidence.join('; ')}`;
}

const BINS = [0, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** How often answers of a confidence are right, a line for each tenth from 0.5 on. */
export function calibrationLines(judged: readonly Judged[]): string[] {
  return BINS.flatMap((least, index) => {
    const most = BINS[index + 1] ?? Number.POSITIVE_INFINITY;
    const figures = figuresOf(judged.filter(({ confidence }) => confidence >= least && confidence < most));
    return figures.cases === 0 ? [] : [`  confidence from ${least}: ${figuresLine(figures)}`];
  });
}
