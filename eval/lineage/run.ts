import { dialectOf } from '../../src/sql/dialect.js';
import type { Resolution } from '../../src/sql/resolution.js';
import type { Slot } from '../../src/sql/scope.js';
import type { LabelledCase, LabelledOutput } from './cases.js';

/** What the program read in one case, in the words of the labels. */
export interface Reading {
  shown: LabelledOutput[];
  returns: LabelledOutput[];
  grouping: Set<string>;
  conditions: Set<string>;
  tables: Set<string>;
  uncertain: boolean;
  /** Why there is no reading; null where there is one. */
  failure: string | null;
}

/** Right, said and labelled edges. */
export class Count {
  right = 0;
  said = 0;
  labelled = 0;

  add(said: ReadonlySet<string>, labelled: ReadonlySet<string>): void {
    this.said += said.size;
    this.labelled += labelled.size;
    for (const edge of said) if (labelled.has(edge)) this.right++;
  }

  get precision(): number {
    return this.said === 0 ? 1 : this.right / this.said;
  }

  get recall(): number {
    return this.labelled === 0 ? 1 : this.right / this.labelled;
  }
}

export interface LineageFigures {
  cases: number;
  /** Cases whose whole set of (output, source, mask level) is right, in order and by name. */
  exact: number;
  /** Cases in which grouping, conditions with their roles, tables and the warning are right too. */
  complete: number;
  shown: Count;
  grouping: Count;
  conditions: Count;
  /** Cases whose set of tables is right. */
  tables: number;
  /** Cases in which a warning is due, given, and both. */
  uncertain: { due: number; given: number; both: number };
  /** What is wrong with each case that is not complete. */
  faults: { id: string; place: string; exact: boolean; lines: string[] }[];
}

/** What a resolution says, in the words of the labels. */
export function readingOf(one: LabelledCase, resolution: Resolution): Reading {
  const grouping = new Set<string>();
  const conditions = new Set<string>();
  for (const { column, kind, role, mask } of resolution.uses) {
    if (mask === 'constant') continue;
    const use = `${role} ${column}`;
    if (one.maybe.has(column) && !one.grouping.has(use) && !one.conditions.has(use)) continue;
    (kind === 'grouping' ? grouping : conditions).add(use);
  }
  // Labels of dialects without case are written in lower case.
  const fold = dialectOf(one.dialect)?.folding === 'insensitive';
  const outputs = labelled(resolution.outputs, fold);
  const written = one.writes === null ? null : labelled(resolution.writes.get(one.writes) ?? [], fold);
  return {
    shown: written ?? outputs,
    returns: written ? outputs : [],
    grouping,
    conditions,
    tables: new Set([...resolution.base, ...resolution.unknownRelations, ...resolution.writes.keys()]),
    uncertain: resolution.diagnostics.length > 0 || resolution.opaque.size > 0,
    failure: null,
  };
}

function labelled(slots: readonly Slot[], fold: boolean): LabelledOutput[] {
  return slots.map(({ name, flows }) => ({
    name: fold ? name.toLowerCase() : name,
    sources: new Map([...flows].filter(([, { mask }]) => mask !== 'constant').map(([source, { mask }]): [string, string] => [source, mask])),
  }));
}

/** The labels with the reading's choice wherever either is sound. */
function settled(one: LabelledCase, reading: Reading): Pick<LabelledCase, 'shown' | 'conditions'> {
  const shown = one.shown.map(({ name, sources }) => ({ name, sources: new Map(sources) }));
  const conditions = new Set(one.conditions);
  for (const { output, column } of one.either) {
    if (reading.conditions.has(`filter ${column}`)) conditions.add(`filter ${column}`);
    else shown.find(({ name }) => name === output)?.sources.set(column, '?');
  }
  return { shown, conditions };
}

/** Compares readings with labels. */
export function judge(entries: readonly { one: LabelledCase; reading: Reading }[]): LineageFigures {
  const figures: LineageFigures = {
    cases: entries.length, exact: 0, complete: 0, shown: new Count(), grouping: new Count(), conditions: new Count(), tables: 0,
    uncertain: { due: 0, given: 0, both: 0 }, faults: [],
  };
  for (const { one: labels, reading } of entries) {
    const one = { ...labels, ...settled(labels, reading) };
    const lines = reading.failure === null ? [] : [reading.failure];
    if (!one.outputsOpen) {
      lines.push(...differences(one.shown, reading.shown, one.writes !== null), ...differences(one.returns, reading.returns, false));
      figures.shown.add(new Set([...edges(reading.shown, one.writes !== null), ...edges(reading.returns, false)]), new Set([...edges(one.shown, one.writes !== null), ...edges(one.returns, false)]));
    }
    const exact = lines.length === 0;
    if (!one.outputsOpen) {
      figures.grouping.add(reading.grouping, one.grouping);
      figures.conditions.add(reading.conditions, one.conditions);
      lines.push(...missingAndExtra('grouping', reading.grouping, one.grouping), ...missingAndExtra('condition', reading.conditions, one.conditions));
    }
    const tables = missingAndExtra('table', reading.tables, one.tables);
    lines.push(...tables);
    if (tables.length === 0) figures.tables++;
    if (one.uncertain) figures.uncertain.due++;
    if (reading.uncertain) figures.uncertain.given++;
    if (one.uncertain && reading.uncertain) figures.uncertain.both++;
    if (one.uncertain !== reading.uncertain) lines.push(one.uncertain ? 'a warning is due' : 'a warning that is not due');
    if (exact) figures.exact++;
    if (lines.length === 0) figures.complete++;
    else figures.faults.push({ id: one.id, place: one.place, exact, lines });
  }
  return figures;
}

function edges(outputs: readonly LabelledOutput[], byName: boolean): string[] {
  return outputs.flatMap(({ name, sources }, position) => [...sources.keys()].map((source) => `${byName ? name : position} <- ${source}`));
}

/** Written columns are compared by name, since several clauses may write one; outputs by place and name. */
function differences(expected: readonly LabelledOutput[], said: readonly LabelledOutput[], byName: boolean): string[] {
  const [wanted, found] = byName ? [merged(expected), merged(said)] : [expected, said];
  const lines: string[] = [];
  for (let position = 0; position < Math.max(wanted.length, found.length); position++) {
    const [want, got] = [wanted[position], found[position]];
    if (want && got && sameName(want.name, got.name) && sameSources(want.sources, got.sources)) continue;
    lines.push(`shown ${want ? write(want) : 'nothing'}; said ${got ? write(got) : 'nothing'}`);
  }
  return lines;
}

function merged(outputs: readonly LabelledOutput[]): LabelledOutput[] {
  const byName = new Map<string, LabelledOutput>();
  for (const { name, sources } of outputs) {
    const known = byName.get(name) ?? { name, sources: new Map<string, string>() };
    for (const [source, level] of sources) if (known.sources.get(source) !== 'raw') known.sources.set(source, level);
    byName.set(name, known);
  }
  return [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function sameName(wanted: string, found: string): boolean {
  return wanted === '_' || wanted === found;
}

function sameSources(wanted: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): boolean {
  return wanted.size === found.size && [...wanted].every(([source, level]) => found.has(source) && (level === '?' || found.get(source) === level));
}

function write({ name, sources }: LabelledOutput): string {
  return `${name} <- ${[...sources].map(([source, level]) => (level === 'raw' ? source : `${source}:${level}`)).sort().join(', ')}`;
}

function missingAndExtra(what: string, said: ReadonlySet<string>, labels: ReadonlySet<string>): string[] {
  const missing = [...labels].filter((label) => !said.has(label)).sort();
  const extra = [...said].filter((one) => !labels.has(one)).sort();
  return [...(missing.length > 0 ? [`${what} missing: ${missing.join(', ')}`] : []), ...(extra.length > 0 ? [`${what} not so: ${extra.join(', ')}`] : [])];
}

/** One line of figures. */
export function figuresLine(name: string, { cases, exact, complete, shown, grouping, conditions, tables, uncertain }: LineageFigures): string {
  const ratio = (count: Count): string => `${count.precision.toFixed(3)}/${count.recall.toFixed(3)}`;
  return `${name.padEnd(24)} ${`${exact}/${cases}`.padStart(8)} exact ${`${complete}/${cases}`.padStart(8)} complete   P/R shown ${ratio(shown)} grouping ${ratio(grouping)} condition ${ratio(conditions)}   tables ${tables}/${cases}   warnings ${uncertain.both} of ${uncertain.due} due, ${uncertain.given} given`;
}
