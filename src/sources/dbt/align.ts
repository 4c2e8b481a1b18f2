import type { Segment } from '../../model/query.js';

/** Shorter pieces (`,`, `)`, `on`) stand in many places and say nothing of where. */
const ANCHOR_LENGTH_MIN = 8;
/** Longer texts get one segment for all. Characters. */
const TEXT_LENGTH_MAX = 300_000;

interface Match {
  out: number;
  src: number;
  length: number;
}

/**
 * Leads from compiled SQL back to the template that it was compiled from, where both are given and nobody recorded the way:
 * lines outside of tags that stand once in either text are held to be the same (as in a patience diff), then what stands
 * equal before and behind them. Everything else is generated for the template between its neighbours.
 */
export function alignCompiled(compiled: string, template: string): Segment[] {
  if (compiled === template) return [];
  const matches = compiled.length + template.length > TEXT_LENGTH_MAX ? [] : grown(anchors(compiled, template), compiled, template);
  const segments: Segment[] = [];
  let out = 0;
  let src = 0;
  const gap = (toOut: number, toSrc: number): void => {
    if (toOut > out) segments.push({ out, src, length: toOut - out, srcEnd: Math.max(src, toSrc), copy: false });
  };
  for (const match of matches) {
    gap(match.out, match.src);
    segments.push({ out: match.out, src: match.src, length: match.length, srcEnd: match.src + match.length, copy: true });
    out = match.out + match.length;
    src = match.src + match.length;
  }
  gap(compiled.length, template.length);
  return segments;
}

/** Pieces of lines between tags, trimmed, with their offsets. */
function pieces(text: string, hasTags: boolean): Map<string, number> {
  const shown = hasTags ? withoutTags(text) : text;
  const found = new Map<string, number>();
  let start = 0;
  for (const line of shown.split('\n')) {
    const trimmed = line.trim();
    // Twice is as good as never: the offset would be a guess.
    if (trimmed.length >= ANCHOR_LENGTH_MIN) found.set(trimmed, found.has(trimmed) ? -1 : start + line.indexOf(trimmed));
    start += line.length + 1;
  }
  return found;
}

/** Tags as line breaks, so that what is around them stands on lines of its own; lengths stay. */
function withoutTags(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{[{%#]/g)) {
    if (match.index < at) continue;
    const close = text.indexOf(match[0] === '{{' ? '}}' : `${match[0].charAt(1)}}`, match.index + 2);
    if (close < 0) break;
    parts.push(text.slice(at, match.index), '\n'.repeat(close + 2 - match.index));
    at = close + 2;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function anchors(compiled: string, template: string): Match[] {
  const lines = pieces(compiled, false);
  const found: Match[] = [];
  for (const [piece, src] of pieces(template, true)) {
    if (src < 0) continue;
    const whole = lines.get(piece);
    const out = whole ?? onceIn(compiled, piece);
    if (out >= 0) found.push({ out, src, length: piece.length });
  }
  return longestRising(found.toSorted((one, other) => one.src - other.src));
}

function onceIn(text: string, piece: string): number {
  const at = text.indexOf(piece);
  return at >= 0 && text.indexOf(piece, at + 1) < 0 ? at : -1;
}

/** The longest run of matches that keep their order in both texts. */
function longestRising(matches: readonly Match[]): Match[] {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, { out }] of matches.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((matches[tails[middle] ?? 0]?.out ?? 0) < out) low = middle + 1;
      else high = middle;
    }
    previous.push(low === 0 ? -1 : (tails[low - 1] ?? -1));
    tails[low] = index;
  }
  const chosen: Match[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const match = matches[at];
    if (match !== undefined) chosen.push(match);
  }
  return chosen.toReversed();
}

/** Matches without overlaps, each as long as both texts stay equal before and behind it. */
function grown(matches: readonly Match[], compiled: string, template: string): Match[] {
  const result: Match[] = [];
  let outEnd = 0;
  let srcEnd = 0;
  // Both texts begin alike until the first tag.
  for (const match of [{ out: 0, src: 0, length: 0 }, ...matches]) {
    if (match.out < outEnd || match.src < srcEnd) continue;
    let { out, src } = match;
    while (out > outEnd && src > srcEnd && compiled[out - 1] === template[src - 1] && !/[{}]/.test(template[src - 1] ?? '')) {
      out--;
      src--;
    }
    let end = match.out + match.length;
    let srcAt = match.src + match.length;
    while (end < compiled.length && compiled[end] === template[srcAt] && template[srcAt] !== '{') {
      end++;
      srcAt++;
    }
    if (end > out) result.push({ out, src, length: end - out });
    outEnd = end;
    srcEnd = srcAt;
  }
  return result;
}
