import { rubyTokens, type RubyToken } from './ruby-lexer.js';

/** Ruby as far as a migration is a list of calls. Everything else is `other`, with its place. */
export type RubyValue =
  | { kind: 'text'; text: string; dynamic: boolean; offset: number; open: boolean }
  | { kind: 'symbol' | 'number'; text: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'nil' }
  | { kind: 'list'; items: RubyValue[] }
  | { kind: 'hash'; entries: Map<string, RubyValue> }
  /** `-> { "now()" }`: SQL that is evaluated for each row. */
  | { kind: 'lambda'; text: string }
  | { kind: 'other'; text: string };

export interface RubyCall {
  kind: 'call';
  /** `t` of `t.string`, empty for a call of the migration itself; `Model` of a constant. */
  receiver: string;
  name: string;
  positional: RubyValue[];
  options: Map<string, RubyValue>;
  parameters: string[];
  block: RubyStatement[] | null;
  /** What follows `if` or `unless` behind the call. */
  condition: string | null;
  start: number;
  end: number;
}

export type RubyStatement = RubyCall | { kind: 'definition'; name: string; body: RubyStatement[]; start: number; end: number } | { kind: 'class'; name: string; parent: string; body: RubyStatement[]; start: number; end: number } | { kind: 'other'; what: string; start: number; end: number };

const DEPTH_MAX = 100;
const BLOCK_WORDS = new Set(['if', 'unless', 'case', 'while', 'until', 'for', 'begin']);

export function parseRuby(text: string): RubyStatement[] {
  return new Parser(text, rubyTokens(text)).statements(new Set(), 0);
}

class Parser {
  readonly #text: string;
  readonly #tokens: RubyToken[];
  #at = 0;

  constructor(text: string, tokens: RubyToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  #peek(ahead = 0): RubyToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token !== undefined && token.text === text && (token.kind === 'punctuation' || token.kind === 'word' || token.kind === 'newline');
  }

  /** Statements up to one of the words that close the block, which is taken too. */
  statements(closing: ReadonlySet<string>, depth: number): RubyStatement[] {
    const found: RubyStatement[] = [];
    for (let token = this.#peek(); token; token = this.#peek()) {
      if (token.kind === 'newline' || this.#is(';')) this.#at++;
      else if (token.kind !== 'string' && token.kind !== 'symbol' && token.kind !== 'key' && closing.has(token.text)) {
        this.#at++;
        return found;
      } else found.push(this.#statement(depth));
    }
    return found;
  }

  #statement(depth: number): RubyStatement {
    const first = this.#peek();
    const start = first?.start ?? 0;
    if (depth > DEPTH_MAX) {
      this.#at = this.#tokens.length;
      return { kind: 'other', what: 'blocks within blocks', start, end: this.#text.length };
    }
    if (this.#is('class') || this.#is('module')) return this.#class(start, depth);
    if (this.#is('def')) return this.#definition(start, depth);
    if (first?.kind === 'word' && BLOCK_WORDS.has(first.text)) return this.#logic(first, depth);
    return this.#call(start, depth);
  }

  #class(start: number, depth: number): RubyStatement {
    const from = this.#at;
    this.#skipLine();
    const head = this.#text.slice(this.#tokens[from]?.end ?? start, this.#tokens[this.#at - 1]?.end ?? start).trim();
    const [name = '', parent = ''] = head.split('<').map((part) => part.trim());
    const body = this.statements(new Set(['end']), depth + 1);
    return { kind: 'class', name, parent, body, start, end: this.#last() };
  }

  #definition(start: number, depth: number): RubyStatement {
    this.#at++;
    const self = this.#is('self') ? 2 : 0;
    this.#at += self;
    const name = this.#peek()?.text ?? '';
    this.#skipLine();
    const body = this.statements(new Set(['end']), depth + 1);
    return { kind: 'definition', name, body, start, end: this.#last() };
  }

  /** What decides or repeats: its inside is not read, but passed over to its `end`. */
  #logic(first: RubyToken, depth: number): RubyStatement {
    this.#at++;
    this.statements(new Set(['end']), depth + 1);
    return { kind: 'other', what: first.text, start: first.start, end: this.#last() };
  }

  #last(): number {
    return this.#tokens[this.#at - 1]?.end ?? this.#text.length;
  }

  #skipLine(): void {
    while (this.#peek() && this.#peek()?.kind !== 'newline' && !this.#is(';')) this.#at++;
  }

  /** `name args`, `name(args)`, `receiver.name args do |x| … end`; anything else to the end of its line. */
  #call(start: number, depth: number): RubyStatement {
    const names: string[] = [];
    while (this.#peek()?.kind === 'word' && (this.#is('.', 1) || this.#is('&.', 1) || this.#is('::', 1)) && this.#peek(2)?.kind === 'word') {
      names.push(this.#peek()?.text ?? '');
      this.#at += 2;
    }
    const named = this.#peek();
    if (named?.kind !== 'word') return this.#other(start, depth);
    this.#at++;
    const call: RubyCall = { kind: 'call', receiver: names.join('.'), name: named.text, positional: [], options: new Map(), parameters: [], block: null, condition: null, start, end: start };
    const parenthesised = this.#is('(') && this.#peek()?.start === named.end;
    if (parenthesised) this.#at++;
    this.#arguments(call, parenthesised ? ')' : null, depth);
    if (this.#is('do') || this.#is('{')) this.#block(call, depth);
    if (this.#is('if') || this.#is('unless')) {
      const from = this.#peek()?.start ?? 0;
      this.#skipLine();
      call.condition = this.#text.slice(from, this.#last()).trim();
    }
    if (this.#peek() && this.#peek()?.kind !== 'newline' && !this.#is(';') && !this.#is('end') && !this.#is('}')) return this.#other(start, depth);
    call.end = this.#last();
    return call;
  }

  #other(start: number, depth: number): RubyStatement {
    for (let token = this.#peek(); token && token.kind !== 'newline' && !this.#is('end') && !this.#is('}'); token = this.#peek()) {
      if (this.#is('do') || this.#is('{') || (token.kind === 'word' && BLOCK_WORDS.has(token.text) && token.text !== 'if' && token.text !== 'unless')) {
        this.#at++;
        this.statements(new Set([token.text === '{' ? '}' : 'end']), depth + 1);
      } else this.#at++;
    }
    if (this.#last() <= start) this.#at++;
    return { kind: 'other', what: 'this', start, end: this.#last() };
  }

  #block(call: RubyCall, depth: number): void {
    const closing = this.#is('do') ? 'end' : '}';
    this.#at++;
    if (this.#is('|')) {
      this.#at++;
      for (let token = this.#peek(); token && !this.#is('|') && token.kind !== 'newline'; token = this.#peek()) {
        if (token.kind === 'word') call.parameters.push(token.text);
        this.#at++;
      }
      this.#at++;
    }
    call.block = this.statements(new Set([closing]), depth + 1);
  }

  #arguments(call: RubyCall, closing: string | null, depth: number): void {
    for (let token = this.#peek(); token; token = this.#peek()) {
      if (closing === null && (token.kind === 'newline' || this.#endsArguments())) return;
      if (closing !== null && token.kind === 'newline') {
        this.#at++;
        continue;
      }
      if (closing !== null && this.#is(closing)) {
        this.#at++;
        return;
      }
      const from = this.#at;
      this.#argument(call, depth);
      if (this.#at === from) this.#at++;
      if (!this.#is(',')) {
        if (closing !== null && this.#peek()?.kind === 'newline') continue;
        if (closing === null || !this.#is(closing)) return;
        continue;
      }
      this.#at++;
      while (this.#peek()?.kind === 'newline') this.#at++;
    }
  }

  #endsArguments(): boolean {
    return ['do', '{', ';', 'if', 'unless', 'end', '}'].some((word) => this.#is(word));
  }

  #argument(call: RubyCall, depth: number): void {
    const token = this.#peek();
    if (token?.kind === 'key') {
      this.#at++;
      while (this.#peek()?.kind === 'newline') this.#at++;
      call.options.set(token.text, this.#value(depth));
      return;
    }
    const value = this.#value(depth);
    if (this.#is('=>')) {
      this.#at++;
      call.options.set('text' in value ? value.text : '', this.#value(depth));
    } else if (value.kind === 'hash') for (const [key, entry] of value.entries) call.options.set(key, entry);
    else call.positional.push(value);
  }

  #value(depth: number): RubyValue {
    const token = this.#peek();
    if (!token || depth > DEPTH_MAX) return { kind: 'other', text: '' };
    const from = this.#at;
    const value = this.#simple(token, depth);
    if (value !== null && this.#endsValue()) return value;
    this.#at = from;
    return this.#expression(token.start);
  }

  /** A text may be joined of several: `'a' 'b'`, and is the same for `.squish` and its kin. */
  #simple(token: RubyToken, depth: number): RubyValue | null {
    if (token.kind === 'string') {
      let [text, dynamic, open] = ['', false, false];
      for (let part: RubyToken | undefined = token; part?.kind === 'string'; part = this.#peek()) {
        text += part.text;
        dynamic ||= part.dynamic;
        open ||= part.open;
        this.#at++;
      }
      while (this.#is('.') && /^(?:squish|strip|strip_heredoc|freeze|chomp|to_s)$/.test(this.#peek(1)?.text ?? '')) this.#at += 2;
      return { kind: 'text', text, dynamic, offset: token.content, open };
    }
    this.#at++;
    if (token.kind === 'symbol') return { kind: 'symbol', text: token.text };
    if (token.kind === 'number') return { kind: 'number', text: token.text };
    if (token.text === '-' && this.#peek()?.kind === 'number') return { kind: 'number', text: `-${this.#tokens[this.#at++]?.text ?? ''}` };
    if (token.text === 'true' || token.text === 'false') return { kind: 'boolean', value: token.text === 'true' };
    if (token.text === 'nil') return { kind: 'nil' };
    if (token.text === '[') return { kind: 'list', items: this.#gather(']', depth).positional };
    if (token.text === '{') return { kind: 'hash', entries: this.#gather('}', depth).options };
    if (token.text === '->' && this.#is('{') && this.#peek(1)?.kind === 'string' && this.#is('}', 2)) {
      const { text = '' } = this.#peek(1) ?? {};
      this.#at += 3;
      return { kind: 'lambda', text };
    }
    return null;
  }

  #gather(closing: string, depth: number): RubyCall {
    const call: RubyCall = { kind: 'call', receiver: '', name: '', positional: [], options: new Map(), parameters: [], block: null, condition: null, start: 0, end: 0 };
    this.#arguments(call, closing, depth + 1);
    return call;
  }

  #endsValue(): boolean {
    const token = this.#peek();
    return token === undefined || token.kind === 'newline' || [',', ')', ']', '}', '=>', ';', 'do', 'if', 'unless', 'end'].some((text) => this.#is(text));
  }

  /** Passed over to the next comma outside of brackets. */
  #expression(start: number): RubyValue {
    let depth = 0;
    for (let token = this.#peek(); token; token = this.#peek()) {
      if (depth === 0 && this.#endsValue()) break;
      if (/^[([{]$/.test(token.text) && token.kind === 'punctuation') depth++;
      if (/^[)\]}]$/.test(token.text) && token.kind === 'punctuation') depth--;
      this.#at++;
    }
    return { kind: 'other', text: this.#text.slice(start, this.#last()) };
  }
}
