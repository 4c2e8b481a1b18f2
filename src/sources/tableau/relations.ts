import type { XmlElement, XmlText } from '../common/xml.js';
import { bareChildren, bareName, connectionOf, isOfFiles, type Datasource, type NamedConnection } from './workbook.js';

/** What a data source reads: a custom SQL, a table or a procedure. */
export interface Leaf {
  kind: 'text' | 'table' | 'procedure';
  element: XmlElement;
  /** What joins and fields call it. */
  name: string;
  connection: NamedConnection | null;
  /** The SQL, the name of the table as Tableau writes it, or that of the procedure. */
  stored: XmlText;
}

/** A tree of joins and unions over leaves, as the tables stand side by side in the data source's pane. */
export type RelationTree =
  | { kind: 'leaf'; leaf: Leaf }
  | { kind: 'join'; element: XmlElement; type: string; sides: [RelationTree, RelationTree]; clause: XmlElement | null }
  | { kind: 'union'; element: XmlElement; name: string; members: RelationTree[] };

export interface Relations {
  /** Each once: the object model repeats what the connection says. */
  leaves: Leaf[];
  /** The joins and unions of the data source itself, outermost. */
  trees: Exclude<RelationTree, { kind: 'leaf' }>[];
  /** Relations of a kind that is not known, or without what they need. */
  unread: { element: XmlElement; cause: string }[];
}

const JOINS = new Map([
  ['inner', 'JOIN'],
  ['left', 'LEFT JOIN'],
  ['right', 'RIGHT JOIN'],
  ['full', 'FULL JOIN'],
  ['outer', 'FULL JOIN'],
  ['cross', 'CROSS JOIN'],
]);

export function joinWords(type: string): string {
  return JOINS.get(type) ?? 'JOIN';
}

/** Every relation of a data source, those of its extract apart: they lie in Tableau's own file. */
export function relationsOf(datasource: Datasource): Relations {
  const reader = new RelationReader(datasource);
  for (const connection of bareChildren(datasource.element, 'connection')) reader.block(connection);
  for (const graph of bareChildren(datasource.element, 'object-graph')) {
    for (const element of graph.descendants()) {
      if (bareName(element.name) === 'properties' && element.attribute('context') !== 'extract') reader.block(element);
    }
  }
  return reader.found;
}

class RelationReader {
  readonly found: Relations = { leaves: [], trees: [], unread: [] };
  readonly #seen = new Set<string>();

  constructor(readonly datasource: Datasource) {}

  block(element: XmlElement): void {
    for (const relation of bareChildren(element, 'relation')) {
      const tree = this.#tree(relation);
      this.#keep(tree);
    }
  }

  #keep(tree: RelationTree | null): void {
    if (tree === null || tree.kind === 'leaf') return;
    const key = `tree\n${shapeOf(tree)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.found.trees.push(tree);
  }

  #tree(element: XmlElement): RelationTree | null {
    const type = element.attribute('type');
    switch (type) {
      case 'text':
      case 'table':
      case 'stored-proc':
        return this.#leaf(element, type);
      case 'join': {
        const [left, right] = bareChildren(element, 'relation').map((child) => this.#tree(child));
        if (!left || !right) return left ?? right ?? null;
        return { kind: 'join', element, type: element.attribute('join') ?? 'inner', sides: [left, right], clause: bareChildren(element, 'clause')[0] ?? null };
      }
      case 'union': {
        const members = bareChildren(element, 'relation').flatMap((child) => this.#tree(child) ?? []);
        return members.length === 0 ? null : { kind: 'union', element, name: element.attribute('name') ?? 'Union', members };
      }
      case 'collection':
      case 'subquery':
      case 'project':
      case 'pivot':
        this.#inner(element);
        return null;
      case 'batch-union':
        return null;
      default:
        this.#unread(element, `relations of the type ${(type ?? 'none').slice(0, 40)} are not known`);
        this.#inner(element);
        return null;
    }
  }

  /** What stands side by side in an element, or is reshaped by it: each is read by itself. */
  #inner(element: XmlElement): void {
    for (const child of bareChildren(element, 'relation')) this.#keep(this.#tree(child));
  }

  #leaf(element: XmlElement, type: 'text' | 'table' | 'stored-proc'): RelationTree | null {
    const connection = connectionOf(this.datasource, element.attribute('connection'));
    const actual = type === 'stored-proc' ? bareChildren(element, 'actual-name')[0]?.text() : undefined;
    const stored = type === 'text' ? element.text() : (actual ?? element.attributeText(type === 'table' ? 'table' : 'procedure') ?? element.attributeText('name'));
    if (stored === null || stored.text.trim() === '') {
      this.#unread(element, 'the relation has no text');
      return null;
    }
    const name = element.attribute('name') ?? stored.text;
    const kind = type === 'stored-proc' ? 'procedure' : type;
    const leaf: Leaf = { kind, element, name, connection, stored };
    // A sheet of a file, and the extract that stands for the tables, are no relations of a store.
    if (kind === 'table' && isOfFiles(connection)) return null;
    if (kind === 'table' && stored.text.startsWith('[Extract].[')) return null;
    const key = `${connection?.name ?? ''}\n${name}\n${kind}\n${stored.text}`;
    if (!this.#seen.has(key)) {
      this.#seen.add(key);
      this.found.leaves.push(leaf);
    }
    return { kind: 'leaf', leaf };
  }

  #unread(element: XmlElement, cause: string): void {
    const key = `unread\n${element.attribute('name') ?? ''}\n${cause}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.found.unread.push({ element, cause });
  }
}

/** The leaves of a tree in the order in which they are written. */
export function leavesOf(tree: RelationTree): Leaf[] {
  switch (tree.kind) {
    case 'leaf':
      return [tree.leaf];
    case 'join':
      return tree.sides.flatMap(leavesOf);
    case 'union':
      return tree.members.flatMap(leavesOf);
  }
}

function shapeOf(tree: RelationTree): string {
  if (tree.kind === 'leaf') return `${tree.leaf.connection?.name ?? ''}/${tree.leaf.name}`;
  const parts = tree.kind === 'join' ? tree.sides : tree.members;
  return `${tree.kind}(${parts.map(shapeOf).join(',')})`;
}
