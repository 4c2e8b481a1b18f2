/** A piece of a Liquid template. */
export interface Token {
  kind: 'text' | 'output' | 'tag';
  start: number;
  end: number;
  /** Of a tag, its name; else ''. */
  name: string;
  /** What stands between the delimiters, of a tag without its name; and where that begins. */
  body: string;
  bodyStart: number;
}

/** Tags whose content no one renders, and its end. */
const OPAQUE: Readonly<Record<string, string>> = { comment: 'endcomment', raw: 'endraw', form: 'endform' };

/** Takes a template apart: text, `{{ }}` and `{% %}`, whose `-` cuts the blanks next to it off. Linear; never throws. */
export function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let cutNext = false;
  const addText = (start: number, end: number, cutEnd: boolean): void => {
    let from = start;
    let to = end;
    if (cutNext) while (from < to && isBlank(text.charAt(from))) from++;
    if (cutEnd) while (to > from && isBlank(text.charAt(to - 1))) to--;
    if (to > from) tokens.push({ kind: 'text', start: from, end: to, name: '', body: '', bodyStart: from });
    cutNext = false;
  };
  for (;;) {
    const open = nextOpening(text, at);
    if (open < 0) break;
    const isTag = text.charAt(open + 1) === '%';
    const close = closing(text, open + 2, isTag ? '%}' : '}}');
    if (close < 0) break;
    const token = construct(text, open, close, isTag);
    addText(at, open, text.charAt(open + 2) === '-');
    at = close + 2;
    cutNext = text.charAt(close - 1) === '-';
    const ending = isTag && Object.hasOwn(OPAQUE, token.name) ? OPAQUE[token.name] : undefined;
    if (ending === undefined) {
      tokens.push(token);
      continue;
    }
    const end = findTag(text, at, ending);
    if (token.name === 'raw' && end !== null) addText(at, end.start, false);
    else tokens.push({ ...token, end: end?.end ?? text.length });
    at = end?.end ?? text.length;
    cutNext = false;
  }
  addText(at, text.length, false);
  return tokens;
}

function isBlank(character: string): boolean {
  return character !== '' && character.trim() === '';
}

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    const next = text.charAt(at + 1);
    if (next === '%' || next === '{') return at;
  }
  return -1;
}

/** Where a construct ends; quoted strings may hold its ending. A quote that its line does not close is none. */
function closing(text: string, from: number, ending: string): number {
  const first = text.indexOf(ending, from);
  if (first < 0) return -1;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '') {
      if (character === '"' || character === "'") quote = character;
      else if (text.startsWith(ending, at)) return at;
    } else if (character === quote) quote = '';
    else if (character === '\n') return first;
  }
  return first;
}

function construct(text: string, open: number, close: number, isTag: boolean): Token {
  let start = open + 2;
  let end = close;
  if (text.charAt(start) === '-') start++;
  if (end > start && text.charAt(end - 1) === '-') end--;
  while (start < end && isBlank(text.charAt(start))) start++;
  let name = '';
  if (isTag) {
    while (start < end && /[\w#]/.test(text.charAt(start))) name += text.charAt(start++);
    while (start < end && isBlank(text.charAt(start))) start++;
  }
  return { kind: isTag ? 'tag' : 'output', start: open, end: close + 2, name, body: text.slice(start, end).trimEnd(), bodyStart: start };
}

function findTag(text: string, from: number, name: string): { start: number; end: number } | null {
  for (let at = text.indexOf('{%', from); at >= 0; at = text.indexOf('{%', at + 2)) {
    let inside = at + 2;
    if (text.charAt(inside) === '-') inside++;
    while (isBlank(text.charAt(inside))) inside++;
    if (!text.startsWith(name, inside)) continue;
    const close = text.indexOf('%}', inside);
    return close < 0 ? null : { start: at, end: close + 2 };
  }
  return null;
}
