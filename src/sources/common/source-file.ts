import { LineTable } from './line-table.js';

/** A file that was read, decoded once, and parsed at most once. */
export class SourceFile {
  #json: { value: unknown } | undefined;
  #lines: LineTable | undefined;

  constructor(
    /** As reports name it: relative to the base folder, with forward slashes. */
    readonly path: string,
    /** Without its byte order mark; line ends as they stand. */
    readonly text: string,
  ) {}

  /** The value of the file as JSON; undefined where it is none. */
  get json(): unknown {
    this.#json ??= { value: looksLikeJson(this.text) ? parse(this.text) : undefined };
    return this.#json.value;
  }

  /** True where the file means to be JSON and is not. */
  get isBrokenJson(): boolean {
    return looksLikeJson(this.text) && this.json === undefined;
  }

  position(offset: number): { line: number; column: number } {
    this.#lines ??= new LineTable(this.text);
    return this.#lines.position(offset);
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    // What is wrong and where, the reader says; the message of the engine quotes the content.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An object or a list; not `{{ … }}` or `{% … %}` of a template, nor SQL in parentheses or brackets. */
function looksLikeJson(text: string): boolean {
  const start = text.search(/\S/);
  if (start < 0) return false;
  if (text.charAt(start) === '{') return /^\{\s*(["}]|$)/.test(text.slice(start, start + 200).trimEnd());
  return text.charAt(start) === '[' && /^\[\s*([[{"\]\d\-tfn]|$)/.test(text.slice(start, start + 200).trimEnd());
}
