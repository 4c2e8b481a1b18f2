import { z } from 'zod';
import { type Dialect, DIALECT_IDS, dialectOf } from '../../../sql/dialect.js';
import { suggestion } from '../../../text/nearest-name.js';
import type { Question } from './comparer.js';
import { type SessionSettings, sessionSettings } from './session.js';

const settings = z.record(z.string(), z.unknown()).nullish();

const request = z.object({
  id: z.union([z.string(), z.number()]),
  sql_a: z.string(),
  sql_b: z.string(),
  schema_ddl: z.string(),
  late_ddl: z.string().nullish(),
  session: settings,
  session_a: settings,
  session_b: settings,
  dialect: z.string().nullish(),
});

export type LineId = string | number | null;

/** A line that asks; or why it does not. */
export type Asked = { id: string | number; question: Question } | { id: LineId; fault: string };

const EXAMPLE = '{"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}';

/** Reads one line of a stream. */
export function readLine(line: string, fallback: { dialect: Dialect; session: Readonly<Record<string, unknown>> }): Asked {
  // What is no UTF-8 arrives as U+FFFD, and is not what was asked about.
  if (line.includes('\uFFFD')) return { id: idOf(parsed(line)), fault: 'the line is not valid UTF-8' };
  const value = parsed(line);
  if (value === undefined) return { id: null, fault: 'the line is no JSON' };
  const read = request.safeParse(value);
  if (!read.success) return { id: idOf(value), fault: faultOf(read.error.issues) };
  const { id, sql_a, sql_b, schema_ddl, late_ddl, dialect: named } = read.data;
  const dialect = named == null ? fallback.dialect : dialectOf(named);
  if (dialect === null) return { id, fault: `there is no dialect '${named ?? ''}'${suggestion(named ?? '', DIALECT_IDS)}` };
  const sessions: SessionSettings[] = [];
  for (const own of [read.data.session_a, read.data.session_b]) {
    const session = sessionSettings({ ...fallback.session, ...read.data.session, ...own });
    if ('fault' in session) return { id, fault: session.fault };
    sessions.push(session);
  }
  const [a, b] = sessions;
  if (!a || !b) return { id, fault: 'the line has no session' };
  return {
    id,
    question: {
      a: { sql: sql_a, name: 'sql_a', session: a }, b: { sql: sql_b, name: 'sql_b', session: b },
      dialect, ddl: schema_ddl, late: late_ddl ?? '', asserted: [], doubts: [], names: ['A', 'B'],
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): LineId {
  const found = z.object({ id: request.shape.id }).safeParse(value);
  return found.success ? found.data.id : null;
}

function faultOf(issues: readonly z.core.$ZodIssue[]): string {
  const names = [...new Set(issues.map(({ path }) => String(path[0] ?? '')))].filter((name) => name !== '');
  if (names.length === 0) return `the line is no object, as in ${EXAMPLE}`;
  return `the line has no usable ${names.map((name) => `"${name}"`).join(', ')}, as in ${EXAMPLE}`;
}
