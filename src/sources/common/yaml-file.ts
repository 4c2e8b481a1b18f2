import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type Node } from 'yaml';
import { scalarOffsets } from './yaml-scalar.js';
import type { ValuePlace } from './value-place.js';

/** How often anchors may be copied by aliases before a file is taken for a bomb. */
const ALIAS_COUNT_MAX = 1_000;

export interface YamlSyntaxError {
  offset: number;
  /** In words, without the content of the file. */
  message: string;
}

/**
 * A YAML file, also one that is a Jinja or Helm template itself. `value` is the document's, or the list of the documents'
 * values where there are several; pointers follow the same form.
 */
export class YamlFile {
  readonly value: unknown;
  readonly #documents: Document[];

  private constructor(
    readonly text: string,
    documents: Document[],
    value: unknown,
  ) {
    this.#documents = documents;
    this.value = value;
  }

  /** Never throws for what stands in the text. */
  static read(text: string): YamlFile | YamlSyntaxError {
    const plain = attempt(text, text);
    if (plain instanceof YamlFile || !/\{[{%#]/.test(text)) return plain;
    const disguised = attempt(text, disguise(text));
    return disguised instanceof YamlFile ? disguised : plain;
  }

  static build(text: string, documents: Document[]): YamlFile {
    const values = documents.map((document) => reveal(document.toJS({ maxAliasCount: ALIAS_COUNT_MAX })));
    return new YamlFile(text, documents, values.length === 1 ? values[0] : values);
  }

  /** Where a value stands; undefined for a pointer that leads nowhere. A value behind an alias stands at its anchor. */
  place(pointer: string): ValuePlace | undefined {
    const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const document = this.#documents.length === 1 ? this.#documents[0] : this.#documents[Number(steps.shift())];
    if (document === undefined) return undefined;
    let node: Node | null = document.contents;
    for (const step of steps) {
      const inner = childOf(resolved(node, document), step);
      if (inner === null) return undefined;
      node = inner;
    }
    const value = resolved(node, document);
    if (value?.range === undefined || value.range === null) return undefined;
    const [start] = value.range;
    const offsets = isScalar(value) ? scalarOffsets(value, this.text) : null;
    return { start: offsets?.[0] ?? start, offsetOf: (offset) => offsets?.[Math.min(offset, offsets.length - 1)] ?? start };
  }
}

function attempt(text: string, shown: string): YamlFile | YamlSyntaxError {
  try {
    const documents = parseAllDocuments(shown, { keepSourceTokens: true, uniqueKeys: false, strict: false, logLevel: 'silent', prettyErrors: false });
    if (!Array.isArray(documents)) return YamlFile.build(text, []);
    const [error] = documents.flatMap((document) => document.errors);
    if (error !== undefined) return { offset: error.pos[0], message: error.message.split('\n')[0]?.slice(0, 120) ?? 'malformed' };
    return YamlFile.build(text, documents.filter(({ contents }) => contents !== null));
  } catch (error) {
    // The parser recurses, aliases may be too many, and an alias may name no anchor.
    if (error instanceof RangeError) return { offset: 0, message: 'it is nested too deeply' };
    if (error instanceof ReferenceError) return { offset: 0, message: 'its aliases are too many or name no anchor' };
    throw error;
  }
}

function childOf(node: Node | null, step: string): Node | null {
  const found: unknown = isMap(node)
    ? node.items.findLast(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === step)?.value
    : isSeq(node)
      ? node.items[Number(step)]
      : null;
  return isNodeLike(found) ? found : null;
}

function isNodeLike(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

/** Braces as letters that YAML does not look at, and lines of template blocks as comments: lengths stay. */
const OPEN = '\ue0f0';
const CLOSE = '\ue0f1';

function disguise(text: string): string {
  return text
    .replace(/^([ \t]*)\{%[^\n]*%\}[ \t]*$/gm, (line) => `#${' '.repeat(line.length - 1)}`)
    .replace(/\{#[^]*?#\}/g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/\{\{[^{}\n]{0,500}\}\}|\{%[^{}\n]{0,500}%\}/g, (found) => found.replaceAll('{', OPEN).replaceAll('}', CLOSE).replaceAll(': ', ':\u00a0').replaceAll(' #', '\u00a0#'));
}

function reveal(value: unknown): unknown {
  if (typeof value === 'string') return value.includes(OPEN) ? value.replaceAll(OPEN, '{').replaceAll(CLOSE, '}').replaceAll('\u00a0', ' ') : value;
  if (Array.isArray(value)) return value.map(reveal);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}
