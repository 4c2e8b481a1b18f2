/** What stands in a tag cannot be read. */
export class JinjaSyntaxError extends Error {
  override readonly name = 'JinjaSyntaxError';
}

export interface ExpressionToken {
  kind: 'name' | 'number' | 'string' | 'operator' | 'end';
  /** A string's decoded content. */
  text: string;
  start: number;
  end: number;
}

const TOKEN = /\s+|([A-Za-z_]\w*)|(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)|(\/\/|\*\*|==|!=|<=|>=|[-+*/%~<>=()[\]{},.:|])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0', '\n': '' };
/** These mark unknown values within strings (`runtime.ts`); a template may not write them. */
const MARKS = /[\ue000-\ue00b]/g;

/** The tokens of an expression, with one `end` behind the last. @throws JinjaSyntaxError */
export function lexExpression(source: string): ExpressionToken[] {
  const tokens: ExpressionToken[] = [];
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === '"' || character === "'") {
      const string = readString(source, at);
      tokens.push(string);
      at = string.end;
      continue;
    }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (found === null) throw new JinjaSyntaxError(`${JSON.stringify(character)} is not expected there`);
    const end = at + found[0].length;
    const [, name, number, operator] = found;
    if (name !== undefined) tokens.push({ kind: 'name', text: name, start: at, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start: at, end });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, start: at, end });
    at = end;
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length });
  return tokens;
}

function readString(source: string, start: number): ExpressionToken {
  const quote = source.charAt(start);
  const parts: string[] = [];
  let from = start + 1;
  let at = from;
  for (; at < source.length && source.charAt(at) !== quote; at++) {
    if (source.charAt(at) !== '\\') continue;
    const letter = source.charAt(at + 1);
    parts.push(source.slice(from, at), ESCAPES[letter] ?? (/["'\\]/.test(letter) ? letter : `\\${letter}`));
    at++;
    from = at + 1;
  }
  if (at >= source.length) throw new JinjaSyntaxError('a string is not closed');
  parts.push(source.slice(from, at));
  return { kind: 'string', text: parts.join('').replace(MARKS, '\ufffd'), start, end: at + 1 };
}
