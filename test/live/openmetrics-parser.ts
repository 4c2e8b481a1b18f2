export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ParsedFamily {
  name: string;
  type: string;
  unit: string | null;
  help: string | null;
  samples: ParsedSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SUFFIXES: Record<string, string> = { gauge: '', stateset: '', counter: '_total', info: '_info' };
const NUMBER = /^-?(?:\d+)(?:\.\d+)?(?:e[+-]?\d+)?$/;

/**
 * Reads OpenMetrics 1.0.0 text by the letter of its specification and throws at the first offence: metadata before samples and once each, families
 * in one piece, units at the end of names, suffixes by type, escapes, state sets complete, no series twice, one end mark at the very end.
 */
export function parseOpenMetrics(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('# EOF\n')) throw new Error('no # EOF at the end');
  const lines = text.slice(0, -1).split('\n').slice(0, -1);
  const families = new Map<string, ParsedFamily>();
  let current: ParsedFamily = { name: '', type: '', unit: null, help: null, samples: [] };
  for (const line of lines) {
    if (line === '' || line === '# EOF') throw new Error('an empty line or an early end');
    const metadata = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line);
    if (metadata) {
      const [, kind = '', name = '', value = ''] = metadata;
      if (current.name !== name) {
        if (families.has(name)) throw new Error(`${name} is not in one piece`);
        if (!NAME.test(name)) throw new Error(`bad name ${name}`);
        current = { name, type: '', unit: null, help: null, samples: [] };
        families.set(name, current);
      }
      if (current.samples.length > 0) throw new Error(`${name} has metadata after samples`);
      describe(current, kind, value);
    } else {
      if (line.startsWith('#')) throw new Error(`not a line of OpenMetrics: ${line}`);
      addSample(current, line);
    }
  }
  for (const family of families.values()) if (family.type === 'stateset') checkStates(family);
  return families;
}

function describe(family: ParsedFamily, kind: string, value: string): void {
  if (kind === 'TYPE') {
    if (family.type !== '' || SUFFIXES[value] === undefined) throw new Error(`${family.name} has a bad type`);
    family.type = value;
  } else if (kind === 'UNIT') {
    if (family.unit !== null || !family.name.endsWith(`_${value}`) || family.type === 'stateset' || family.type === 'info') throw new Error(`${family.name} has a bad unit`);
    family.unit = value;
  } else {
    if (family.help !== null) throw new Error(`${family.name} is explained twice`);
    family.help = unescaped(value);
  }
}

function addSample(family: ParsedFamily, line: string): void {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
  if (name !== `${family.name}${SUFFIXES[family.type] ?? ' '}`) throw new Error(`${name} is no sample of ${family.name}`);
  const { labels, rest } = labelsOf(line.slice(name.length));
  if (!/^ \S+$/.test(rest) || !NUMBER.test(rest.slice(1))) throw new Error(`bad value in ${line}`);
  const value = Number(rest.slice(1));
  if (family.type === 'counter' && value < 0) throw new Error('a counter below zero');
  if (family.type === 'info' && value !== 1) throw new Error('an info is 1');
  const key = JSON.stringify(Object.entries(labels).sort());
  if (family.samples.some((sample) => JSON.stringify(Object.entries(sample.labels).sort()) === key)) throw new Error(`${line} stands twice`);
  family.samples.push({ name, labels, value });
}

function labelsOf(text: string): { labels: Record<string, string>; rest: string } {
  const labels: Record<string, string> = {};
  if (!text.startsWith('{')) return { labels, rest: text };
  let rest = text.slice(1);
  while (!rest.startsWith('}')) {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,(?!\})|(?=\}))/.exec(rest);
    if (match === null) throw new Error(`bad labels: ${text}`);
    const [whole, label = '', value = ''] = match;
    if (label in labels) throw new Error(`label ${label} stands twice`);
    labels[label] = unescaped(value);
    rest = rest.slice(whole.length);
  }
  return { labels, rest: rest.slice(1) };
}

function unescaped(text: string): string {
  if (/(?<!\\)(?:\\\\)*\\(?![\\n"])/.test(text)) throw new Error(`bad escape in ${text}`);
  return text.replace(/\\([\\n"])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function checkStates({ name, samples }: ParsedFamily): void {
  const sets = new Map<string, number>();
  for (const { labels, value } of samples) {
    const { [name]: state, ...rest } = labels;
    if (state === undefined || (value !== 0 && value !== 1)) throw new Error(`${name} is no state set`);
    const key = JSON.stringify(rest);
    sets.set(key, (sets.get(key) ?? 0) + value);
  }
  for (const sum of sets.values()) if (sum !== 1) throw new Error(`${name} has not exactly one state`);
}
