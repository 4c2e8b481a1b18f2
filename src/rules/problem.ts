import stringWidth from 'string-width';
import { plainText } from '../text/plain-text.js';

/** Why a rule file is refused, and where: `line` and `column` start at 1, `frame` shows the line with carets below it. */
export interface RuleProblem {
  file: string;
  line: number;
  column: number;
  message: string;
  frame: string;
}

/** Rule files that cannot be used. Carries every problem that was found, in the order of files and lines. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n\n'), options);
    this.problems = problems;
  }
}

/** `file:line:column message`, and the frame below it. */
export function formatProblem(problem: RuleProblem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  return `${place} ${problem.message}${problem.frame === '' ? '' : `\n${problem.frame}`}`;
}

/** A problem of a whole file, without a place in it. */
export function fileProblem(file: string, message: string): RuleProblem {
  return { file: plainText(file, 1000), line: 0, column: 0, message, frame: '' };
}

/** A problem at the UTF-16 offsets `start` to `end` (exclusive) of a file's text. */
export function problemAt(file: string, text: string, start: number, end: number, message: string): RuleProblem {
  const at = Math.min(Math.max(0, start), text.length);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineBreak = text.indexOf('\n', at);
  const lineEnd = lineBreak === -1 ? text.length : lineBreak;
  const line = countLines(text, lineStart);
  return {
    file: plainText(file, 1000),
    line,
    column: at - lineStart + 1,
    message,
    frame: frame(line, text.slice(lineStart, lineEnd), at - lineStart, Math.min(end, lineEnd) - lineStart),
  };
}

export function compareProblems(a: RuleProblem, b: RuleProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);
}

function countLines(text: string, end: number): number {
  let lines = 1;
  for (let index = text.indexOf('\n'); index !== -1 && index < end; index = text.indexOf('\n', index + 1)) lines += 1;
  return lines;
}

const frameWidth = 110;

function frame(line: number, text: string, from: number, to: number): string {
  const number = String(line).padStart(4);
  // A long line is shown from a little before the carets on.
  const cut = from > frameWidth - 30 ? from - 30 : 0;
  const before = visible(text.slice(cut, from));
  const marked = visible(text.slice(from, Math.max(from, to)));
  const shown = (before + marked + visible(text.slice(Math.max(from, to), cut + frameWidth))).slice(0, frameWidth).trimEnd();
  const carets = '^'.repeat(Math.max(1, Math.min(stringWidth(marked), frameWidth - stringWidth(before))));
  return `${number} | ${shown}\n     | ${' '.repeat(stringWidth(before))}${carets}`;
}

/** Columns must stay where they are, so what cannot be shown becomes a blank each. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, ' ');
}
