/** A stretch of a text and what stands there instead; an empty stretch is an insertion. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * A text with several stretches replaced.
 *
 * @returns null when two stretches overlap
 */
export function splice(text: string, edits: readonly Edit[]): string | null {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((left, right) => left.start - right.start || left.end - right.end)) {
    if (edit.start < at) return null;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
