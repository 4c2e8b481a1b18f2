/** Tokens of Ruby as migrations use it. Everything is linear in the text; what is left open reaches to the end. */
export interface RubyToken {
  kind: 'word' | 'symbol' | 'key' | 'string' | 'number' | 'punctuation' | 'newline';
  /** The name, the content of a string, or the characters. */
  text: string;
  start: number;
  end: number;
  /** A string with `#{…}`, which only running tells. */
  dynamic: boolean;
  /** A string that the text leaves open. */
  open: boolean;
  /** Where the content of a string begins in the text. */
  content: number;
}

interface Heredoc {
  token: RubyToken;
  tag: string;
  indented: boolean;
  raw: boolean;
}

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', s: ' ', r: '\r', '0': '\0', e: '\x1b' };

export function rubyTokens(text: string): RubyToken[] {
  return new Lexer(text).tokens();
}

class Lexer {
  readonly #found: RubyToken[] = [];
  readonly #text: string;
  #at = 0;
  #waiting: Heredoc[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  tokens(): RubyToken[] {
    while (this.#at < this.#text.length) this.#next();
    return this.#found;
  }

  #push(kind: RubyToken['kind'], text: string, end: number, more: Partial<RubyToken> = {}): RubyToken {
    const token = { kind, text, start: this.#at, end, dynamic: false, open: false, content: this.#at, ...more };
    this.#found.push(token);
    this.#at = end;
    return token;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #next(): void {
    const character = this.#text.charAt(this.#at);
    if (character === '\n') {
      this.#push('newline', '\n', this.#at + 1);
      this.#heredocs();
      return;
    }
    const lineStart = this.#at === 0 || this.#text.charAt(this.#at - 1) === '\n';
    if (lineStart && this.#text.startsWith('=begin', this.#at)) return this.#skipTo('\n=end');
    if (lineStart && this.#text.startsWith('__END__', this.#at)) {
      this.#at = this.#text.length;
      return;
    }
    if (character === '#') {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
      return;
    }
    const blank = this.#match(/(?:[^\S\n]|\\\r?\n)+/y);
    if (blank) this.#at += blank[0].length;
    else this.#token(character);
  }

  #skipTo(what: string): void {
    const end = this.#text.indexOf(what, this.#at);
    this.#at = end < 0 ? this.#text.length : end + what.length;
  }

  #token(character: string): void {
    const heredoc = this.#match(/<<([~-]?)(['"]?)([A-Z_]\w*)\2/y);
    if (heredoc) {
      const [whole, mark, quote, tag = ''] = heredoc;
      const token = this.#push('string', '', this.#at + whole.length);
      this.#waiting.push({ token, tag, indented: mark !== '', raw: quote === "'" });
      return;
    }
    if (character === '"' || character === "'" || character === '`') return this.#string(1, character, character, character !== "'", this.#at);
    const percent = this.#match(/%([qQwWiI]?)([([{<|!])/y);
    if (percent && this.#mayBeValue()) return this.#percent(percent[1] ?? '', percent[2] ?? '', percent[0].length);
    const symbol = this.#match(/:(?:"([^"\n]*)"|([A-Za-z_]\w*[?!=]?))(?!:)/y);
    if (symbol && this.#text.charAt(this.#at + 1) !== ':') {
      this.#push('symbol', symbol[1] ?? symbol[2] ?? '', this.#at + symbol[0].length);
      return;
    }
    const key = this.#match(/([A-Za-z_]\w*[?!]?):(?!:)(?=\s|$)/y);
    if (key) {
      this.#push('key', key[1] ?? '', this.#at + key[0].length);
      return;
    }
    const word = this.#match(/[A-Za-z_@$][\w@]*[?!]?|[^\x00-\x7f]+/y);
    const number = this.#match(/\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d+)?/iy);
    const operator = this.#match(/=>|->|::|\*\*|&&|\|\||<<|>>|[=!<>]=|&\.|\.\.\.?/y);
    if (word) this.#push('word', word[0], this.#at + word[0].length);
    else if (number) this.#push('number', number[0].replaceAll('_', ''), this.#at + number[0].length);
    else this.#push('punctuation', operator?.[0] ?? character, this.#at + (operator?.[0].length ?? 1));
  }

  /** `%` is a remainder behind a value. */
  #mayBeValue(): boolean {
    const before = this.#found.at(-1);
    return !before || before.kind === 'newline' || before.kind === 'key' || before.kind === 'word' || (before.kind === 'punctuation' && !/^[)\]}]$/.test(before.text));
  }

  #percent(kind: string, opening: string, length: number): void {
    const closing = CLOSING[opening] ?? opening;
    if (!/[wWiI]/.test(kind)) return this.#string(length, opening, closing, kind !== 'q', this.#at);
    const end = this.#text.indexOf(closing, this.#at + length);
    const content = this.#text.slice(this.#at + length, end < 0 ? undefined : end);
    const last = end < 0 ? this.#text.length : end + 1;
    this.#push('punctuation', '[', this.#at + length);
    for (const item of content.split(/\s+/).filter((name) => name !== '')) {
      this.#found.push({ kind: 'string', text: item, start: this.#at, end: this.#at, dynamic: false, open: false, content: this.#at });
      this.#found.push({ kind: 'punctuation', text: ',', start: this.#at, end: this.#at, dynamic: false, open: false, content: this.#at });
    }
    this.#at = last - 1;
    this.#push('punctuation', ']', last);
  }

  #string(length: number, opening: string, closing: string, escapes: boolean, start: number): void {
    let value = '';
    let depth = 0;
    let dynamic = false;
    let at = start + length;
    for (; at < this.#text.length; at++) {
      const character = this.#text.charAt(at);
      if (character === '\\') {
        const escaped = this.#text.charAt(++at);
        value += escapes ? (ESCAPES[escaped] ?? escaped) : escaped === closing || escaped === '\\' ? escaped : `\\${escaped}`;
        continue;
      }
      if (escapes && character === '#' && this.#text.charAt(at + 1) === '{') dynamic = true;
      if (opening !== closing && character === opening) depth++;
      if (character === closing && depth-- === 0) break;
      value += character;
    }
    const isOpen = at >= this.#text.length;
    // "key": value
    const isKey = !isOpen && opening === '"' && this.#text.charAt(at + 1) === ':' && this.#text.charAt(at + 2) !== ':' && /\s/.test(this.#text.charAt(at + 2));
    if (isKey) this.#push('key', value, at + 2);
    else this.#push('string', value, Math.min(at + 1, this.#text.length), { dynamic, open: isOpen, content: start + length });
  }

  /** Behind the line that announces them the texts follow. */
  #heredocs(): void {
    for (const { token, tag, indented, raw } of this.#waiting) {
      const from = this.#at;
      const closing = new RegExp(`^${indented ? '[^\\S\\n]*' : ''}${tag}\\r?$`, 'gm');
      closing.lastIndex = from;
      const end = closing.exec(this.#text);
      const body = this.#text.slice(from, end?.index ?? this.#text.length);
      token.content = from;
      token.open = end === null;
      token.dynamic = !raw && body.includes('#{');
      // Only blanks at the beginnings of lines would go: SQL does not need them to, and offsets stay.
      token.text = raw || !body.includes('\\') ? body : body.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
      this.#at = end === null ? this.#text.length : end.index + end[0].length;
    }
    this.#waiting = [];
  }
}
