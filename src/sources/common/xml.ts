import { SaxesParser } from 'saxes';
import { decodeXml, type XmlText } from './xml-text.js';

export type { XmlText } from './xml-text.js';

/** Deeper elements are refused: exports nest a few dozen levels. */
const DEPTH_MAX = 300;
/** Kept elements, in all. */
const ELEMENTS_MAX = 500_000;

/** Where a document stops being readable. What stands before it was read. */
export interface XmlProblem {
  /** In the text of the file. */
  offset: number;
  /** What is wrong, without a word of the document. */
  cause: string;
}

export interface XmlDocument {
  /** Null where not even the first element could be read. */
  root: XmlElement | null;
  problem: XmlProblem | null;
}

/** An element with what is needed to say where its text and attributes stand. */
export class XmlElement {
  readonly children: XmlElement[] = [];
  #places: Map<XmlElement, number> | null = null;
  /** Where its content ends; the end of the document where that is cut. */
  contentEnd: number;

  constructor(
    readonly source: string,
    readonly name: string,
    readonly parent: XmlElement | null,
    /** Decoded. */
    readonly attributes: ReadonlyMap<string, string>,
    /** Of the `<`. */
    readonly start: number,
    /** Behind the `>` of the start tag. */
    readonly contentStart: number,
  ) {
    this.contentEnd = source.length;
  }

  attribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  /** Its own text: entities and CDATA decoded, comments and child elements left out. */
  text(): XmlText {
    return decodeXml(this.source, this.contentStart, this.contentEnd, 'content');
  }

  /** An attribute with positions; null where there is none. */
  attributeText(name: string): XmlText | null {
    const span = this.attributes.has(name) ? attributeSpan(this.source, this.start + 1 + this.name.length, this.contentStart, name) : null;
    return span === null ? null : decodeXml(this.source, span.start, span.end, 'attribute');
  }

  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  childrenNamed(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The first element under these names, each below the other. */
  at(...names: string[]): XmlElement | undefined {
    let found: XmlElement | undefined = this.child(names[0] ?? '');
    for (const name of names.slice(1)) found = found?.child(name);
    return found;
  }

  /** Every element below, in document order. */
  *descendants(): Generator<XmlElement> {
    const pending = this.children.toReversed();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      yield next;
      for (let at = next.children.length - 1; at >= 0; at--) {
        const child = next.children[at];
        if (child !== undefined) pending.push(child);
      }
    }
  }

  /** Its path for a person who looks it up: `/workbook/datasources/datasource[@name='x']`. */
  path(): string {
    const steps = [this.#step()];
    for (let at = this.parent; at !== null; at = at.parent) steps.push(at.#step());
    return `/${steps.toReversed().join('/')}`;
  }

  #step(): string {
    const name = this.attribute('name') ?? this.attribute('Name');
    if (name !== null && name.length <= 100 && !name.includes("'")) return `${this.name}[@${this.attributes.has('name') ? 'name' : 'Name'}='${name}']`;
    const place = this.parent === null ? undefined : this.parent.#placeOf(this);
    return place === undefined ? this.name : `${this.name}[${place}]`;
  }

  /** Which of its children of that name an element is, from 1; undefined for the only one. */
  #placeOf(child: XmlElement): number | undefined {
    if (this.#places === null) {
      const counts = new Map<string, number>();
      this.#places = new Map();
      for (const one of this.children) {
        const count = (counts.get(one.name) ?? 0) + 1;
        counts.set(one.name, count);
        this.#places.set(one, count);
      }
      for (const [one] of this.#places) if (counts.get(one.name) === 1) this.#places.delete(one);
    }
    return this.#places.get(child);
  }
}

/**
 * Reads an XML document without its subtrees that nobody asks for. Only the five entities of XML 1.0 (section 4.6) and
 * character references are known: a document type declaration, where others could be defined, is refused, and with it all that follows.
 *
 * @param skips whether an element, with all that it holds, is left out
 */
export function readXml(text: string, skips: (name: string, parent: XmlElement) => boolean = () => false): XmlDocument {
  const reader = new Reader(text, skips);
  return reader.read();
}

/** Ends the parser from within its handlers. */
class Stop extends Error {
  override readonly name = 'Stop';

  constructor(
    readonly offset: number,
    readonly why: string,
  ) {
    super(why);
  }
}

class Reader {
  readonly #parser = new SaxesParser({ position: true });
  #root: XmlElement | null = null;
  #open: XmlElement | null = null;
  /** How many elements are open within a skipped one. */
  #skipped = 0;
  #depth = 0;
  #count = 0;
  #tagStart = 0;

  constructor(
    readonly text: string,
    readonly skips: (name: string, parent: XmlElement) => boolean,
  ) {}

  read(): XmlDocument {
    const parser = this.#parser;
    parser.on('error', () => {
      throw new Stop(parser.position, 'the XML is malformed');
    });
    parser.on('doctype', () => {
      throw new Stop(parser.position, 'the XML has a document type declaration, which is not read because it may define entities');
    });
    parser.on('opentagstart', ({ name }) => {
      this.#tagStart = this.text.lastIndexOf('<', parser.position - name.length - 1);
    });
    parser.on('opentag', ({ name, attributes }) => this.#opened(name, attributes));
    parser.on('closetag', ({ name, isSelfClosing }) => this.#closed(name, isSelfClosing));
    try {
      parser.write(this.text).close();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return { root: this.#root, problem: { offset: Math.min(error.offset, this.text.length), cause: error.why } };
    }
    return { root: this.#root, problem: null };
  }

  #opened(name: string, attributes: Readonly<Record<string, unknown>>): void {
    const { position } = this.#parser;
    if (++this.#depth > DEPTH_MAX) throw new Stop(position, `the XML nests more than ${DEPTH_MAX} elements`);
    const parent = this.#open;
    if (this.#skipped > 0 || (parent !== null && this.skips(name, parent))) {
      this.#skipped++;
      return;
    }
    if (++this.#count > ELEMENTS_MAX) throw new Stop(position, `the XML has more than ${ELEMENTS_MAX} elements`);
    const element = new XmlElement(this.text, name, parent, decodedAttributes(attributes), this.#tagStart, position);
    if (parent === null) this.#root = element;
    else parent.children.push(element);
    this.#open = element;
  }

  #closed(name: string, isSelfClosing: boolean): void {
    this.#depth--;
    if (this.#skipped > 0) {
      this.#skipped--;
      return;
    }
    const { position } = this.#parser;
    const element = this.#open;
    if (element === null) return;
    element.contentEnd = isSelfClosing ? element.contentStart : this.text.lastIndexOf('</', position - name.length - 1);
    this.#open = element.parent;
  }
}

function decodedAttributes(attributes: Readonly<Record<string, unknown>>): Map<string, string> {
  const decoded = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) if (typeof value === 'string') decoded.set(name, value);
  return decoded;
}

/** Where the value of an attribute stands in a start tag, without its quotes. One pass over the tag, which is well-formed. */
function attributeSpan(source: string, from: number, to: number, wanted: string): { start: number; end: number } | null {
  let at = from;
  while (at < to) {
    const equals = source.indexOf('=', at);
    if (equals < 0 || equals >= to) return null;
    const name = source.slice(at, equals).trim();
    let open = equals + 1;
    while (open < to && source.charAt(open) !== '"' && source.charAt(open) !== "'") open++;
    const end = source.indexOf(source.charAt(open), open + 1);
    if (end < 0) return null;
    if (name === wanted) return { start: open + 1, end };
    at = end + 1;
  }
  return null;
}
