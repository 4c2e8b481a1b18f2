import { parsedJson } from './json.js';
import { decodeMap, findSyntaxError, locate } from './json-position.js';
import { YamlFile } from './yaml-file.js';
import { LineTable } from './line-table.js';
import type { ValuePlace } from './value-place.js';

/** Where a file stops being what it means to be. */
export interface SyntaxProblem {
  format: 'JSON' | 'YAML';
  line: number;
  column: number;
  /** `expected a comma or ]`. */
  message: string;
}

/** A text that stands inside another file, as a string of its JSON or YAML. */
interface Embedding {
  file: SourceFile;
  /** Of the string in that file. */
  pointer: string;
}

/** A file that was read, decoded once, and parsed at most once. */
export class SourceFile {
  #json: { value: unknown } | undefined;
  #yaml: { file: YamlFile | null; problem: SyntaxProblem | null } | undefined;
  #lines: LineTable | undefined;
  #embedded: ValuePlace | undefined;

  constructor(
    /** As reports name it: relative to the base folder, with forward slashes; the address of an answer of an interface. */
    readonly path: string,
    /** Without its byte order mark; line ends as they stand. */
    readonly text: string,
    readonly embedding: Embedding | null = null,
  ) {}

  /** The value of the file as JSON; undefined where it is none. */
  get json(): unknown {
    this.#json ??= { value: looksLikeJson(this.text) ? parsedJson(this.text) : undefined };
    return this.#json.value;
  }

  /** The value of a file whose name says YAML, a list where it holds several documents; undefined where it is none. */
  get yaml(): unknown {
    return this.#readYaml().file?.value;
  }

  /** The value as JSON or, failing that, as YAML. */
  get value(): unknown {
    return this.json ?? this.yaml;
  }

  /** Where the file means to be JSON or YAML and is not; null where all is well. Says nothing of the content. */
  get syntaxProblem(): SyntaxProblem | null {
    if (!looksLikeJson(this.text)) return this.#readYaml().problem;
    if (this.json !== undefined || this.#readYaml().file !== null) return null;
    const error = findSyntaxError(this.text);
    const message = error === null ? 'malformed' : `expected ${error.expected}`;
    return { format: 'JSON', ...this.position(error?.offset ?? 0), message };
  }

  /** Line and column of an offset in `text`; of an embedded text, in the file that holds it. */
  position(offset: number): { line: number; column: number } {
    if (this.embedding !== null) {
      const { file, pointer } = this.embedding;
      this.#embedded ??= file.places([pointer]).get(pointer);
      return file.position(this.#embedded?.offsetOf(offset) ?? 0);
    }
    this.#lines ??= new LineTable(this.text);
    return this.#lines.position(offset);
  }

  /** Where the values at RFC 6901 pointers stand, in JSON as in YAML: one pass for all of them. */
  places(pointers: readonly string[]): Map<string, ValuePlace> {
    const places = new Map<string, ValuePlace>();
    if (this.json === undefined) {
      const { file } = this.#readYaml();
      for (const pointer of new Set(pointers)) {
        const place = file?.place(pointer);
        if (place !== undefined) places.set(pointer, place);
      }
      return places;
    }
    for (const [pointer, span] of locate(this.text, pointers)) {
      let offsets: Uint32Array | undefined;
      const start = span.isString ? span.start + 1 : span.start;
      places.set(pointer, {
        start,
        offsetOf: (offset) => {
          if (!span.isString || offset === 0) return start;
          offsets ??= decodeMap(this.text, span);
          return offsets[Math.min(offset, offsets.length - 1)] ?? start;
        },
      });
    }
    return places;
  }

  /** The string at a pointer of this file as a file of its own, with positions and pointers of this one. */
  embedded(pointer: string, text: string): SourceFile {
    return new SourceFile(this.path, text, { file: this, pointer });
  }

  /** A pointer of this text as reports give it: below the pointer of the string that holds the text. */
  shownPointer(pointer: string): string {
    return this.embedding === null ? pointer : this.embedding.file.shownPointer(this.embedding.pointer) + pointer;
  }

  #readYaml(): { file: YamlFile | null; problem: SyntaxProblem | null } {
    this.#yaml ??= this.#parseYaml();
    return this.#yaml;
  }

  #parseYaml(): { file: YamlFile | null; problem: SyntaxProblem | null } {
    if (!/\.(ya?ml|lookml|jinja2?)$/i.test(this.path) || this.text.trim() === '') return { file: null, problem: null };
    const read = YamlFile.read(this.text);
    if (read instanceof YamlFile) return { file: read, problem: null };
    return { file: null, problem: { format: 'YAML', ...this.position(read.offset), message: read.message } };
  }
}

/** An object or a list; not `{{ … }}` or `{% … %}` of a template, nor SQL in parentheses or brackets. */
function looksLikeJson(text: string): boolean {
  const start = text.search(/\S/);
  if (start < 0) return false;
  if (text.charAt(start) === '{') return /^\{\s*(["}]|$)/.test(text.slice(start, start + 200).trimEnd());
  return text.charAt(start) === '[' && /^\[\s*([[{"\]\d\-tfn]|$)/.test(text.slice(start, start + 200).trimEnd());
}
