import { z } from 'zod';
import { loadSql } from '../sql/load.js';
import { errorCode, errorText } from './failure.js';
import type { Session } from './session.js';

/** Longer texts are left out: a definition that is cut is worse than none. */
export const TEXT_LENGTH_MAX = 1_000_000;
const RELATIONS_PER_QUERY = 500;
/** Each costs up to the lock timeout of 200 ms. */
const FAILURES_MAX = 60;

const textRow = z.object({ id: z.number(), text: z.string().nullable() });

export interface TextReading {
  /** By the object's identifier. */
  texts: Map<number, string>;
  /** Relations whose texts could not be read, each with the cause. */
  unread: Map<number, string>;
  /** How many were left out for their length. */
  tooLong: number;
}

/**
 * Reads expressions or view definitions of the given relations. The server locks a relation to print them, so one that a
 * migration holds would cost all of them: what fails is halved until the culprit stands alone.
 * @param file a SQL file with columns `id` and `text` and the placeholder `relations`.
 * @throws StoreLost, or the reason of an abort
 */
export async function readTexts(session: Session, file: string, version: number, relations: number[]): Promise<TextReading> {
  const reading: TextReading = { texts: new Map(), unread: new Map(), tooLong: 0 };
  let failures = 0;
  const pending: number[][] = [];
  for (let at = 0; at < relations.length; at += RELATIONS_PER_QUERY) {
    pending.push(relations.slice(at, at + RELATIONS_PER_QUERY));
  }
  for (let part = pending.shift(); part; part = pending.shift()) {
    try {
      const sql = loadSql('postgres', file, version, { relations: part.join(','), text_max: String(TEXT_LENGTH_MAX + 1) });
      for (const { id, text } of await session.query(textRow, sql)) {
        if (text === null) continue;
        if (text.length <= TEXT_LENGTH_MAX) reading.texts.set(id, text);
        else reading.tooLong++;
      }
    } catch (error) {
      session.rethrowFatal(error);
      failures++;
      const half = Math.ceil(part.length / 2);
      if (part.length === 1 || failures > FAILURES_MAX) {
        for (const relation of part) reading.unread.set(relation, causeOf(error));
      } else {
        pending.unshift(part.slice(0, half), part.slice(half));
      }
    }
  }
  return reading;
}

function causeOf(error: unknown): string {
  return errorCode(error) === '55P03' ? 'another session holds a lock on it' : errorText(error);
}
