import { readdirSync, readFileSync } from 'node:fs';
import { classifyColumn, REPORTED_CONFIDENCE } from '../../src/privacy/classify.js';
import { kinds } from '../../src/privacy/kinds/index.js';

/** One labelled column. `expected` is a kind, `-` for none, `?` where two readers would disagree. */
interface Row {
  file: string;
  set: string;
  schema: string;
  table: string;
  column: string;
  type: string;
  expected: string;
}

export interface Figures {
  columns: number;
  /** Columns whose label is `?`: they count neither way. */
  doubtful: number;
  /** Direct identifiers and secrets; quasi-identifiers count neither way. */
  identifiers: Ratio;
  /** Every kind, quasi-identifiers too. */
  all: Ratio;
  /** Share of the found columns whose kind is the labelled one. */
  sameKind: number;
  /** `file schema.table.column (type): what was said`. */
  wrong: string[];
  missed: string[];
}

export interface Ratio {
  reported: number;
  labelled: number;
  precision: number;
  recall: number;
}

const classOf = new Map(kinds.map((kind) => [kind.kind, kind.class]));

function read(): Row[] {
  const folder = new URL('./', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tsv'))
    .toSorted()
    .flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => {
          const [set = '', schema = '', table = '', column = '', type = '', expected = ''] = line.split('\t');
          if (expected !== '-' && expected !== '?' && !classOf.has(expected)) throw new Error(`${file}: no kind is called ${expected}`);
          return { file, set, schema, table, column, type, expected };
        }),
    );
}

function judge(rows: Row[]): Figures {
  const siblings = new Map<string, string[]>();
  const tableOf = (row: Row): string => `${row.file} ${row.schema}.${row.table}`;
  for (const row of rows) siblings.set(tableOf(row), [...(siblings.get(tableOf(row)) ?? []), row.column]);

  const judged = rows.map((row) => {
    const found = classifyColumn({ ...row, comment: null, label: null, siblings: siblings.get(tableOf(row)) ?? [] });
    return { row, found: found !== null && found.confidence >= REPORTED_CONFIDENCE ? found : null };
  });
  const certain = judged.filter(({ row }) => row.expected !== '?');
  const identifiers = certain.filter(({ row, found }) => classOf.get(row.expected) !== 'quasi' && found?.class !== 'quasi');
  const found = certain.filter((entry) => entry.found !== null && entry.row.expected !== '-');
  const name = ({ row, found }: (typeof judged)[number]): string =>
    `${row.file} ${row.schema}.${row.table}.${row.column} (${row.type}): ${found === null ? 'nothing' : `${found.kind} ${found.confidence}`}, labelled ${row.expected}`;
  return {
    columns: rows.length,
    doubtful: rows.length - certain.length,
    identifiers: ratio(identifiers),
    all: ratio(certain),
    sameKind: found.filter((entry) => entry.found?.kind === entry.row.expected).length / found.length,
    wrong: certain.filter((entry) => entry.found !== null && entry.row.expected === '-').map(name),
    missed: certain.filter((entry) => entry.found === null && entry.row.expected !== '-').map(name),
  };
}

function ratio(entries: { row: Row; found: unknown }[]): Ratio {
  const reported = entries.filter((entry) => entry.found !== null);
  const labelled = entries.filter((entry) => entry.row.expected !== '-');
  const both = reported.filter((entry) => entry.row.expected !== '-').length;
  return { reported: reported.length, labelled: labelled.length, precision: both / reported.length, recall: both / labelled.length };
}

/**
 * Runs the classifier, by name, type and table alone, over labelled columns of invented systems. The held-out half was
 * labelled before the first run and is not looked at while the dictionary is tuned.
 */
export function evaluatePrivacy(): { tuning: Figures; heldOut: Figures } {
  const rows = read();
  return { tuning: judge(rows.filter((row) => row.set === 'tuning')), heldOut: judge(rows.filter((row) => row.set === 'held-out')) };
}
