import { SaxesParser } from 'saxes';
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

/** One element of a changelog, in whatever format it is written. */
export interface ChangeNode {
  name: string;
  attributes: Map<string, string>;
  children: ChangeNode[];
  /** What stands in the element besides others. */
  text: string;
  /** Where the element begins, and where its text does. */
  offset: number;
  textOffset: number;
}

interface Tree {
  root: ChangeNode | null;
  error: { message: string; offset: number } | null;
}

const DEPTH_MAX = 50;
/** An alias of YAML may stand for a text that stands for many more. */
const NODES_MAX = 200_000;

function newNode(name: string, offset: number): ChangeNode {
  return { name, attributes: new Map(), children: [], text: '', offset, textOffset: offset };
}

export function fromXml(text: string): Tree {
  const parser = new SaxesParser({ position: true });
  const open: ChangeNode[] = [];
  let root: ChangeNode | null = null;
  let error: Tree['error'] = null;
  const addText = (content: string): void => {
    const current = open.at(-1);
    if (!current) return;
    // Where the text begins: entities make it shorter than it is written.
    if (current.text === '') current.textOffset = Math.max(parser.position - content.length - 1, current.offset);
    current.text += content;
  };
  parser.on('opentag', ({ name, attributes }) => {
    const start = text.lastIndexOf('<', Math.max(parser.position - 1, 0));
    const node = newNode(name.replace(/^\w+:/, ''), Math.max(start, 0));
    for (const [key, value] of Object.entries(attributes)) node.attributes.set(key, String(value));
    if (open.length < DEPTH_MAX) open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('error', ({ message }) => {
    error ??= { message: `the XML cannot be read from here on: ${message.replace(/^\d+:\d+:\s*/, '')}`, offset: Math.min(parser.position, text.length) };
  });
  try {
    parser.write(text).close();
  } catch (thrown) {
    error ??= { message: `the XML cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`, offset: 0 };
  }
  return { root, error };
}

/** YAML, of which JSON is a part. */
export function fromYaml(text: string): Tree {
  const document = parseDocument(text, { lineCounter: new LineCounter(), strict: false, uniqueKeys: false });
  const [first] = document.errors;
  const error = first ? { message: `the changelog cannot be read: ${first.message.split('\n')[0] ?? ''}`, offset: first.pos[0] } : null;
  const root = newNode('databaseChangeLog', 0);
  const list = isMap(document.contents) ? document.contents.get('databaseChangeLog', true) : null;
  const counted = { left: NODES_MAX };
  if (isSeq(list)) for (const item of list.items) addItem(item, root, counted, 0);
  return { root, error };
}

function addItem(item: unknown, parent: ChangeNode, counted: { left: number }, depth: number): void {
  if (!isMap(item) || depth > DEPTH_MAX) return;
  for (const pair of item.items) {
    if (!isPair(pair) || !isScalar(pair.key) || counted.left-- < 0) continue;
    addPair(String(pair.key.value), pair.value, startOf(pair.key), parent, counted, depth);
  }
}

function addPair(name: string, value: unknown, offset: number, parent: ChangeNode, counted: { left: number }, depth: number): void {
  if (isScalar(value)) {
    parent.attributes.set(name, value.value === null ? '' : String(value.value));
    if (name === 'sql') {
      // A text may be the whole change: `- sql: select 1`.
      const node = newNode('sql', offset);
      node.text = String(value.value ?? '');
      node.textOffset = startOf(value);
      if (parent.name === 'changes') parent.children.push(node);
      else parent.textOffset = startOf(value);
    }
    return;
  }
  const node = newNode(name, offset);
  parent.children.push(node);
  if (isMap(value)) addItem(value, node, counted, depth + 1);
  if (isSeq(value)) for (const item of value.items) addItem(item, node, counted, depth + 1);
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
