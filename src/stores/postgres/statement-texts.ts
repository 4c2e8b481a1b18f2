import { z } from 'zod';
import { loadSql } from '../sql/load.js';
import { knownTextKey, type KnownStatements } from '../store.js';
import { errorCode, errorText } from './failure.js';
import type { Session } from './session.js';
import type { StatementGaps } from './statement-gaps.js';
import { keyOf, type EntryText, type StatementRow } from './statement-rows.js';

/** A statement of a megabyte is a list of constants; what it reads stands in its first part. */
export const STATEMENT_LENGTH_MAX = 262_144;
/** All texts together, in bytes; of those behind the limit only the first part is fetched. */
const TEXTS_BYTES_MAX = 64_000_000;
const HEAD_LENGTH = 2_000;
/** So many with the longest execution times come whole wherever they stand: a limit must not cost what matters. */
const HEAVIEST = 100;
/** Up to so many that are missing are asked for by name, which spares their transport, not the server's reading of its file. */
const NAMED_MAX = 1_000;
/** Texts that an earlier look did not find either are no reason to look again until so many have gathered. */
const LOST_MAX = 20;
/** Entries of our own role that are new: the statements of one collection and of one watch are far fewer. */
const ASSUMED_MAX = 200;
/**
 * Texts cost the server the reading of its whole text file; they are not worth more time than this. With its default
 * work_mem it would write them to a temporary file on the way.
 */
const TEXTS_BOUNDS = { deadline_ms: 10_000, settings: { work_mem: '64MB' } };
const INVALID_CHARACTER = '22021';
const NO_PRIVILEGE = '<insufficient privilege>';

const textRow = z.object({
  role_id: z.number(),
  query_id: z.string(),
  toplevel: z.boolean(),
  /** After how many characters it was cut, where it is longer. */
  cut_at: z.number().nullable(),
  text: z.string().nullable(),
});

export interface TextSource {
  version_num: number;
  role: string;
  role_id: number;
  /** Of the extension, as SQL writes it. */
  schema: string;
  /** The expression for `toplevel`. */
  toplevel: string;
  row_max: number;
  /** Whether a session that is not tidemark's is seen under our role. */
  sharesRole: boolean;
}

export interface TextReading {
  texts: Map<string, EntryText>;
  /** Entries that an earlier look has found to be tidemark's own. */
  own: Set<string>;
  /** Entries that must be tidemark's own, as their role is its alone; their text was not read. */
  assumed: Set<string>;
}

/**
 * The texts of the given entries: those that an earlier look knows, and all others in one statement, which is not sent where
 * nothing is missing. What is new under our own role is taken for tidemark's own only where nobody else uses that role.
 * @throws the reason of an abort; StoreLost.
 */
export async function readTexts(session: Session, source: TextSource, rows: readonly StatementRow[], known: KnownStatements, gaps: StatementGaps): Promise<TextReading> {
  const texts = new Map<string, EntryText>();
  const own = new Set<string>();
  const assumed = new Set<string>();
  const unseen: StatementRow[] = [];
  const lost: StatementRow[] = [];
  const sharesRole = source.sharesRole || [...known.texts.values()].some(({ role, toplevel }) => role === source.role && toplevel);
  for (const row of rows) {
    if (row.query_id === null) continue;
    const isOurRole = row.role_id === source.role_id;
    const found = known.texts.get(knownTextKey({ role: row.role, queryId: row.query_id, toplevel: row.toplevel }));
    if (found && found.text !== null) texts.set(keyOf(row), { text: found.text, state: found.state });
    else if (found) lost.push(row);
    else if (isOurRole && known.own.has(row.query_id)) own.add(keyOf(row));
    else if (isOurRole && known.texts.size > 0 && !sharesRole) assumed.add(keyOf(row));
    else unseen.push(row);
  }
  if (unseen.length === 0 && lost.length <= LOST_MAX && assumed.size <= ASSUMED_MAX) {
    reportLost(rows, texts, new Set(lost.map(keyOf)), source.schema, gaps);
    return { texts, own, assumed };
  }
  const missing = rows.filter((row) => row.query_id !== null && !texts.has(keyOf(row)));
  await fetchTexts(session, source, { rows, missing, texts }, gaps);
  return { texts, own, assumed: new Set() };
}

interface Wanted {
  rows: readonly StatementRow[];
  missing: readonly StatementRow[];
  /** What is fetched comes here. */
  texts: Map<string, EntryText>;
}

async function fetchTexts(session: Session, source: TextSource, { rows, missing, texts }: Wanted, gaps: StatementGaps): Promise<void> {
  const ids = missing.length <= NAMED_MAX ? `and s.queryid = any ('{${numbers(missing)}}'::int8[])` : '';
  const heaviest = missing.toSorted((a, b) => b.execution_ms - a.execution_ms).slice(0, HEAVIEST);
  const sql = loadSql('postgres', 'statement_texts', source.version_num, {
    schema: source.schema,
    toplevel: source.toplevel,
    wanted: ids,
    heaviest: numbers(heaviest),
    text_max: String(STATEMENT_LENGTH_MAX),
    texts_max: String(TEXTS_BYTES_MAX),
    head: String(HEAD_LENGTH),
    row_max: String(source.row_max),
  });
  try {
    const gone = new Set<string>();
    const cut = new Set<string>();
    for (const row of await session.query(textRow, sql, TEXTS_BOUNDS)) {
      const key = keyOf(row);
      if (texts.has(key)) continue;
      if (row.text === null) gone.add(key);
      else if (row.cut_at === HEAD_LENGTH && row.text.length >= HEAD_LENGTH) cut.add(key);
      texts.set(key, { text: row.text, state: stateOf(row) });
    }
    if (cut.size > 0) gaps.textsCut({ ...partOf(rows, cut), bytes_max: TEXTS_BYTES_MAX, head: HEAD_LENGTH });
    reportLost(rows, texts, gone, source.schema, gaps);
  } catch (error) {
    session.rethrowFatal(error);
    const part = partOf(rows, new Set(missing.map(keyOf)));
    // A file that was removed is written on at its old end: what lay before is zeros, and one such text fails them all.
    if (errorCode(error) === INVALID_CHARACTER) gaps.textsLost(part, source.schema);
    else gaps.textsFailed(part, errorText(error), errorCode(error), TEXTS_BOUNDS.deadline_ms);
  }
}

function stateOf(row: z.infer<typeof textRow>): EntryText['state'] {
  if (row.text === null) return 'lost';
  if (row.text === NO_PRIVILEGE) return 'hidden';
  // The server compares bytes, so what it may have cut can be whole.
  return row.cut_at !== null && row.text.length >= row.cut_at ? 'truncated' : 'full';
}

function reportLost(rows: readonly StatementRow[], texts: ReadonlyMap<string, EntryText>, gone: ReadonlySet<string>, schema: string, gaps: StatementGaps): void {
  const lost = new Set([...gone].filter((key) => (texts.get(key)?.text ?? null) === null));
  if (lost.size > 0) gaps.textsLost(partOf(rows, lost), schema);
}

/** How many statements, and how much of the execution time of all. */
export interface Part {
  statements: number;
  of: number;
  /** 0 to 1; null where nothing took any time. */
  time: number | null;
}

function partOf(rows: readonly StatementRow[], keys: ReadonlySet<string>): Part {
  let statements = 0;
  let within = 0;
  let all = 0;
  for (const row of rows) {
    all += row.execution_ms;
    if (!keys.has(keyOf(row))) continue;
    statements++;
    within += row.execution_ms;
  }
  return { statements, of: rows.length, time: all > 0 ? within / all : null };
}

/** They come from the server and go back into a statement: numbers and nothing else. */
function numbers(rows: readonly StatementRow[]): string {
  return [...new Set(rows.flatMap(({ query_id }) => (query_id !== null && /^-?\d{1,20}$/.test(query_id) ? [query_id] : [])))].join(',');
}
