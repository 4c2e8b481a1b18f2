/** A stretch of a template: text that is written as it stands, or a tag. `inner` is what stands between the delimiters. */
export interface TemplateToken {
  kind: 'text' | 'output' | 'statement' | 'comment';
  start: number;
  end: number;
  inner: string;
}

export interface ScannedTemplate {
  tokens: TemplateToken[];
  /** The delimiter that is never closed, and where; the rest of the template is text. */
  unclosed: { delimiter: string; offset: number } | null;
}

/** How far the end of one tag is looked for with regard to its strings. */
const TAG_LENGTH_MAX = 50_000;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;

/**
 * Splits a template at Jinja's delimiters. `raw` blocks become text, and white space that `-` trims is left out of it.
 * Linear in the text: after a tag that is never closed nothing is looked for.
 */
export function scanTemplate(text: string): ScannedTemplate {
  const scan = new Scan(text);
  scan.run();
  return { tokens: scan.tokens, unclosed: scan.unclosed };
}

class Scan {
  readonly tokens: TemplateToken[] = [];
  unclosed: ScannedTemplate['unclosed'] = null;
  #trimNext = false;

  constructor(readonly source: string) {}

  run(): void {
    const opening = /\{[{%#]/g;
    let at = 0;
    while (at < this.source.length) {
      opening.lastIndex = at;
      const found = opening.exec(this.source);
      const start = found?.index ?? this.source.length;
      const isTrimmed = this.source.charAt(start + 2) === '-';
      this.#text(at, start, isTrimmed);
      if (found === null) return;
      const end = this.#tag(found[0], start);
      if (end === null) {
        this.unclosed = { delimiter: found[0], offset: start };
        this.#text(start, this.source.length, false);
        return;
      }
      at = end;
    }
  }

  #text(start: number, end: number, isTrimmed: boolean): void {
    let from = start;
    let to = end;
    if (this.#trimNext) while (from < to && this.source.charAt(from).trim() === '') from++;
    if (isTrimmed) while (to > from && this.source.charAt(to - 1).trim() === '') to--;
    this.#trimNext = false;
    if (to > from) this.tokens.push({ kind: 'text', start: from, end: to, inner: this.source.slice(from, to) });
  }

  /** Reads the tag at `start`; gives where the template goes on, or null where the tag is never closed. */
  #tag(delimiter: string, start: number): number | null {
    const { source } = this;
    const closing = delimiter === '{{' ? '}}' : delimiter === '{%' ? '%}' : '#}';
    const close = delimiter === '{#' ? source.indexOf(closing, start + 2) : closeOf(source, start + 2, closing);
    if (close < 0) return null;
    const end = close + 2;
    this.#trimNext = source.charAt(close - 1) === '-' && close - 1 > start + 1;
    const inner = innerOf(source, start + 2, close);
    if (delimiter === '{%' && inner === 'raw') return this.#raw(end);
    const kind = delimiter === '{{' ? 'output' : delimiter === '{%' ? 'statement' : 'comment';
    this.tokens.push({ kind, start, end, inner });
    return end;
  }

  #raw(from: number): number {
    END_RAW.lastIndex = from;
    const found = END_RAW.exec(this.source);
    const end = found?.index ?? this.source.length;
    if (found === null) this.unclosed = { delimiter: '{% raw %}', offset: from };
    this.#text(from, end, found?.[0].charAt(2) === '-');
    this.#trimNext = found?.[0].charAt(found[0].length - 3) === '-';
    return end + (found?.[0].length ?? 0);
  }
}

function innerOf(source: string, start: number, end: number): string {
  const from = /[-+]/.test(source.charAt(start)) ? start + 1 : start;
  const to = /[-+]/.test(source.charAt(end - 1)) && end - 1 >= from ? end - 1 : end;
  return source.slice(from, to).trim();
}

/** Where the tag closes: strings and braces within it are passed over, unless it would not close at all then. */
function closeOf(source: string, from: number, closing: string): number {
  const limit = Math.min(source.length, from + TAG_LENGTH_MAX);
  let depth = 0;
  let quote = '';
  for (let at = from; at < limit; at++) {
    const character = source.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (depth === 0 && source.startsWith(closing, at)) return at;
    else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
  }
  return source.indexOf(closing, from);
}
