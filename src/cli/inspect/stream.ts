import { z } from 'zod';
import { inspect, type Inspection } from '../../inspect.js';
import { type Dialect, DIALECT_IDS, POSTGRES, dialectOf } from '../../sql/dialect.js';
import type { Thresholds } from '../../model/thresholds.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import { suggestion } from '../../text/nearest-name.js';
import { placedDiagnostics } from './ddl-texts.js';
import type { Readers } from './readers.js';

const request = z.object({
  id: z.union([z.string(), z.number()]),
  sql: z.string(),
  dialect: z.string().nullish(),
  ddl: z.string().nullish(),
});

interface Question {
  id: string | number;
  sql: string;
  dialect: Dialect;
  ddl: string | null;
}

/** A line that asks; or why it does not. */
export type Asked = Question | { id: string | number | null; fault: string };

/** Reads one line of a stream. */
export function readRequest(line: string, fallback: Dialect = POSTGRES): Asked {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: null, fault: 'the line is no JSON' };
  }
  const parsed = request.safeParse(value);
  if (!parsed.success) return { id: idOf(value), fault: 'a line needs "id" and "sql", as in {"id": "1", "sql": "SELECT 1"}; "dialect" and "ddl" are texts where they are given' };
  const { id, sql, dialect: named, ddl } = parsed.data;
  const dialect = named == null ? fallback : dialectOf(named);
  if (dialect === null) return { id, fault: `there is no dialect '${named}'${suggestion(named ?? '', DIALECT_IDS)}; dialects: ${DIALECT_IDS.join(', ')}` };
  return { id, sql, dialect, ddl: ddl ?? null };
}

function idOf(value: unknown): string | number | null {
  const found = z.object({ id: request.shape.id }).safeParse(value);
  return found.success ? found.data.id : null;
}

export interface Answer extends Partial<Inspection> {
  id: string | number | null;
}

/** What is needed to answer. */
export interface AnswerContext {
  parsers: Parsers;
  readers: Readers;
  thresholds: Thresholds;
}

/** Answers requests in their order. A faulty line is answered too, so that who asks can count on a line for a line. */
export async function answerAll(asked: readonly Asked[], context: AnswerContext): Promise<Answer[]> {
  const byDialect = new Map<Dialect, string[]>();
  for (const one of asked) if ('sql' in one) byDialect.set(one.dialect, [...(byDialect.get(one.dialect) ?? []), one.sql]);
  for (const [dialect, texts] of byDialect) await context.parsers.prepare(dialect, texts);
  const answers: Answer[] = [];
  for (const one of asked) answers.push(await answer(one, context));
  context.parsers.forget();
  return answers;
}

async function answer(asked: Asked, context: AnswerContext): Promise<Answer> {
  if ('fault' in asked) return unanswered(asked.id, asked.fault);
  try {
    return await inspected(asked, context);
  } catch (error) {
    // What overruns the stack costs its own line only.
    if (!(error instanceof RangeError)) throw error;
    return unanswered(asked.id, 'the statement or its "ddl" is nested too deeply to be followed');
  }
}

async function inspected({ id, sql, dialect, ddl }: Question, { readers, thresholds }: AnswerContext): Promise<Answer> {
  const { reader, diagnostics } = await readers.forDdl(ddl, dialect);
  const inspection = inspect(reader.readOnce(sql), { index: reader.index, thresholds, dialect: dialect.id });
  const ofDdl = placedDiagnostics([{ name: 'ddl', text: ddl ?? '' }], diagnostics);
  return { id, ...inspection, diagnostics: [...inspection.diagnostics, ...ofDdl] };
}

function unanswered(id: Answer['id'], message: string): Answer {
  return {
    id, status: 'unparsed', kind: 'unparsed', relations: [], outputs: [], grouping: [], condition: [],
    workload: { class: 'unknown', confidence: 0, evidence: [] }, fingerprint: null,
    diagnostics: [{ severity: 'error', message, offset: null, line: null, column: null }],
  };
}
