/**
 * The text form of OpenMetrics 1.0.0 (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md), as far as
 * tidemark needs it: gauges, counters, state sets and infos, without timestamps.
 */
export const CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** A family of more is cut, and what is left out is counted: a control table with a million names must not make a million series. */
const SERIES_MAX = 5_000;

export type FamilyType = 'gauge' | 'counter' | 'stateset' | 'info';

export interface Family<Source> {
  /** Without the suffix that the type adds. A unit is the end of the name. */
  name: string;
  type: FamilyType;
  unit: 'seconds' | 'bytes' | 'ratio' | null;
  help: string;
  /** Names of the labels, in their order; the state of a state set not among them. */
  labels: readonly string[];
  /** One entry for each series. A value that is not known is null: its sample is absent. */
  samples(source: Source): readonly Entry[];
  /** Of a state set: all states, of which `value` names one. */
  states?: readonly string[];
}

export interface Entry {
  /** Values of the labels, in their order. */
  labels: readonly string[];
  /** A number, or the state that holds. */
  value: number | string | null;
}

/** The name that samples of a family carry, which is what queries use. */
export function sampleName({ name, type }: Pick<Family<never>, 'name' | 'type'>): string {
  return type === 'counter' ? `${name}_total` : type === 'info' ? `${name}_info` : name;
}

/** Everything as text, with its end mark. Families without a sample are left out. `leftOut` is told how many series were cut. */
export function exposition<Source>(families: readonly Family<Source>[], source: Source): { text: string; left_out: number } {
  let left_out = 0;
  const texts = families.map((family) => {
    const { lines, cut } = samplesOf(family, source);
    left_out += cut;
    return lines.length === 0 ? '' : `${metadata(family)}${lines.join('')}`;
  });
  return { text: texts.join(''), left_out };
}

function metadata({ help, name, type, unit }: Pick<Family<never>, 'help' | 'name' | 'type' | 'unit'>): string {
  return `# TYPE ${name} ${type}\n${unit === null ? '' : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${escaped(help)}\n`;
}

function samplesOf<Source>(family: Family<Source>, source: Source): { lines: string[]; cut: number } {
  const seen = new Set<string>();
  const lines: string[] = [];
  let cut = 0;
  for (const { labels, value } of family.samples(source)) {
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) continue;
    const set = family.labels.map((label, index) => `${label}="${escaped(labels[index] ?? '')}"`).join(',');
    // Two things of one name would be two samples of one series, for which a server refuses the whole answer.
    if (seen.has(set) || seen.size >= SERIES_MAX) {
      cut += 1;
      continue;
    }
    seen.add(set);
    lines.push(typeof value === 'number' ? sample(sampleName(family), set, value) : stateLines(family, set, value));
  }
  return { lines, cut };
}

function stateLines({ name, states = [] }: Pick<Family<never>, 'name' | 'states'>, set: string, current: string): string {
  const prefix = set === '' ? '' : `${set},`;
  return states.map((state) => sample(name, `${prefix}${name}="${escaped(state)}"`, state === current ? 1 : 0)).join('');
}

function sample(name: string, set: string, value: number): string {
  return `${name}${set === '' ? '' : `{${set}}`} ${String(value)}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
