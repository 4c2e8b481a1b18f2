/** An integer of more digits than a double keeps. */
const WIDE = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON of a service. Integers of 16 digits and more become texts, where a double would round them.
 * @throws SyntaxError without a part of the text in its message.
 */
export function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(/\d{16}/.test(text) ? withWideAsTexts(text) : text);
    return parsed;
  } catch {
    // V8 quotes the text, which may hold values of rows.
    throw new SyntaxError('it is no JSON');
  }
}

/** Text by text rather than by one pattern: in a text of some megabytes that would come to the end of the engine's stack. */
function withWideAsTexts(text: string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const open = text.indexOf('"', at);
    parts.push((open < 0 ? text.slice(at) : text.slice(at, open)).replace(WIDE, '"$&"'));
    if (open < 0) return parts.join('');
    let close = open;
    do close = text.indexOf('"', close + 1);
    while (close >= 0 && isEscaped(text, close));
    parts.push(text.slice(open, close < 0 ? text.length : close + 1));
    if (close < 0) return parts.join('');
    at = close + 1;
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
