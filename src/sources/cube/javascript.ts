import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/javascript';
import type { Origin } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import { camelCase, type ModelNode, type ModelText } from './node.js';

/** A call of `cube(name, { … })`. Without a name or definition a program computes them. */
export interface CubeCall {
  name: string | null;
  definition: JavaScriptNode | null;
  origin: Origin;
}

/** Deeper programs are left: the definition of a cube stands near the surface. */
const DEPTH_MAX = 200;

/** The cubes of a JavaScript model, in order, and whether parts were too deep to look at. The program is parsed, never run. */
export function cubeCalls(file: SourceFile): { calls: CubeCall[]; isCut: boolean } {
  const calls: CubeCall[] = [];
  let depth = 0;
  let isCut = false;
  parser.parse(file.text).iterate({
    enter(reference) {
      if (++depth > DEPTH_MAX) {
        // The counterpart is not called for what is not entered.
        depth--;
        isCut = true;
        return false;
      }
      if (reference.name !== 'CallExpression') return true;
      const { node } = reference;
      if (textOf(node.firstChild, file) === 'cube') calls.push(callOf(node, file));
      return true;
    },
    leave() {
      depth--;
    },
  });
  return { calls, isCut };
}

function callOf(node: SyntaxNode, file: SourceFile): CubeCall {
  const [first, second] = values(node.getChild('ArgList'));
  const name = first === undefined ? null : literalOf(first, file);
  const definition = second?.name === 'ObjectExpression' && name !== null ? new JavaScriptNode(file, second, name) : null;
  return { name, definition, origin: originOf(file, name === null ? 'cube()' : `cube(${name})`, node.from) };
}

/** A value of a JavaScript program that stands there as a literal. */
export class JavaScriptNode implements ModelNode {
  readonly isDynamic: boolean;
  readonly #properties: Map<string, SyntaxNode> | null;

  constructor(
    readonly file: SourceFile,
    readonly node: SyntaxNode,
    /** How people find it: `orders/measures/total/sql`. */
    readonly at: string,
  ) {
    const { properties, isDynamic } = node.name === 'ObjectExpression' ? propertiesOf(node, file) : { properties: null, isDynamic: isComputed(node, file) };
    this.#properties = properties;
    this.isDynamic = isDynamic;
  }

  get(key: string): ModelNode | undefined {
    const name = this.#properties?.has(key) === true ? key : camelCase(key);
    const found = this.#properties?.get(name);
    return found === undefined || found.name === 'null' ? undefined : new JavaScriptNode(this.file, found, `${this.at}/${name}`);
  }

  named(): [string, ModelNode][] {
    if (this.#properties !== null) return [...this.#properties].map(([name, node]) => [name, new JavaScriptNode(this.file, node, `${this.at}/${name}`)]);
    return this.items().flatMap((item): [string, ModelNode][] => {
      const name = item.get('name')?.path();
      return name === null || name === undefined ? [] : [[name, item]];
    });
  }

  items(): ModelNode[] {
    if (this.node.name !== 'ArrayExpression') return [];
    return values(this.node).map((node, index) => new JavaScriptNode(this.file, node, `${this.at}/${index}`));
  }

  text(): ModelText | null {
    const text = templateNode(this.node);
    if (text === null) return this.node.name === 'Number' ? { text: this.#source, style: 'javascript' } : null;
    return { text: decode(this.file.text.slice(text.from + 1, text.to - 1), text.name === 'TemplateString'), style: 'javascript' };
  }

  path(): string | null {
    if (this.node.name === 'VariableName' || this.node.name === 'MemberExpression') {
      return /^[\w.\s]{1,300}$/.test(this.#source) ? this.#source.replace(/\s+/g, '') : null;
    }
    const body = this.node.name === 'ArrowFunction' ? (this.node.lastChild ?? this.node) : null;
    if (body !== null && (body.name === 'VariableName' || body.name === 'MemberExpression')) return new JavaScriptNode(this.file, body, this.at).path();
    return this.text()?.text.trim() ?? null;
  }

  isTrue(): boolean {
    return this.#source === 'true';
  }

  origin(): Origin {
    const text = templateNode(this.node);
    return originOf(this.file, this.at, text === null ? this.node.from : text.from + 1);
  }

  get #source(): string {
    return this.file.text.slice(this.node.from, this.node.to);
  }
}

/** A string or template, also as the body of `(CUBE) => …`. */
function templateNode(node: SyntaxNode): SyntaxNode | null {
  if (node.name === 'String' || node.name === 'TemplateString') return node;
  const body = node.name === 'ArrowFunction' ? node.lastChild : null;
  return body?.name === 'String' || body?.name === 'TemplateString' ? body : null;
}

function propertiesOf(node: SyntaxNode, file: SourceFile): { properties: Map<string, SyntaxNode>; isDynamic: boolean } {
  const properties = new Map<string, SyntaxNode>();
  let isDynamic = false;
  for (const property of node.getChildren('Property')) {
    const key = property.getChild('PropertyDefinition') ?? property.getChild('String') ?? property.getChild('Number');
    const value = property.lastChild;
    const isPlain = key !== null && key.from === property.from && value !== null && value.from > key.to;
    const name = isPlain ? (key.name === 'String' ? literalOf(key, file) : textOf(key, file)) : null;
    if (name === null || value === null) isDynamic = true;
    else properties.set(name, value);
  }
  return { properties, isDynamic };
}

function isComputed(node: SyntaxNode, file: SourceFile): boolean {
  if (node.name === 'ArrayExpression') return node.getChild('Spread') !== null || file.text.slice(node.from, node.from + 20).startsWith('[...');
  return templateNode(node) === null && !['Number', 'BooleanLiteral', 'null', 'String'].includes(node.name);
}

/** The items of a list or of arguments, without brackets, commas and comments. */
function values(list: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let node = list?.firstChild ?? null; node !== null; node = node.nextSibling) {
    if (!/^[^A-Za-z]+$|Comment$|^Spread$/.test(node.name)) found.push(node);
  }
  return found;
}

/** The text of a string without holes; null for other values. */
function literalOf(node: SyntaxNode, file: SourceFile): string | null {
  if (node.name !== 'String' && node.name !== 'TemplateString') return null;
  if (node.getChild('Interpolation') !== null) return null;
  return decode(file.text.slice(node.from + 1, node.to - 1), node.name === 'TemplateString');
}

function textOf(node: SyntaxNode | null, file: SourceFile): string {
  return node === null ? '' : file.text.slice(node.from, node.to);
}

function originOf(file: SourceFile, pointer: string, offset: number): Origin {
  return { file: file.path, pointer, ...file.position(offset) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };

/** The escapes of ECMAScript strings; line ends of templates are `\n`. */
function decode(source: string, isTemplate: boolean): string {
  const lines = isTemplate ? source.replaceAll('\r\n', '\n') : source;
  if (!lines.includes('\\')) return lines;
  return lines.replace(/\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r?\n|([^]))/g, (_, long: string | undefined, four: string | undefined, two: string | undefined, other: string | undefined) => {
    const code = Number.parseInt(long ?? four ?? two ?? '', 16);
    if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    return other === undefined ? '' : (ESCAPES[other] ?? other);
  });
}

/** A text such as `(CUBE) => \`${CUBE}.id\`` that the interface gives for the SQL of a member: the template within, and where it begins. */
export function functionText(source: string): { text: string; offset: number } | null {
  const match = /^\s*(?:\([\w\s,]{0,500}\)|\w{1,100})\s*=>\s*([`'"])/.exec(source);
  const end = source.trimEnd().length;
  if (match?.[1] === undefined || source.charAt(end - 1) !== match[1] || end - 1 < match[0].length) return null;
  return { text: decode(source.slice(match[0].length, end - 1), match[1] === '`'), offset: match[0].length };
}
