import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { WORKLOAD_CLASSES, type WorkloadClass } from '../../src/model/workload.js';
import { DIALECT_IDS, type DialectId } from '../../src/sql/dialect.js';

/** One statement with what a person says of the work that it does. */
export interface WorkloadCase {
  /** Unique in its family. */
  name: string;
  /** The file that it stands in, without its ending. */
  family: string;
  /** `tuning/queues.sql:12`, for messages. */
  place: string;
  dialect: DialectId;
  /** The DDL of its store. */
  ddl: string;
  searchPath: readonly string[];
  sql: string;
  /** The answers that are right. Two only where the text leaves it open, which `why` says. */
  labels: readonly WorkloadClass[];
  why: string;
}

/** The head of a case. A name and a reason may hold anything but the bar between them. */
const HEAD = /^-- name: ([^|]+) \| ([^|]+) \| (.+)$/;
const DIRECTIVE = /^-- (schema|dialect|search_path): (.+)$/;

const directives = z.strictObject({
  schema: z.string().regex(/^[\w-]+$/).optional(),
  dialect: z.enum(DIALECT_IDS).default('postgres'),
  search_path: z.string().transform((list) => list.split(',').map((name) => name.trim())).default(['public']),
});

const head = z.strictObject({
  name: z.string().trim().min(1),
  labels: z.string().transform((text) => text.split(' or ')).pipe(z.array(z.enum(WORKLOAD_CLASSES)).min(1).max(2)),
  why: z.string().trim().min(5),
});

/** A file of cases that is not written as it should be. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

/**
 * Reads a folder of cases: each `.sql` file in it is a family, `schema/<name>.sql` the DDL that families name.
 *
 *     -- What the family is, in a sentence.
 *     -- schema: shop                 the DDL; may be left out
 *     -- dialect: snowflake           postgres where it is left out
 *     -- search_path: app, public     public where it is left out
 *
 *     -- name: a page of orders | operational | twenty rows of one customer by index
 *     SELECT …
 *
 * The label is one class, or `A or B` where both are right.
 *
 * @throws CaseError for a file that is written otherwise, and for a statement that stands there twice
 */
export function readCases(folder: string): WorkloadCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql')).toSorted();
  const cases = files.flatMap((file) => readFamily(folder, file));
  const seen = new Map<string, string>();
  for (const { place, sql, ddl, dialect } of cases) {
    const key = `${dialect}\n${ddl}\n${sql.replaceAll(/\s+/g, ' ')}`;
    const known = seen.get(key);
    if (known !== undefined) throw new CaseError(`${place}: the same statement as at ${known}`);
    seen.set(key, place);
  }
  return cases;
}

function readFamily(folder: string, file: string): WorkloadCase[] {
  const part = path.basename(folder);
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const first = lines.findIndex((line) => HEAD.test(line));
  const given = Object.fromEntries(lines.slice(0, first < 0 ? lines.length : first).flatMap((line) => {
    const [, word, value] = DIRECTIVE.exec(line) ?? [];
    return word !== undefined && value !== undefined ? [[word, value.trim()]] : [];
  }));
  const { schema, dialect, search_path: searchPath } = parsed(directives, given, `${part}/${file}`);
  const common = { family: path.basename(file, '.sql'), dialect, ddl: schema === undefined ? '' : readDdlFile(folder, schema, `${part}/${file}`), searchPath };
  const cases: WorkloadCase[] = [];
  lines.forEach((line, index) => {
    const place = `${part}/${file}:${index + 1}`;
    const [, name, labels, why] = HEAD.exec(line) ?? [];
    if (name !== undefined) cases.push({ ...common, ...parsed(head, { name, labels, why }, place), place, sql: '' });
    else if (line.startsWith('-- name:')) throw new CaseError(`${place}: a case begins with '-- name: … | class | why'`);
    else {
      const current = cases.at(-1);
      if (current) current.sql += `${line}\n`;
    }
  });
  for (const one of cases) one.sql = one.sql.trim();
  return checked(cases);
}

function checked(cases: WorkloadCase[]): WorkloadCase[] {
  const names = new Set<string>();
  for (const { name, place, sql } of cases) {
    if (sql === '') throw new CaseError(`${place}: a case without a statement`);
    if (names.has(name)) throw new CaseError(`${place}: two cases are called '${name}'`);
    names.add(name);
  }
  return cases;
}

function readDdlFile(folder: string, schema: string, place: string): string {
  const file = path.join(folder, 'schema', `${schema}.sql`);
  if (!existsSync(file)) throw new CaseError(`${place}: there is no schema/${schema}.sql`);
  return readFileSync(file, 'utf8');
}

function parsed<T extends z.ZodType>(shape: T, value: unknown, place: string): z.output<T> {
  const result = shape.safeParse(value);
  if (!result.success) throw new CaseError(`${place}: ${z.prettifyError(result.error)}`);
  return result.data;
}
