/** A decoded piece of XML and where each of its characters stands. */
export interface XmlText {
  text: string;
  /** The offset in the file of the character at `offset`; beyond the end, the end of the piece. */
  offsetOf(offset: number): number;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The character data of `start..end` (XML 1.0, sections 2.4, 2.7, 2.11 and 3.3.3): entities and character references are
 * replaced, CDATA is taken as it stands, line ends become `\n`, and blanks of an attribute become spaces. Comments,
 * processing instructions and elements are left out.
 */
export function decodeXml(source: string, start: number, end: number, kind: 'content' | 'attribute'): XmlText {
  const pieces = new Pieces(source);
  let at = start;
  while (at < end) {
    const next = nextSpecial(source, at, end, kind);
    pieces.copy(at, next);
    at = next;
    if (at >= end) break;
    const character = source.charAt(at);
    if (character === '<') at = markup(source, at, end, pieces);
    else if (character === '&') at = reference(source, at, end, pieces);
    else at = blank(source, at, kind, pieces);
  }
  return pieces.finish(end);
}

function nextSpecial(source: string, from: number, end: number, kind: 'content' | 'attribute'): number {
  for (let at = from; at < end; at++) {
    const code = source.charCodeAt(at);
    if (code === 38 || code === 60 || code === 13 || (kind === 'attribute' && (code === 9 || code === 10))) return at;
  }
  return end;
}

function markup(source: string, at: number, end: number, pieces: Pieces): number {
  if (source.startsWith('<![CDATA[', at)) {
    const close = source.indexOf(']]>', at);
    const last = close < 0 ? end : close;
    let from = at + 9;
    while (from < last) {
      const carriage = source.indexOf('\r', from);
      const stop = carriage < 0 || carriage >= last ? last : carriage;
      pieces.copy(from, stop);
      from = stop < last ? blank(source, stop, 'content', pieces) : last;
    }
    return last + 3;
  }
  const closing = source.startsWith('<!--', at) ? '-->' : source.startsWith('<?', at) ? '?>' : null;
  if (closing !== null) {
    const close = source.indexOf(closing, at);
    return close < 0 ? end : close + closing.length;
  }
  return element(source, at, end);
}

/** Behind a child element with all that it holds. The document is well-formed, or ends here. */
function element(source: string, from: number, end: number): number {
  let depth = 0;
  let at = from;
  while (at < end) {
    const open = source.indexOf('<', at);
    if (open < 0 || open >= end) return end;
    const closing = source.startsWith('<!--', open) ? '-->' : source.startsWith('<![CDATA[', open) ? ']]>' : source.startsWith('<?', open) ? '?>' : null;
    if (closing !== null) {
      const close = source.indexOf(closing, open);
      at = close < 0 ? end : close + closing.length;
      continue;
    }
    const close = endOfTag(source, open, end);
    if (source.charAt(open + 1) === '/') depth--;
    else if (source.charAt(close - 2) !== '/') depth++;
    at = close;
    if (depth <= 0) return at;
  }
  return end;
}

/** Behind the `>` of a tag: one within quotes does not count. */
function endOfTag(source: string, open: number, end: number): number {
  let quote = '';
  for (let at = open; at < end; at++) {
    const character = source.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return end;
}

function reference(source: string, at: number, end: number, pieces: Pieces): number {
  const close = source.indexOf(';', at);
  if (close < 0 || close >= end || close - at > 12) {
    pieces.copy(at, at + 1);
    return at + 1;
  }
  const name = source.slice(at + 1, close);
  const text = name.startsWith('#') ? character(name) : ENTITIES[name];
  if (text === undefined) pieces.copy(at, close + 1);
  else pieces.put(text, at);
  return close + 1;
}

function character(name: string): string | undefined {
  const code = /^#x[0-9a-f]+$/i.test(name) ? Number.parseInt(name.slice(2), 16) : /^#\d+$/.test(name) ? Number.parseInt(name.slice(1), 10) : -1;
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** A carriage return, with its line feed, or a blank of an attribute. */
function blank(source: string, at: number, kind: 'content' | 'attribute', pieces: Pieces): number {
  pieces.put(kind === 'attribute' ? ' ' : '\n', at);
  return source.charAt(at) === '\r' && source.charAt(at + 1) === '\n' ? at + 2 : at + 1;
}

/** Puts a text together out of runs of the source and single characters. */
class Pieces {
  readonly #parts: string[] = [];
  /** Where runs start: in the text, and in the source. Within a run both go on together. */
  readonly #outs: number[] = [];
  readonly #sources: number[] = [];
  #length = 0;

  constructor(readonly source: string) {}

  copy(start: number, end: number): void {
    if (end <= start) return;
    this.#run(start);
    this.#parts.push(this.source.slice(start, end));
    this.#length += end - start;
  }

  put(text: string, at: number): void {
    // Both halves of a surrogate pair stand at their reference.
    for (const unit of text.split('')) {
      this.#run(at);
      this.#parts.push(unit);
      this.#length++;
    }
  }

  #run(at: number): void {
    this.#outs.push(this.#length);
    this.#sources.push(at);
  }

  finish(end: number): XmlText {
    const [outs, sources, length] = [this.#outs, this.#sources, this.#length];
    return {
      text: this.#parts.join(''),
      offsetOf(offset) {
        if (offset >= length) return end;
        let low = 0;
        let high = outs.length - 1;
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if ((outs[middle] ?? 0) <= offset) low = middle;
          else high = middle - 1;
        }
        return (sources[low] ?? 0) + offset - (outs[low] ?? 0);
      },
    };
  }
}
