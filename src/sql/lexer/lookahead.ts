import { CARRIAGE_RETURN, DASH, DOLLAR, isSpace, isTagPart, isWordStart, LINE_FEED, QUOTE } from './characters.js';

/** Where a string continues that was closed before `at`: at a quote behind blanks and line comments with a line end among them; or -1. */
export function continuation(text: string, at: number): number {
  let position = at;
  let lines = 0;
  for (;;) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) return lines > 0 ? position + 1 : -1;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) lines++;
    if (isSpace(code)) position++;
    else if (code === DASH && text.charCodeAt(position + 1) === DASH) position = endOfLine(text, position);
    else return -1;
  }
}

export function endOfLine(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return end;
  }
  return text.length;
}

/** Where `$tag$` ends that starts at `at`, or -1. */
export function endOfTag(text: string, at: number): number {
  let end = at + 1;
  if (isWordStart(text.charCodeAt(end))) {
    while (end < text.length && isTagPart(text.charCodeAt(end))) end++;
  }
  return text.charCodeAt(end) === DOLLAR ? end + 1 : -1;
}

export function lastTags(text: string): Map<string, number> {
  const last = new Map<string, number>();
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    const end = endOfTag(text, at);
    if (end >= 0) last.set(text.slice(at, end), at);
  }
  return last;
}
