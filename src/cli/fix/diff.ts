/** Around a change so many lines are shown that stayed. */
const CONTEXT_LINES = 3;
/** Longer texts are not compared line by line: what changes in them is shown as a whole. */
const LINES_MAX = 1_500;

interface DiffLine {
  sign: ' ' | '-' | '+';
  text: string;
}

/** Two texts as a unified diff without its two head lines; empty where they are equal. */
export function unifiedDiff(before: string, after: string): string[] {
  const lines = compared(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines);
  return hunks.flatMap(({ from, to }) => {
    const own = lines.slice(from, to);
    const [oldStart, newStart] = [startOf(lines, from, '+'), startOf(lines, from, '-')];
    const count = (other: '-' | '+'): number => own.filter(({ sign }) => sign !== other).length;
    return [`@@ -${oldStart},${count('+')} +${newStart},${count('-')} @@`, ...own.map(({ sign, text }) => `${sign}${text}`)];
  });
}

function linesOf(text: string): string[] {
  return text.replace(/\s+$/, '').split(/\r?\n/);
}

/** The number of the first line of a hunk in one of the texts. */
function startOf(lines: readonly DiffLine[], from: number, other: '-' | '+'): number {
  return lines.slice(0, from).filter(({ sign }) => sign !== other).length + 1;
}

/** The longest common subsequence of lines, removed lines before added ones. */
function compared(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length > LINES_MAX || after.length > LINES_MAX) return [...before.map((text): DiffLine => ({ sign: '-', text })), ...after.map((text): DiffLine => ({ sign: '+', text }))];
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      row += 1;
      column += 1;
    } else if (old !== undefined && (fresh === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: '-', text: old });
      row += 1;
    } else {
      lines.push({ sign: '+', text: fresh ?? '' });
      column += 1;
    }
  }
  return lines;
}

/** Stretches of lines around changes; those that touch are one. */
function hunksOf(lines: readonly DiffLine[]): { from: number; to: number }[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const [from, to] = [Math.max(index - CONTEXT_LINES, 0), Math.min(index + CONTEXT_LINES + 1, lines.length)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}
