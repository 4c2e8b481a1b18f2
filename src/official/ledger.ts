import { createHash } from 'node:crypto';
import { z } from 'zod';
import { approvalRefused, revocationRefused, runInputs, runResult, type Run } from './run.js';

const at = z.string();
const id = z.string();
const event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('running'), at, run: runInputs }),
  z.object({ event: z.literal('succeeded'), at, id, result: runResult }),
  z.object({ event: z.literal('failed'), at, id, because: z.string() }),
  z.object({ event: z.literal('approved'), at, id, by: z.string(), note: z.string().nullable() }),
  z.object({ event: z.literal('revoked'), at, id, by: z.string(), note: z.string() }),
]);
export type LedgerEvent = z.input<typeof event>;

/** Before the first line. */
export const CHAIN_BEGIN = '0'.repeat(64);

/** `,"previous":"…","hash":"…"}` at the end of a line. */
const CHAINED = /,"previous":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/;

/**
 * An event as one line, without its line break. Each line ends with the hash of the line before and its own, which is taken over every
 * letter of the line before it: a line that is changed, taken out or put in between breaks the chain.
 *
 * @param previous the hash of the line before, `CHAIN_BEGIN` for the first
 */
export function ledgerLine(entry: LedgerEvent, previous: string): { line: string; hash: string } {
  const body = `${JSON.stringify(entry).slice(0, -1)},"previous":"${previous}"`;
  const hash = createHash('sha256').update(body).digest('hex');
  return { line: `${body},"hash":"${hash}"}`, hash };
}

export interface LedgerProblem {
  /** From 1. */
  line: number;
  /** In words that follow `line 4 `. */
  text: string;
  /** `torn`: a process was ended while it wrote; the rest says that the file was changed after it was written. */
  kind: 'torn' | 'changed';
}

export interface Ledger {
  /** In the order in which they began. */
  runs: Run[];
  problems: LedgerProblem[];
  /** The hash of the last line that holds; what the next line names as the one before. */
  head: string;
  /** Hashes of all lines that hold, so that a head kept elsewhere can be looked for. */
  hashes: ReadonlySet<string>;
}

/** A line of the file: null where it is no UTF-8 or too long to be one of ours. `whole` is false for a last line without a line break. */
export interface LedgerText {
  text: string | null;
  whole: boolean;
}

/**
 * What the lines of a file say. Never throws: a line that cannot be read or does not follow the one before is a problem, and the runs of
 * the others are still told.
 */
export function readLedger(lines: readonly LedgerText[]): Ledger {
  const runs = new Map<string, Run>();
  const problems: LedgerProblem[] = [];
  const hashes = new Set<string>();
  let head = CHAIN_BEGIN;
  lines.forEach(({ text, whole }, index) => {
    const tell = (words: string, kind: LedgerProblem['kind'] = 'changed'): void => void problems.push({ line: index + 1, text: words, kind });
    if (text === '') return;
    const chained = text === null ? null : CHAINED.exec(text);
    if (text === null || chained === null) {
      // Who was ended while writing leaves the beginning of a line; the next writer goes on behind it.
      const isBeginning = text !== null && text.startsWith('{"event":"') && !text.endsWith('}');
      if (!whole || isBeginning) tell('is cut off: a process was ended while it wrote', 'torn');
      else tell(text === null ? 'is no text' : 'is not a line that tidemark wrote');
      return;
    }
    const [, previous = '', hash = ''] = chained;
    const body = text.slice(0, chained.index) + `,"previous":"${previous}"`;
    if (createHash('sha256').update(body).digest('hex') !== hash) return tell('was changed after it was written');
    if (previous !== head) tell(head === CHAIN_BEGIN && hashes.size === 0 ? 'does not begin the file: lines before it are gone' : 'does not follow the line before it: lines between them are gone, were changed or were put in');
    head = hash;
    hashes.add(hash);
    const parsed = event.safeParse(parsedJson(text));
    if (!parsed.success) return tell('is not an event that this version knows');
    const refused = applied(runs, parsed.data);
    if (refused !== null) tell(refused);
  });
  return { runs: [...runs.values()], problems, head, hashes };
}

/** Why an event cannot have happened to a run; null where it can, and it has then. */
function applied(runs: Map<string, Run>, entry: z.output<typeof event>): string | null {
  if (entry.event === 'running') {
    if (runs.has(entry.run.id)) return `begins run ${entry.run.id} a second time`;
    runs.set(entry.run.id, { inputs: entry.run, status: 'RUNNING', result: null, endedAt: null, failure: null, approved: null, revoked: null });
    return null;
  }
  const run = runs.get(entry.id);
  if (run === undefined) return `is about run ${entry.id}, which no line begins`;
  switch (entry.event) {
    case 'succeeded':
    case 'failed':
      if (run.status !== 'RUNNING') return `ends run ${entry.id}, whose status is ${run.status}`;
      run.status = entry.event === 'succeeded' ? 'SUCCEEDED' : 'FAILED';
      run.endedAt = entry.at;
      if (entry.event === 'succeeded') run.result = entry.result;
      else run.failure = entry.because;
      return null;
    case 'approved': {
      const refused = approvalRefused(run, entry.by);
      if (refused !== null) return `approves run ${entry.id}, and ${refused}`;
      run.status = 'APPROVED';
      run.approved = { by: entry.by, at: entry.at, note: entry.note };
      return null;
    }
    case 'revoked': {
      const refused = revocationRefused(run);
      if (refused !== null) return `revokes run ${entry.id}, and ${refused}`;
      run.status = 'REVOKED';
      run.revoked = { by: entry.by, at: entry.at, note: entry.note };
      return null;
    }
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ID_LENGTH_MIN = 4;

/** The run of an id, of the beginning of one, or the last of a name; what is wrong, in words, where there is none or several. */
export function findRun(runs: readonly Run[], wanted: string): Run | string {
  const exact = runs.find(({ inputs }) => inputs.id === wanted);
  if (exact !== undefined) return exact;
  const named = runs.filter(({ inputs }) => inputs.name === wanted);
  const last = named.at(-1);
  if (last !== undefined) return last;
  const begun = wanted.length < ID_LENGTH_MIN ? [] : runs.filter(({ inputs }) => inputs.id.startsWith(wanted.toLowerCase()));
  const [one, another] = begun;
  if (one === undefined) return 'no run has this id or name';
  return another === undefined ? one : `${begun.length} runs begin so: name more letters of the id`;
}
