import { createHash } from 'node:crypto';
import type { Gap } from '../../model/snapshot.js';

/** What makes two gaps the same over time. */
export interface GapIdentity {
  subject: string;
  missing: string;
}

/** What unread queries and statements are followed by: the place, `(reports/monthly.sql:12)`. */
const PLACE = / \(([^()]*):(\d+)(?::\d+)?\)$/;
/** How unread statements of a store are told apart: by the beginning of their text. */
const TEXT = / \((.*)…\)$/s;

/**
 * A gap without line numbers and counts, so that it stays the same when a file is edited around it, and without the text of a
 * statement, which a file in a repository is no place for.
 */
export function gapIdentity({ subject, missing }: Gap): GapIdentity {
  return {
    subject: subject.replace(PLACE, '').replace(/(\.\w+):\d+(?::\d+)?$/, '$1'),
    missing: missing
      .replace(TEXT, (_whole, text: string) => ` (statement ${createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 12)})`)
      .replace(/(?<![\w.])(\d[\d,]*) (\p{Ll}+)(?=\s|$)/gu, (_whole, number: string, noun: string) => (number === '1' ? plural(noun) : noun)),
  };
}

/** The file that a gap speaks of, as its subject names it; null where it names none. */
export function gapFile({ subject }: Gap): string | null {
  return PLACE.exec(subject)?.[1] ?? null;
}

/** The line of that file, from 1 on; null where the gap names none. */
export function gapLine({ subject }: Gap): number | null {
  const line = PLACE.exec(subject)?.[2];
  return line === undefined ? null : Number(line);
}

/**
 * Each gap with its identity; where several are the same, the second is `… (2)` and so on, so that one which is known hides one
 * and no other that comes up beside it.
 */
export function numberedGaps(gaps: readonly Gap[]): { gap: Gap; identity: GapIdentity }[] {
  const met = new Map<string, number>();
  return gaps.map((gap) => {
    const { subject, missing } = gapIdentity(gap);
    const key = JSON.stringify([subject, missing]);
    const number = (met.get(key) ?? 0) + 1;
    met.set(key, number);
    return { gap, identity: { subject, missing: number === 1 ? missing : `${missing} (${number})` } };
  });
}

function plural(noun: string): string {
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
