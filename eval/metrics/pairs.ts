import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { z } from 'zod';
import { VERDICTS, type MetricVerdict } from '../../src/model/metric-verdict.js';
import { lineOf, readBadLines, readPairs, type PairCase } from './pair-cases.js';
import { restsAsLabelled, witnessReplays, type Replayed } from './replay.js';

/** What one line of `metrics compare --ndjson` says, as far as it is judged. */
const outputLine = z.looseObject({
  id: z.unknown(),
  verdict: z.enum(VERDICTS),
  kind: z.string().nullish(),
  cosmetic: z.boolean().nullish(),
  restsOn: z.array(z.string()),
  witness: z.looseObject({ rows: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))) }).nullable(),
  why: z.string(),
});
export type OutputLine = z.infer<typeof outputLine>;

/** How the product judged one pair. */
export interface Judged {
  pair: PairCase;
  line: OutputLine | null;
  /** Between this answer and the one before. */
  milliseconds: number;
  /** Why the verdict is wrong; null where it is not. */
  wrong: string | null;
  fine: boolean;
  /** Null where there was nothing to judge. */
  rests: boolean | null;
  kind: boolean | null;
  cosmetic: boolean | null;
  replayed: Replayed | null;
}

const program = fileURLToPath(new URL('../../bin/tidemark.js', import.meta.url));
const EQUAL: readonly MetricVerdict[] = ['equal', 'equal-under'];
const POPULATIONS: readonly MetricVerdict[] = ['stricter', 'looser', 'overlapping'];

export interface Answered {
  lines: { text: string; milliseconds: number }[];
  exitCode: number | null;
  stderr: string;
}

/** Gives lines to the built program and takes what it writes, with the time since the line before. */
export async function answersOf(lines: readonly string[]): Promise<Answered> {
  const child = spawn(process.execPath, [program, 'metrics', 'compare', '--ndjson'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const answered: Answered = { lines: [], exitCode: null, stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (answered.stderr = (answered.stderr + chunk).slice(-4_000)));
  // A program that ends early says why; the pipe that breaks then says nothing more.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.end(`${lines.join('\n')}\n`);
  let last = performance.now();
  for await (const text of createInterface({ input: child.stdout })) {
    const now = performance.now();
    answered.lines.push({ text, milliseconds: now - last });
    last = now;
  }
  answered.exitCode = await exited;
  return answered;
}

function familyOf(verdict: MetricVerdict): string {
  if (verdict === 'undecided') return verdict;
  return EQUAL.includes(verdict) ? 'equal' : 'parted';
}

/** Why a verdict contradicts every accepted one; being undecided contradicts nothing. */
function contradiction(pair: PairCase, verdict: MetricVerdict): string | null {
  if (verdict === 'undecided' || pair.verdicts.includes(verdict)) return null;
  const expected = pair.verdicts.join(' or ');
  if (!pair.verdicts.some((each) => familyOf(each) === familyOf(verdict))) return `${verdict}, and it is ${expected}`;
  // Which rows are counted is a statement about every database: another one of the three is false.
  const said = pair.verdicts.filter((each) => each !== 'undecided');
  if (POPULATIONS.includes(verdict) && said.every((each) => POPULATIONS.includes(each))) return `${verdict}, and it is ${expected}`;
  return null;
}

async function judge(pair: PairCase, line: OutputLine | null, milliseconds: number, client: Client): Promise<Judged> {
  const judged: Judged = { pair, line, milliseconds, wrong: null, fine: false, rests: null, kind: null, cosmetic: null, replayed: null };
  if (line === null) return { ...judged, wrong: 'no answer' };
  const parted = familyOf(line.verdict) === 'parted';
  const replayed = line.witness === null ? null : await witnessReplays(client, pair, line.witness.rows);
  const without = parted && line.witness === null && line.kind !== 'shape' ? 'a difference without a witness' : null;
  const failed = replayed !== null && !replayed.differs && line.kind !== 'shape' ? `the witness does not replay: ${replayed.note}` : null;
  return {
    ...judged,
    replayed,
    wrong: contradiction(pair, line.verdict) ?? failed ?? without,
    fine: pair.verdicts.includes(line.verdict),
    rests: line.verdict !== 'equal-under' || pair.rests === null ? null : restsAsLabelled(pair, line.restsOn),
    kind: !parted || pair.kinds.length === 0 ? null : pair.kinds.includes(line.kind ?? ''),
    cosmetic: !parted || pair.cosmetic === null ? null : (line.cosmetic ?? false) === pair.cosmetic,
  };
}

async function answersById(pairs: readonly PairCase[]): Promise<Map<string, { line: OutputLine; milliseconds: number }>> {
  const answered = await answersOf(pairs.map(lineOf));
  const found = new Map(answered.lines.map(({ text, milliseconds }) => {
    const line = outputLine.parse(JSON.parse(text));
    return [String(line.id), { line, milliseconds }] as const;
  }));
  if (found.size < pairs.length) throw new Error(`${pairs.length} lines, ${found.size} answers, exit code ${String(answered.exitCode)}: ${answered.stderr}`);
  return found;
}

/**
 * Judges a part of the labelled pairs by the built program's answers; witnesses are replayed with `client`.
 * @param every takes only every third pair for 3, and so on.
 */
export async function evaluatePairs(part: string, client: Client, every = 1): Promise<Judged[]> {
  const pairs = readPairs(part).filter((_, index) => index % every === 0);
  const answers = await answersById(pairs);
  const judged: Judged[] = [];
  for (const pair of pairs) {
    const answer = answers.get(pair.id);
    judged.push(await judge(pair, answer?.line ?? null, answer?.milliseconds ?? 0, client));
  }
  return judged;
}

/** Of lines that are no pairs: those with an answer that says more than `undecided`, or with none. */
export async function evaluateBadLines(): Promise<{ lines: number; faults: string[] }> {
  const lines = readBadLines().filter((line) => line.trim() !== '');
  const { lines: answers, stderr } = await answersOf(lines);
  const read = answers.map(({ text }) => outputLine.safeParse(JSON.parse(text)));
  const faults = read.flatMap((answer, index) => {
    if (!answer.success) return [`line ${index + 1}: not of the form that is promised: ${answers[index]?.text ?? ''}`];
    return answer.data.verdict === 'undecided' && answer.data.why !== '' ? [] : [`line ${index + 1}: ${answer.data.verdict}`];
  });
  if (answers.length !== lines.length) faults.push(`${lines.length} lines, ${answers.length} answers: ${stderr}`);
  return { lines: lines.length, faults };
}

export interface PairFigures {
  pairs: number;
  wrong: number;
  /** Shares of 1: decided of all, and of those that a reader would not leave open. */
  decided: number;
  decidedOfDecidable: number;
  fine: number;
  rests: number;
  kinds: number;
  cosmetic: number;
  median_ms: number;
  p95_ms: number;
  slowest_ms: number;
}

function share(values: readonly (boolean | null)[]): number {
  const judged = values.filter((value) => value !== null);
  return judged.length === 0 ? 1 : judged.filter(Boolean).length / judged.length;
}

export function figuresOf(judged: readonly Judged[]): PairFigures {
  const times = judged.map(({ milliseconds }) => milliseconds).sort((x, y) => x - y);
  const at = (quantile: number): number => times[Math.min(times.length - 1, Math.floor(times.length * quantile))] ?? 0;
  const isDecided = ({ line }: Judged): boolean => line !== null && line.verdict !== 'undecided';
  return {
    pairs: judged.length,
    wrong: judged.filter(({ wrong }) => wrong !== null).length,
    decided: share(judged.map(isDecided)),
    decidedOfDecidable: share(judged.filter(({ pair }) => !pair.verdicts.includes('undecided')).map(isDecided)),
    fine: share(judged.map(({ fine }) => fine)),
    rests: share(judged.map(({ rests }) => rests)),
    kinds: share(judged.map(({ kind }) => kind)),
    cosmetic: share(judged.map(({ cosmetic }) => cosmetic)),
    median_ms: at(0.5),
    p95_ms: at(0.95),
    slowest_ms: times.at(-1) ?? 0,
  };
}
