import type { Origin } from '../../model/query.js';
import { pointerStep } from '../common/json-position.js';
import type { Origins } from '../common/origins.js';
import type { SourceFile } from '../common/source-file.js';

/** A text and where its characters stand, whatever file it comes from. */
export interface PlacedText {
  text: string;
  originAt(offset: number): Origin;
}

/** The string at a pointer of a JSON file, or its list of lines, which stand for one text; null for anything else. */
export function jsonText(origins: Origins, file: SourceFile, pointer: string, value: unknown): PlacedText | null {
  if (typeof value === 'string') return { text: value, originAt: (offset) => origins.add(file, pointer, offset) };
  if (!Array.isArray(value)) return null;
  const lines = value.map((line): string => (typeof line === 'string' ? line : ''));
  const starts: number[] = [];
  let length = 0;
  for (const line of lines) {
    starts.push(length);
    length += line.length + 1;
  }
  return {
    text: lines.join('\n'),
    originAt(offset) {
      const index = lineAt(starts, offset);
      return origins.add(file, pointer + pointerStep(index), offset - (starts[index] ?? 0));
    },
  };
}

/** The last of the sorted starts that is not behind the offset. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = Math.max(0, starts.length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lines of a file without the indentation that they share, as one text. `pointer` is what readers would call the place. */
export function lineText(file: SourceFile, pointer: string, lines: readonly { start: number; end: number }[]): PlacedText {
  const indentation = lines.reduce((least, { start, end }) => Math.min(least, indentationOf(file.text, start, end) ?? least), 1_000);
  const outs: number[] = [];
  const sources: number[] = [];
  const parts: string[] = [];
  let length = 0;
  for (const { start, end } of lines) {
    const from = Math.min(start + indentation, end);
    outs.push(length);
    sources.push(from);
    parts.push(file.text.slice(from, end));
    length += end - from + 1;
  }
  return {
    text: parts.join('\n'),
    originAt(offset) {
      const index = lineAt(outs, offset);
      return { file: file.path, pointer, ...file.position((sources[index] ?? 0) + offset - (outs[index] ?? 0)) };
    },
  };
}

function indentationOf(text: string, start: number, end: number): number | null {
  for (let at = start; at < end; at++) if (text.charAt(at).trim() !== '') return at - start;
  return null;
}
