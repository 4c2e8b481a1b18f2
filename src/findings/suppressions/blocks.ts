/** One entry of a list as it stands in a file: its lines, with the remarks of people above it. */
export interface Block {
  lines: string[];
  /** Line of the dash, from 1 on. */
  line: number;
  /** Of `lines`, how many are remarks above the dash. */
  remarks: number;
}

/** A file whose entries stand below each other, cut apart. */
export interface Blocks {
  /** Up to the line `entries:`, that line included. */
  head: string[];
  blocks: Block[];
  /** What stands after the entries. */
  tail: string[];
}

const ENTRIES = /^(?:entries|"entries"|'entries')\s*:\s*(?:#.*)?$/;
const DASH = /^( *)-(?:\s|$)/;

/**
 * Cuts the list below `entries:` by its dashes, so that a broken entry costs itself only and an untouched one stays as it was
 * written. Null where the entries are not a list of one below the other (none, or `[…]` in one line).
 *
 * @param lines without line ends
 */
export function blocksOf(lines: readonly string[]): Blocks | null {
  const start = lines.findIndex((line) => ENTRIES.test(line)) + 1;
  if (start === 0) return null;
  const first = lines.findIndex((line, index) => index >= start && hasContent(line));
  const indent = DASH.exec(lines[first] ?? '')?.[1]?.length;
  if (indent === undefined) return null;
  const end = lines.findIndex((line, index) => index > first && hasContent(line) && indentOf(line) <= indent && !isDash(line, indent));
  const stop = end === -1 ? lines.length : end;
  const dashes = [...lines.keys()].filter((index) => index >= first && index < stop && isDash(lines[index] ?? '', indent));
  const begin = dashes.map((dash, index) => remarksFrom(lines, index === 0 ? start : (dashes[index - 1] ?? 0) + 1, dash, indent));
  const blocks = dashes.map((dash, index): Block => {
    const from = begin[index] ?? dash;
    const own = lines.slice(from, begin[index + 1] ?? stop);
    return { lines: withoutEmptyEnd(own), line: dash + 1, remarks: dash - from };
  });
  return { head: lines.slice(0, begin[0] ?? start), blocks, tail: lines.slice(stop) };
}

/** Where the remarks begin that belong to the entry at `dash`: those between the last empty line before it and the dash. */
function remarksFrom(lines: readonly string[], from: number, dash: number, indent: number): number {
  let at = dash;
  while (at > from && isRemark(lines[at - 1] ?? '') && indentOf(lines[at - 1] ?? '') <= indent) at -= 1;
  return at;
}

function isDash(line: string, indent: number): boolean {
  return DASH.exec(line)?.[1]?.length === indent;
}

function isRemark(line: string): boolean {
  return /^\s*#/.test(line);
}

function hasContent(line: string): boolean {
  return line.trim() !== '' && !isRemark(line) && !/^(?:---|\.\.\.)\s*$/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function withoutEmptyEnd(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  return lines.slice(0, end);
}
