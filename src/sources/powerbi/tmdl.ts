import type { SourceFile } from '../common/source-file.js';
import { lineText, type PlacedText } from './placed-text.js';

/** An object of a TMDL document (Tabular Model Definition Language): `keyword name = expression`, with what is indented below it. */
export interface TmdlObject {
  keyword: string;
  /** Without its quotes; empty for objects that have none, such as `source`. */
  name: string;
  /** What follows `=`: a line, the deeper lines below, or those between fences. */
  expression: PlacedText | null;
  /** `key: value`. */
  properties: Map<string, string>;
  /** Where the values of `properties` stand. */
  propertyPlaces: Map<string, PlacedText>;
  /** `key = expression`. */
  expressions: Map<string, PlacedText>;
  /** The lines `///` before it. */
  description: string | null;
  children: TmdlObject[];
  /** Of its first character. */
  offset: number;
}

interface Line {
  start: number;
  end: number;
  /** Behind the indentation. */
  content: number;
  /** In levels: a tab or four spaces. */
  level: number;
}

/** Longer heads of lines are no declarations. */
const HEAD = 1_000;
const DECLARATION = /^(?:ref\s+)?(\w{1,60})\s+('(?:[^']|''){0,500}'|[^\s=:']{1,500})[ \t]*(?:(=)|$)/;
const ASSIGNMENT = /^(\w{1,60})[ \t]*(=)/;
const PROPERTY = /^(\w{1,60})[ \t]*:[ \t]*/;
const BARE = /^(\w{1,60})[ \t]*$/;
/** What follows an expression at the level of its object's properties. */
const ENDS_EXPRESSION = /^(lineageTag|sourceLineageTag|queryGroup|annotation|formatString|mode|changedProperty|extendedProperty|description|resultType|remoteParameterName|dataView|isHidden)\b/;
/** Objects whose expression stands two levels below, since their properties stand one below. */
const HAS_PROPERTIES = new Set(['measure', 'expression', 'partition', 'column', 'calculationItem', 'function', 'tablePermission', 'annotation', 'extendedProperty']);

/** The topmost objects of a document. What is no TMDL is left out. */
export function readTmdl(file: SourceFile): TmdlObject[] {
  return new TmdlReader(file).read();
}

class TmdlReader {
  readonly #lines: Line[];
  readonly #text: string;
  #at = 0;
  #description: string[] = [];
  readonly #stack: { object: TmdlObject; level: number }[] = [];
  readonly #found: TmdlObject[] = [];

  constructor(readonly file: SourceFile) {
    this.#text = file.text;
    this.#lines = linesOf(file.text);
  }

  read(): TmdlObject[] {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++];
      if (line !== undefined && line.content < line.end) this.#line(line);
    }
    return this.#found;
  }

  #line(line: Line): void {
    const head = this.#text.slice(line.content, Math.min(line.end, line.content + HEAD)).trimEnd();
    if (head.startsWith('///')) {
      this.#description.push(head.slice(3).trim());
      return;
    }
    while ((this.#stack.at(-1)?.level ?? -1) >= line.level) this.#stack.pop();
    const owner = this.#stack.at(-1)?.object;
    const property = PROPERTY.exec(head);
    if (property !== null && owner !== undefined) {
      const [whole, name = ''] = property;
      owner.properties.set(name, head.slice(whole.length).trim());
      owner.propertyPlaces.set(name, lineText(this.file, this.#pointer(`/${name}`), [{ start: line.content + whole.length, end: line.content + head.length }]));
      return;
    }
    const assignment = ASSIGNMENT.exec(head);
    if (assignment !== null && owner !== undefined) {
      const [whole, name = ''] = assignment;
      const text = this.#expression(line, line.content + whole.length, this.#pointer(`/${name}`), 1);
      owner.expressions.set(name, text);
      return;
    }
    const declaration = DECLARATION.exec(head) ?? BARE.exec(head);
    if (declaration !== null) this.#object(line, declaration, owner);
  }

  #object(line: Line, [whole, keyword = '', written = '', equals]: RegExpExecArray, owner: TmdlObject | undefined): void {
    const name = written.startsWith("'") ? written.slice(1, -1).replaceAll("''", "'") : written;
    const description = this.#description.filter((text) => text !== '').join(' ') || null;
    this.#description = [];
    const object: TmdlObject = { keyword, name, expression: null, properties: new Map(), propertyPlaces: new Map(), expressions: new Map(), description, children: [], offset: line.content };
    (owner?.children ?? this.#found).push(object);
    this.#stack.push({ object, level: line.level });
    if (equals !== undefined) object.expression = this.#expression(line, line.content + whole.length, this.#pointer(''), HAS_PROPERTIES.has(keyword) ? 2 : 1);
  }

  #pointer(property: string): string {
    return this.#stack.map(({ object: { keyword, name } }) => `/${keyword}${name === '' ? '' : `[${name}]`}`).join('') + property;
  }

  /** What follows the sign `=`, whose end is at `from`. */
  #expression(line: Line, from: number, pointer: string, deeper: number): PlacedText {
    let start = from;
    while (start < line.end && /[ \t]/.test(this.#text.charAt(start))) start++;
    const rest = this.#text.slice(start, line.end).trimEnd();
    if (rest === '```') return lineText(this.file, pointer, this.#fenced());
    if (rest !== '') return lineText(this.file, pointer, [{ start, end: line.end }]);
    return lineText(this.file, pointer, this.#block(line.level, deeper));
  }

  #fenced(): Line[] {
    const first = this.#at;
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++];
      if (line !== undefined && this.#text.slice(line.content, line.end).trimEnd() === '```') return this.#lines.slice(first, this.#at - 1);
    }
    return this.#lines.slice(first);
  }

  /** The lines below that are indented more; blank ones at the end do not count. */
  #block(level: number, deeper: number): Line[] {
    const first = this.#at;
    let end = first;
    let least: number | null = null;
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.content >= line.end) continue;
      // People who write by hand indent by one level where the tool writes two.
      least ??= line.level >= level + deeper ? level + deeper : level + 1;
      if (line.level < least) break;
      if (line.level === level + 1 && deeper > 1 && ENDS_EXPRESSION.test(this.#text.slice(line.content, Math.min(line.end, line.content + 40)))) break;
      end = this.#at + 1;
    }
    this.#at = end;
    return this.#lines.slice(first, end);
  }
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start <= text.length) {
    const feed = text.indexOf('\n', start);
    const stop = feed < 0 ? text.length : feed;
    const end = text.charAt(stop - 1) === '\r' && stop > start ? stop - 1 : stop;
    let content = start;
    let width = 0;
    for (; content < end; content++) {
      const character = text.charAt(content);
      if (character === '\t') width += 4;
      else if (character === ' ') width += 1;
      else break;
    }
    lines.push({ start, end, content, level: Math.floor(width / 4) });
    if (feed < 0) break;
    start = feed + 1;
  }
  return lines;
}
