import type { CollectedQuery, Container, Problem, QueryRole, QueryVariant, SqlKind } from '../../model/query.js';
import { splitStatements } from '../../sql/lexer.js';
import { fillHoles } from '../../template/holes.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import type { SourceFile } from '../common/source-file.js';
import { descriptionOf, titleOf } from '../common/words.js';
import type { XmlElement, XmlText } from '../common/xml.js';
import type { ReadContext } from '../source.js';
import { neutraliseCustomSql, neutraliseInitialSql } from './custom-sql.js';
import { tableVariant } from './names.js';
import { argumentHoles, rawSqlCalls } from './raw-sql.js';
import { leavesOf, relationsOf, type Leaf, type Relations } from './relations.js';
import { StatementBuilder } from './statement.js';
import { bareChildren, pieceOf, type Datasource, type NamedConnection, type Workbook } from './workbook.js';

const ID = 'tableau';
/** A longer relation is not repeated around each expression that is read from it. */
const RELATION_LENGTH_MAX = 50_000;

/** What the server calls the workbook, where it comes from there; else the name of the file without its folders and ending. */
export function workbookName({ root }: Workbook, { path }: { path: string }): string {
  const published = root.child('repository-location')?.attribute('id');
  if (published) return published;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/\.(twb|tds|xml)$/i, '') || path;
}

interface Fragment {
  /** Of the id, within the data source. */
  part: string;
  role: QueryRole;
  sqlKind: SqlKind;
  title: string;
  element: XmlElement;
  /** For the pointer: the attribute that holds the text. */
  attribute?: string;
  /** Null for what Tableau builds. */
  stored: XmlText | null;
  connection: NamedConnection | null;
  variants: QueryVariant[];
  problems: Problem[];
}

/** The records of one workbook or data source file. */
export class WorkbookReader {
  readonly #name: string;

  constructor(
    readonly workbook: Workbook,
    readonly file: SourceFile,
    readonly context: ReadContext,
    /** Names of published data sources that are among the files, and the workbooks that read each. */
    readonly published: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#name = workbookName(workbook, file);
  }

  *queries(): Generator<CollectedQuery> {
    for (const datasource of this.workbook.datasources) {
      for (const fragment of this.#fragments(datasource)) yield this.#query(datasource, fragment);
    }
  }

  *#fragments(datasource: Datasource): Generator<Fragment> {
    const { published } = datasource;
    if (published !== null) {
      if (!this.published.has(published)) yield this.#proxy(datasource, published);
      yield* this.#rawSql(datasource, null);
      return;
    }
    const relations = relationsOf(datasource);
    for (const leaf of relations.leaves) yield this.#leaf(leaf);
    yield* this.#trees(relations);
    yield* this.#unread(relations);
    for (const connection of datasource.connections) yield* this.#initialSql(connection);
    yield* this.#rawSql(datasource, relations);
  }

  #leaf(leaf: Leaf): Fragment {
    const { kind, name, element, connection, stored } = leaf;
    const engine = connection?.reference.engine ?? null;
    const base = { part: name, role: 'relation' as const, title: name, element, stored, connection };
    if (kind === 'text') return { ...base, sqlKind: 'statement', ...neutraliseCustomSql(stored.text, this.workbook.parameters) };
    const attribute = element.attribute('table') === null ? {} : { attribute: 'table' };
    if (kind === 'table') return { ...base, ...attribute, sqlKind: 'relation', variants: [wrapFragment(tableVariant(stored.text, engine), 'relation', null)], problems: [] };
    const message = `the stored procedure ${name.slice(0, 100)} runs in the database; what it reads is not in the workbook`;
    return { ...base, role: 'query', sqlKind: 'statement', variants: [], problems: [{ code: 'unsupported', message }] };
  }

  *#trees({ trees }: Relations): Generator<Fragment> {
    for (const tree of trees) {
      const leaves = leavesOf(tree);
      const [first] = leaves;
      // Tables of several connections are joined by Tableau itself: no store sees that statement.
      if (first === undefined || leaves.some(({ connection }) => connection?.name !== first.connection?.name)) continue;
      const built = new StatementBuilder(first.connection?.reference.engine ?? null, this.workbook.parameters).build(tree);
      const title = `${tree.kind} of ${leaves.map(({ name }) => name).join(', ')}`;
      const part = `${tree.kind}:${first.name}`;
      const problems: Problem[] = built === null ? [{ code: 'unsupported', message: `the ${tree.kind} cannot be rebuilt: a part of it has no SQL` }] : [];
      const variants = built === null ? [] : [rebuiltVariant('default', built.sql, [`the SQL is rebuilt from the ${tree.kind} of the data source`, ...built.assumptions])];
      yield { part, role: tree.kind === 'join' ? 'join' : 'relation', sqlKind: 'statement', title, element: tree.element, stored: null, connection: first.connection, variants, problems };
    }
  }

  *#unread({ unread }: Relations): Generator<Fragment> {
    for (const { element, cause } of unread) {
      const name = element.attribute('name') ?? 'relation';
      yield { part: name, role: 'relation', sqlKind: 'statement', title: name, element, stored: null, connection: null, variants: [], problems: [{ code: 'unsupported', message: cause }] };
    }
  }

  #proxy({ element, caption }: Datasource, published: string): Fragment {
    const [connection] = bareChildren(element, 'connection');
    const message = `the SQL lies in the published data source ${published.slice(0, 100)} on the Tableau server; export it too, or read the server`;
    return {
      part: 'published',
      role: 'relation',
      sqlKind: 'statement',
      title: caption,
      element: connection ?? element,
      stored: null,
      connection: null,
      variants: [],
      problems: [{ code: 'missing-reference', message }],
    };
  }

  *#initialSql(connection: NamedConnection): Generator<Fragment> {
    const whole = connection.element.attributeText('one-time-sql');
    if (whole === null || whole.text.trim() === '') return;
    const spans = whole.text.length > TEXT_LENGTH_MAX ? [{ start: 0, end: whole.text.length }] : splitStatements(whole.text);
    const name = connection.name === null ? 'initial SQL' : `initial SQL of ${connection.reference.name ?? connection.name}`;
    for (const [index, { start, end }] of spans.entries()) {
      const stored = pieceOf(whole, start, end);
      const part = `initial-sql:${connection.name ?? 'connection'}${index === 0 ? '' : `:${index + 1}`}`;
      const rendered = neutraliseInitialSql(stored.text, this.workbook.parameters);
      yield { part, role: 'hook', sqlKind: 'statement', title: name, element: connection.element, attribute: 'one-time-sql', stored, connection, ...rendered };
    }
  }

  *#rawSql(datasource: Datasource, relations: Relations | null): Generator<Fragment> {
    const [first] = relations?.leaves ?? [];
    const connection = first?.connection ?? null;
    const engine = connection?.reference.engine ?? null;
    let relation: string | null | undefined;
    for (const column of bareChildren(datasource.element, 'column')) {
      const calculation = bareChildren(column, 'calculation')[0];
      const formula = calculation?.attribute('formula') ?? '';
      if (calculation === undefined || !/rawsql/i.test(formula)) continue;
      const whole = calculation.attributeText('formula');
      if (whole === null) continue;
      relation ??= relations === null ? null : this.#relationOf(relations, engine);
      const name = column.attribute('name') ?? 'calculation';
      for (const [index, call] of rawSqlCalls(whole.text).entries()) {
        const stored = pieceOf(whole, call.start, call.end);
        const { variants, problems } = fillHoles(stored.text, argumentHoles(stored.text, call.arguments, engine), { word: 'argument' });
        const title = column.attribute('caption') ?? name;
        const part = `${call.name.toLowerCase()}:${name}${index === 0 ? '' : `:${index + 1}`}`;
        const wrapped = variants.map((variant) => wrapFragment(variant, 'expression', relation ?? null));
        yield { part, role: call.role, sqlKind: 'expression', title, element: calculation, attribute: 'formula', stored, connection, variants: wrapped, problems };
      }
    }
  }

  /** What the fields of a data source are read from: its only relation, or its joined tables. */
  #relationOf({ leaves, trees }: Relations, engine: string | null): string | null {
    const builder = new StatementBuilder(engine, this.workbook.parameters);
    const [leaf, ...others] = leaves;
    const [tree] = trees;
    const built = tree === undefined ? null : builder.build(tree);
    const relation = leaf !== undefined && others.length === 0 ? builder.source(leaf) : built === null ? null : `(\n${built.sql}\n)`;
    return relation === null || relation.length > RELATION_LENGTH_MAX ? null : relation;
  }

  #query(datasource: Datasource, fragment: Fragment): CollectedQuery {
    const { part, role, sqlKind, element, attribute, stored, connection, variants, problems } = fragment;
    const offset = stored?.offsetOf(0) ?? element.start;
    const pointer = element.path() + (attribute === undefined ? '' : `/@${attribute}`);
    const caption = this.#caption(datasource);
    const title = fragment.title === caption ? caption : `${caption}: ${fragment.title}`;
    return {
      id: `${ID}:${this.#name}:${datasource.name}:${part}`,
      kind: ID,
      role,
      sqlKind,
      title: titleOf(title),
      description: descriptionOf(descriptionFrom(datasource)),
      container: this.#container(datasource),
      owners: [],
      connection: connection?.reference ?? this.#connection(datasource) ?? this.context.connection,
      origin: { file: this.file.path, pointer, ...this.file.position(offset) },
      raw: stored === null || stored.text.length > TEXT_LENGTH_MAX ? '' : stored.text,
      reconstructed: stored === null && problems.length === 0,
      variants,
      isPublic: false,
      lifecycle: 'active',
      usage: null,
      schedule: datasource.isExtract ? 'extract' : 'live',
      problems,
      ...(datasource.isExtract && KEPT_ROLES.has(role) ? { deliveries: [{ kind: 'extract', format: datasource.extractFormat, schedule: null }] } : {}),
    };
  }

  /** A file of one data source may hold Tableau's internal name only, `federated.1x8…`: people know it by its file. */
  #caption({ element, caption }: Datasource): string {
    return this.workbook.root.name === 'datasource' && element.attribute('caption') === null ? this.#name : caption;
  }

  #connection(datasource: Datasource): CollectedQuery['connection'] {
    const [only, ...others] = datasource.connections;
    return only !== undefined && others.length === 0 ? only.reference : null;
  }

  /** The dashboard where only one shows the data; else the workbook, of a published data source the only one that reads it. */
  #container({ dashboards }: Datasource): Container {
    const [reader, ...readers] = this.workbook.root.name === 'datasource' ? (this.published.get(this.#name) ?? []) : [];
    if (reader !== undefined && readers.length === 0) return { kind: 'workbook', id: reader, title: titleOf(reader) };
    const [only, ...others] = dashboards;
    if (only !== undefined && others.length === 0) return { kind: 'dashboard', id: `${this.#name}/${only}`, title: titleOf(only) };
    return { kind: 'workbook', id: this.#name, title: titleOf(this.#name) };
  }
}

/** What an extract keeps: the rows of the data source, not those that its preparation or its expressions read. */
const KEPT_ROLES: ReadonlySet<CollectedQuery['role']> = new Set(['query', 'relation', 'join']);

function descriptionFrom({ worksheets, dashboards }: Datasource): string | null {
  const parts = [
    worksheets.length === 0 ? '' : `Worksheets: ${worksheets.join(', ')}.`,
    dashboards.length === 0 ? '' : `Dashboards: ${dashboards.join(', ')}.`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' ');
}
