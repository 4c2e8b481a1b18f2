/**
 * Whether the whole text matches a pattern in which `*` stands for any characters, none included. Letters by case. Linear
 * in the length of text and pattern: each part between stars is searched once, from where the part before it ended, with
 * the failure function of Knuth, Morris and Pratt (Fast Pattern Matching in Strings, 1977).
 */
export function like(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = search(text, part, from, end);
    if (found === -1) return false;
    from = found + part.length;
  }
  return true;
}

/** Where `part` first stands in `text` between `from` and `end`; -1 for nowhere. */
function search(text: string, part: string, from: number, end: number): number {
  if (part === '') return from;
  const failure = failureFunction(part);
  let matched = 0;
  for (let at = from; at < end; at += 1) {
    while (matched > 0 && text[at] !== part[matched]) matched = failure[matched - 1] ?? 0;
    if (text[at] === part[matched]) matched += 1;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

/** For each prefix of `part`, the length of its longest proper prefix that is also its suffix. */
function failureFunction(part: string): number[] {
  const failure = [0];
  let length = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (length > 0 && part[at] !== part[length]) length = failure[length - 1] ?? 0;
    if (part[at] === part[length]) length += 1;
    failure.push(length);
  }
  return failure;
}
