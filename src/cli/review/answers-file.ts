import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../config/document.js';
import { problemsOf } from '../../config/issues.js';
import { readText } from '../../config/load.js';
import { ConfigurationError, type Problem } from '../../config/problem.js';
import { isDate } from '../../findings/suppressions/date.js';
import { NO_ANSWERS, type ReviewAnswers } from '../../review/answers.js';
import { QUESTIONS } from '../../review/checklist/index.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import type { Prepared } from '../targets.js';
import { UsageError } from '../usage-error.js';

export const ANSWERS_FILE = 'tidemark.review.yaml';

/** Longer texts are no answer. */
const TEXT_MAX = 2_000;
/** Signs that open a list or a map; a file of answers has one or two for each question and consumer. */
const NODES_MAX = 10_000;
/** How many nodes aliases may expand to. */
const EXPANSIONS_MAX = 1_000;

const text = z.string().min(1).max(TEXT_MAX);
const day = z.string().refine(isDate, { error: 'must be a day, as in 2026-11-23' });
const answer = z.strictObject({ answer: z.enum(['yes', 'partly', 'no', 'not-applicable']), by: text.describe('who answered'), on: day.describe('on which day'), note: text.nullish() });
const consumer = z.strictObject({ match: text.describe('the name of a consumer; a glob'), if_wrong: text.nullish(), if_stale: text.nullish(), by: text, on: day });
const keys = QUESTIONS.map(({ number }) => `Q${number}`);
const schema = z.strictObject({
  answers: z.strictObject(Object.fromEntries(keys.map((key) => [key, answer.nullish()]))).nullish(),
  consumers: z.array(consumer).nullish(),
});

/** Where people's answers are, whether the file is there or not. */
export function answersPlace({ host }: Pick<CommandContext, 'host'>, { configuration, directory }: Prepared, given: string | undefined): string {
  if (given === '') throw new UsageError('the name of the file of answers is empty');
  return given === undefined ? configuration.review?.answers ?? path.join(directory, ANSWERS_FILE) : path.resolve(host.directory, given);
}

/**
 * What people answered; nothing where the file is not there.
 *
 * @param today `YYYY-MM-DD`: nobody answers tomorrow
 * @param isNamed the user named the file, so that it must be there
 * @throws ConfigurationError with every problem and its place
 */
export async function readAnswers(context: CommandContext, file: string, { today, isNamed }: { today: string; isNamed: boolean }): Promise<ReviewAnswers> {
  if (!isNamed && (await stat(file).catch(() => null)) === null) return NO_ANSWERS;
  const name = displayName(context, file);
  return parseAnswers(await readText(file, name), name, today);
}

/** The answers that a YAML text holds. Throws ConfigurationError. */
export function parseAnswers(content: string, name: string, today: string): ReviewAnswers {
  // Where the stack ends within a parser, V8 can end the process: it is not let get there.
  if ((content.match(/[[{?]|- /g) ?? []).length > NODES_MAX) throw new ConfigurationError([{ message: `${name} is nested too deeply for a file of answers`, place: null }]);
  const document = readDocument(content, name);
  const value = valueOf(() => document.yaml.toJS({ maxAliasCount: EXPANSIONS_MAX }), name) ?? {};
  const checked = schema.safeParse(value);
  if (!checked.success) throw new ConfigurationError(problemsOf(checked.error.issues, value, z.toJSONSchema(schema, { io: 'input' }), document));
  const { answers, consumers } = checked.data;
  const given = Object.entries(answers ?? {}).flatMap(([key, one]) => (one === null || one === undefined ? [] : [{ key, ...one }]));
  const ahead: Problem[] = [
    ...given.filter(({ on }) => on > today).map(({ key, on }) => ({ message: `${key} is answered on ${on}, which has not come yet`, place: document.placeOf(['answers', key, 'on']) })),
    ...(consumers ?? []).flatMap(({ on }, index) => (on > today ? [{ message: `it is answered on ${on}, which has not come yet`, place: document.placeOf(['consumers', index, 'on']) }] : [])),
  ];
  if (ahead.length > 0) throw new ConfigurationError(ahead);
  return {
    answers: new Map(given.map(({ key, answer: said, by, on, note }) => [Number(key.slice(1)), { answer: said, by, on, note: note ?? null }])),
    consumers: (consumers ?? []).map(({ match, if_wrong, if_stale, by, on }) => ({ match, ifWrong: if_wrong ?? null, ifStale: if_stale ?? null, by, on })),
  };
}

function valueOf(read: () => unknown, name: string): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw new ConfigurationError([{ message: `${name} expands its aliases (*name) without end`, place: null }], { cause: error });
  }
}
