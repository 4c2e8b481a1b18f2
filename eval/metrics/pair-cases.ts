import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERDICTS, type MetricVerdict } from '../../src/model/metric-verdict.js';

/** A labelled pair of definitions with the schema that they are read against. */
export interface PairCase {
  id: string;
  ddl: string;
  /** Run once rows are there. */
  late: string | null;
  session: Record<string, string>;
  a: string;
  b: string;
  /** Every verdict that a careful reader would let pass; the first is the one that says most. */
  verdicts: MetricVerdict[];
  /** Kinds of difference that fit; empty where none was labelled. */
  kinds: string[];
  /** `null`: not labelled. */
  cosmetic: boolean | null;
  /** Sets of constraints, each enough and minimal, as `check case_file.closed_has_date`; null where they are not labelled. */
  rests: string[][] | null;
  why: string;
}

const folder = fileURLToPath(new URL('pairs/', import.meta.url));

function isVerdict(word: string): word is MetricVerdict {
  return (VERDICTS as readonly string[]).includes(word);
}

/** What stands after `-- name:` on the lines that begin so, in their order. */
function values(lines: readonly string[], name: string): string[] {
  const head = `-- ${name}: `;
  return lines.filter((line) => line.startsWith(head)).map((line) => line.slice(head.length).trim());
}

function alternatives(text: string): string[] {
  return text.split(' or ').map((each) => each.trim()).filter((each) => each !== '');
}

/** How a constraint of a case is written, without spaces that do not matter. */
export function constraintKey(text: string): string {
  return text.trim().toLowerCase().replace(/\s*([(),])\s*/g, '$1').replace(/\s+/g, ' ');
}

function fail(id: string, what: string): never {
  throw new Error(`${id}: ${what}`);
}

function pairOf(schema: string, block: string): PairCase {
  const lines = block.split('\n');
  const [id = '', verdicts = '', ...options] = (lines[0] ?? '').split('|').map((part) => part.trim());
  const option = (name: string): string | undefined => options.find((each) => each.startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const sql = lines.slice(1).filter((line) => !/^-- (why|rests|ddl|late|note):/.test(line)).join('\n').split(/^-- and$/m);
  if (sql.length !== 2) fail(id, 'two queries are needed, parted by `-- and`');
  const accepted = alternatives(verdicts).map((word) => (isVerdict(word) ? word : fail(id, `unknown verdict '${word}'`)));
  const unknown = options.find((each) => !/^(kind|cosmetic|session):/.test(each));
  if (unknown !== undefined) fail(id, `unknown option '${unknown}'`);
  const rests = values(lines, 'rests')[0];
  const why = values(lines, 'why').join(' ');
  if (accepted.length === 0 || why === '') fail(id, 'a verdict and a reason are needed');
  if (accepted.includes('equal-under') && rests === undefined) fail(id, 'equal-under needs what it rests on');
  const late = values(lines, 'late');
  return {
    id, why,
    ddl: [schema, ...values(lines, 'ddl')].join('\n'),
    late: late.length === 0 ? null : late.join('\n'),
    session: Object.fromEntries((option('session') ?? '').split(';').filter((each) => each !== '').map((each) => each.split('=').map((part) => part.trim()))),
    a: (sql[0] ?? '').trim(),
    b: (sql[1] ?? '').trim(),
    verdicts: accepted,
    kinds: alternatives(option('kind') ?? ''),
    cosmetic: option('cosmetic') === 'any' ? null : option('cosmetic') === 'yes',
    rests: rests === undefined || rests === '?' ? null : alternatives(rests).map((set) => set.split(';').map(constraintKey).sort()),
  };
}

/** Pairs of one file: `-- schema NAME`, its DDL, and `-- pair …` blocks, as the README of the folder says. */
export function casesOf(text: string): PairCase[] {
  return text.split(/^-- schema .*$/m).slice(1).flatMap((section) => {
    const [schema = '', ...blocks] = section.split(/^-- pair /m);
    return blocks.map((block) => pairOf(schema.trim(), block));
  });
}

/** All pairs of a part, `tuning` or `untouched`. */
export function readPairs(part: string): PairCase[] {
  const files = readdirSync(path.join(folder, part)).filter((name) => name.endsWith('.sql')).sort();
  const cases = files.flatMap((name) => casesOf(readFileSync(path.join(folder, part, name), 'utf8')));
  const twice = cases.find(({ id }, index) => cases.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) fail(twice.id, 'the id stands twice');
  return cases;
}

/** The lines of a part that are no pairs at all, as `compare --ndjson` gets them. */
export function readBadLines(): string[] {
  return readFileSync(path.join(folder, 'bad.ndjson'), 'utf8').split('\n');
}

/** The line that `compare --ndjson` gets. */
export function lineOf(pair: PairCase): string {
  return JSON.stringify({
    id: pair.id, sql_a: pair.a, sql_b: pair.b, schema_ddl: pair.ddl,
    ...(pair.late === null ? {} : { late_ddl: pair.late }),
    ...(Object.keys(pair.session).length === 0 ? {} : { session: pair.session }),
  });
}
