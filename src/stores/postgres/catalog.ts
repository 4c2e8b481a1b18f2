import type { z } from 'zod';
import type { Catalog, Column, Policy, Publication, Relation, StoredFunction } from '../../model/catalog.js';
import type { Gap } from '../../model/snapshot.js';
import { withoutOuterParentheses } from '../shared/expression.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap, StoreLost, type Reading } from '../store.js';
import * as rows from './catalog-rows.js';
import { errorCode, errorText } from './failure.js';
import { functionRow, needsText, toFunction } from './functions.js';
import type { Session } from './session.js';
import type { SettingReading } from './settings.js';
import { readTexts, TEXT_LENGTH_MAX, type TextReading } from './texts.js';

const BLOCK_BYTES_DEFAULT = 8192;
/** Beyond these a catalogue is cut, with a gap: they bound memory to some hundred megabytes. */
const RELATIONS_MAX = 50_000;
const ROWS_MAX = 500_000;
const NAMES_IN_GAP_MAX = 3;

interface Server {
  version_num: number;
}

/**
 * Reads the catalogue with system catalogues alone, which every role may read: CONNECT is enough. One statement a part,
 * each in its own transaction, so that no snapshot is held for longer than one of them takes.
 * @throws the reason of an abort; StoreLost when the connection had been lost before.
 */
export async function readCatalog(session: Session, store: string, server: Server, defaults: SettingReading): Promise<Reading<Catalog>> {
  const reader = new CatalogReader(session, store, server.version_num, Number(defaults.settings['block_size'] ?? BLOCK_BYTES_DEFAULT));
  const value = await reader.read();
  return { value: { ...value, settings: defaults.settings }, gaps: [...defaults.gaps, ...reader.gaps()] };
}

class CatalogReader {
  readonly #gaps: Gap[] = [];
  readonly #unreadAfterLoss: string[] = [];
  #loss: StoreLost | null = null;
  #read = 0;
  #relations = new Map<number, Relation>();
  /** Columns with a default, or computed ones, by the identifier of the expression. */
  readonly #computed = new Map<number, { relation: number; column: Column; isGenerated: boolean }>();

  constructor(
    private readonly session: Session,
    private readonly store: string,
    private readonly version: number,
    private readonly block_bytes: number,
  ) {}

  gaps(): Gap[] {
    if (!this.#loss) return this.#gaps;
    const missing = `${this.#unreadAfterLoss.join(', ')} of the catalogue`;
    return [
      ...this.#gaps,
      { ...this.#gap(missing, this.#loss.message.slice(this.store.length + 2), 'Run it again when the server is back.'), severity: 'blind' },
    ];
  }

  async read(): Promise<Omit<Catalog, 'settings'>> {
    this.#relations = await this.#part('relations', new Map(), () => this.#readRelations());
    await this.#part('columns', undefined, () => this.#readColumns());
    await this.#part('defaults of columns', undefined, () => this.#readDefaults());
    await this.#part('view definitions', undefined, () => this.#readDefinitions());
    await this.#part('recorded columns of views', undefined, () => this.#readRecordedColumns());
    return {
      relations: sortedBy([...this.#relations.values()], (r) => [r.schema, r.name]),
      constraints: sortedBy(await this.#part('constraints', [], () => this.#readConstraints()), (c) => [c.schema, c.relation, c.name, c.kind]),
      indexes: sortedBy(await this.#part('indexes', [], () => this.#readIndexes()), (i) => [i.schema, i.relation, i.name]),
      roles: sortedBy(await this.#part('roles', [], () => this.#readRoles()), (r) => [r.name]),
      grants: sortedBy(await this.#part('grants', [], () => this.#readGrants()), (g) => [g.schema, g.relation, g.grantee]),
      policies: sortedBy(await this.#part('policies', [], () => this.#readPolicies()), (p) => [p.schema, p.relation, p.name]),
      extensions: sortedBy(await this.#part('extensions', [], () => this.#rows('extensions', rows.extensionRow)), (e) => [e.name]),
      functions: sortedBy(await this.#part('functions', [], () => this.#readFunctions()), (f) => [f.schema, f.name, ...f.arguments.map(({ type }) => type)]),
      publications: sortedBy(await this.#part('publications', [], () => this.#readPublications()), (p) => [p.name]),
    };
  }

  /** One part: what fails costs it alone. */
  async #part<T>(name: string, nothing: T, read: () => Promise<T>): Promise<T> {
    if (this.#loss) {
      this.#unreadAfterLoss.push(name);
      return nothing;
    }
    try {
      const value = await read();
      this.#read++;
      return value;
    } catch (error) {
      if (error instanceof StoreLost) {
        // Nothing read yet: then there is nothing to keep, and the caller must know.
        if (this.#read === 0) throw error;
        this.#loss = error;
        this.#unreadAfterLoss.push(name);
      } else {
        this.session.rethrowFatal(error);
        const denied = error instanceof PermissionGap;
        const remedy = denied ? 'Let the role read the system catalogues, as PostgreSQL does by default.' : 'Run it again when the server is less busy.';
        this.#gaps.push(this.#gap(`${name} of the catalogue`, denied ? error.detail : errorText(error), remedy));
      }
      return nothing;
    }
  }

  #gap(missing: string, cause: string, remedy: string): Gap {
    return { subject: this.store, missing, cause, remedy, severity: 'partial' };
  }

  async #rows<T>(file: string, row: z.ZodType<T>, row_max = ROWS_MAX): Promise<T[]> {
    const sql = loadSql('postgres', file, this.version, {
      row_max: String(row_max + 1),
      text_max: String(TEXT_LENGTH_MAX),
    });
    const found = await this.#withRetry(() => this.session.query(row, sql));
    if (found.length <= row_max) return found;
    const cause = `there are more than ${row_max} and tidemark reads no more`;
    this.#gaps.push(this.#gap(`the rest of the ${file} of the catalogue`, cause, 'Name the database that holds the schemas in question.'));
    return found.slice(0, row_max);
  }

  /** A lock on a system catalogue (VACUUM FULL, REINDEX SYSTEM) is soon gone. */
  async #withRetry<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (errorCode(error) !== '55P03') throw error;
      return read();
    }
  }

  async #readRelations(): Promise<Map<number, Relation>> {
    const found = await this.#rows('relations', rows.relationRow, RELATIONS_MAX);
    const relations = new Map(found.map((row) => [row.id, rows.toRelation(row, this.version, this.block_bytes)]));
    const children = new Map<Relation, Relation[]>();
    for (const row of found) {
      const relation = relations.get(row.id);
      const parent = row.parent === null ? undefined : relations.get(row.parent);
      if (!relation || !parent) continue;
      relation.partitionOf = `${parent.schema}.${parent.name}`;
      children.set(parent, [...(children.get(parent) ?? []), relation]);
    }
    for (const parent of children.keys()) addUpPartitions(parent, children);
    return relations;
  }

  async #readColumns(): Promise<void> {
    const enums = new Map((await this.#rows('enums', rows.enumRow)).map((row) => [row.id, row.members]));
    for (const row of await this.#rows('columns', rows.columnRow)) {
      const column = rows.toColumn(row, enums);
      this.#relations.get(row.relation)?.columns.push(column);
      if (row.expression_id !== null) this.#computed.set(row.expression_id, { relation: row.relation, column, isGenerated: row.is_generated });
    }
  }

  async #readDefaults(): Promise<void> {
    const { texts } = await this.#texts('default_texts', 'defaults of columns', unique([...this.#computed.values()].map(({ relation }) => relation)));
    for (const [id, { column, isGenerated }] of this.#computed) {
      const text = texts.get(id);
      if (text !== undefined) column[isGenerated ? 'generated' : 'default'] = text;
    }
  }

  async #readDefinitions(): Promise<void> {
    const views = this.#views().map(([id]) => id);
    const { texts } = await this.#texts('view_texts', 'view definitions', views);
    for (const [id, text] of texts) {
      const view = this.#relations.get(id);
      if (view) view.definition = text.trim().replace(/;$/, '');
    }
  }

  #views(): [number, Relation][] {
    return [...this.#relations].filter(([, { kind }]) => kind === 'view' || kind === 'materialized_view');
  }

  async #readRecordedColumns(): Promise<void> {
    const found = await this.#rows('recorded_columns', rows.recordedRow);
    // Cut short, it would be taken for all that a view refers to.
    if (found.length === ROWS_MAX) return;
    for (const [, view] of this.#views()) view.recordedColumns = [];
    for (const row of found) this.#relations.get(row.relation)?.recordedColumns?.push(...rows.toRecorded(row));
    for (const [, view] of this.#views()) view.recordedColumns?.sort();
  }

  async #readFunctions(): Promise<StoredFunction[]> {
    const found = await this.#rows('functions', functionRow);
    const ids = found.filter(needsText).map(({ id }) => id);
    const nameOf = new Map(found.map(({ id, schema, name }) => [id, `${schema}.${name}`]));
    const { texts } = await this.#texts('function_texts', 'function bodies', ids, (id) => nameOf.get(id));
    return found.map((row) => toFunction(row, texts.get(row.id) ?? null));
  }

  async #readConstraints(): Promise<Catalog['constraints']> {
    const found = await this.#rows('constraints', rows.constraintRow);
    const checks = unique(found.filter((row) => row.kind === 'c').map((row) => row.relation));
    const { texts } = await this.#texts('check_texts', 'CHECK expressions', checks);
    return found.flatMap((row) => {
      const relation = this.#relations.get(row.relation);
      return relation ? [rows.toConstraint(row, relation, row.id === null ? null : (texts.get(row.id) ?? null))] : [];
    });
  }

  async #readIndexes(): Promise<Catalog['indexes']> {
    const found = await this.#rows('indexes', rows.indexRow);
    const partial = unique(found.filter((row) => row.partial).map((row) => row.relation));
    const { texts } = await this.#texts('index_texts', 'predicates of partial indexes', partial);
    return found.flatMap((row) => {
      const relation = this.#relations.get(row.relation);
      return relation ? [rows.toIndex(row, relation, texts.get(row.id) ?? null, this.block_bytes)] : [];
    });
  }

  async #readRoles(): Promise<Catalog['roles']> {
    return (await this.#rows('roles', rows.roleRow)).map(rows.toRole);
  }

  async #readGrants(): Promise<Catalog['grants']> {
    return rows.toGrants(await this.#rows('grants', rows.grantRow), this.#relations);
  }

  async #readPolicies(): Promise<Policy[]> {
    const found = (await this.#rows('policies', rows.policyRow)).filter((row) => this.#relations.has(row.relation));
    const filtering = unique(found.filter((row) => row.filters).map((row) => row.relation));
    const { texts } = await this.#texts('policy_texts', 'conditions of row security policies', filtering);
    return found.flatMap((row) => {
      const relation = this.#relations.get(row.relation);
      if (!relation) return [];
      const { schema, name } = relation;
      const command = rows.POLICY_COMMANDS[row.command] ?? row.command;
      return [{ schema, relation: name, name: row.name, command, roles: row.roles, using: bare(texts.get(row.id)) }];
    });
  }

  async #readPublications(): Promise<Publication[]> {
    const found = await this.#rows('publications', rows.publicationRow);
    const filtered = unique(found.filter((row) => row.filtered).flatMap((row) => row.relation ?? []));
    const { texts } = await this.#texts('publication_texts', 'row filters of publications', filtered);
    const publications = new Map<number, Publication>();
    for (const row of found) {
      const publication = publications.get(row.publication) ?? { name: row.name, allTables: row.all_tables, tables: [] };
      publications.set(row.publication, publication);
      const relation = row.relation === null ? undefined : this.#relations.get(row.relation);
      if (!relation) continue;
      const rowFilter = row.id === null ? null : bare(texts.get(row.id));
      publication.tables.push({ schema: relation.schema, relation: relation.name, columns: row.columns, rowFilter });
    }
    for (const publication of publications.values()) {
      publication.tables = sortedBy(publication.tables, (t) => [t.schema, t.relation]);
    }
    return [...publications.values()];
  }

  async #texts(file: string, what: string, ids: number[], nameOf = (id: number): string | undefined => this.#nameOf(id)): Promise<TextReading> {
    const reading = await readTexts(this.session, file, this.version, ids);
    const causes = new Map<string, string[]>();
    for (const [id, cause] of reading.unread) {
      const name = nameOf(id);
      if (name !== undefined) causes.set(cause, [...(causes.get(cause) ?? []), name]);
    }
    for (const [cause, names] of causes) {
      const more = names.length - NAMES_IN_GAP_MAX;
      const shown = names.toSorted().slice(0, NAMES_IN_GAP_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
      this.#gaps.push(this.#gap(`${what} of ${shown}`, cause, 'Run it again when the lock or the migration is over.'));
    }
    if (reading.tooLong > 0) {
      const cause = `longer than ${TEXT_LENGTH_MAX} characters`;
      this.#gaps.push({ ...this.#gap(`${reading.tooLong} ${what}`, cause, ''), remedy: null });
    }
    return reading;
  }

  #nameOf(id: number): string | undefined {
    const relation = this.#relations.get(id);
    return relation && `${relation.schema}.${relation.name}`;
  }
}

function bare(expression: string | undefined): string | null {
  return expression === undefined ? null : withoutOuterParentheses(expression);
}

/** The planner takes a partitioned table for the sum of its partitions. */
function addUpPartitions(parent: Relation, children: ReadonlyMap<Relation, Relation[]>): void {
  const parts = children.get(parent) ?? [];
  if (parent.kind !== 'partitioned_table' || parent.size_bytes !== null) return;
  for (const part of parts) addUpPartitions(part, children);
  const known = (values: (number | null)[]): number | null => {
    const numbers = values.filter((value) => value !== null);
    return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0);
  };
  parent.rows ??= known(parts.map((part) => part.rows));
  parent.size_bytes = known(parts.map((part) => part.size_bytes));
}

function unique(ids: number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
