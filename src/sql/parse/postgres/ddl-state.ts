import type { RangeVar, TypeName } from '@pgsql/types';
import type { Catalog, Column, Constraint, Relation, StoredFunction } from '../../../model/catalog.js';
import type { Diagnostic } from '../../../model/syntax-tree.js';
import type { SchemaChange } from '../../../model/migration.js';
import { emptyCatalog } from '../../catalog.js';
import type { Parse } from '../front-end.js';
import type { ViewResolution } from '../../lineage.js';
import { relationKey, SchemaIndex } from '../../schema-index.js';
import { typesOf, withPrecision } from './ddl-known-types.js';
import { texts, typeText } from './nodes.js';

/** The schema of names without one, where no search_path was set. */
export const DEFAULT_SCHEMA = 'public';

export interface Name {
  schema: string;
  name: string;
}

/** A type that the text defines. */
export type UserType = Name & ({ kind: 'enum'; values: string[] } | { kind: 'composite'; columns: Column[] } | { kind: 'domain'; base: TypeName | undefined; baseText?: string; required: boolean });

type WithoutPlace<T> = T extends unknown ? Omit<T, 'place'> : never;
/** A change before it is known where it is written. */
export type Change = WithoutPlace<SchemaChange>;

/** Who wants to know what statements change of a catalogue that is there. */
export interface ChangeRecorder {
  changed(change: Change): void;
  /** The effect of the statement is not known, or it fails as it stands: one sentence. */
  unknown(why: string): void;
}

/** What the statements read so far have made: the catalogue as it is being built. */
export class DdlState {
  readonly catalog: Catalog;
  /** Null where a text of DDL is read for its own sake: then details that only a change needs are left out. */
  readonly recorder: ChangeRecorder | null;
  readonly diagnostics: Diagnostic[] = [];
  /** As SET search_path last had it. */
  path: readonly string[] = [DEFAULT_SCHEMA];
  /** Of the statement that is read: what `diagnose` says lies there. */
  offset = 0;
  /** What dropped CHECKs listed, by `schema.table.column`, for those that come in their place. */
  readonly droppedLists = new Map<string, string[]>();
  /** Reads the definitions of views; absent where nothing is recorded. */
  parse: Parse | null = null;
  /** Views already resolved; forgotten when something changes that they may read. */
  readonly views = new Map<string, ViewResolution>();
  readonly #types: UserType[] = [];
  #index: SchemaIndex | null = null;
  #isQuiet = false;
  #isTolerant = false;
  /** Whether the catalogue has a constraint for each NOT NULL, as from 18 on. */
  readonly listsNotNull: boolean;
  readonly #domainsAsTypes: boolean;

  /** @param existing the catalogue that is changed in place, and who is told of each change; nothing exists where it is left out */
  constructor(existing: { catalog: Catalog; recorder: ChangeRecorder } | null = null) {
    this.catalog = existing?.catalog ?? emptyCatalog();
    this.recorder = existing?.recorder ?? null;
    const constraints = existing?.catalog.constraints ?? [];
    this.listsNotNull = existing !== null && (constraints.length === 0 || constraints.some(({ kind }) => kind === 'not_null'));
    const columns = existing?.catalog.relations.flatMap((relation) => relation.columns) ?? [];
    this.#domainsAsTypes = !columns.some(({ domain }) => domain !== undefined);
    if (existing) this.#types.push(...typesOf(existing.catalog));
  }

  /** Something of the name is there already: the statement does nothing, or fails. */
  exists(key: string, isAllowed: boolean): void {
    if (isAllowed) this.harmless(key, 'it exists already, so that nothing happens');
    else this.unknown(`fails: ${key} exists already`);
  }

  /** What a column says of a domain as its type, in the way of the catalogue at hand. */
  domainOf(type: TypeName | undefined): Partial<Pick<Column, 'type' | 'domain' | 'baseType'>> {
    const known = this.recorder && type ? this.findType(texts(type.names)) : null;
    if (known?.kind !== 'domain' || (type?.arrayBounds?.length ?? 0) > 0) return {};
    const base = known.baseText ?? this.typeText(known.base);
    return this.#domainsAsTypes ? { type: relationKey(known), baseType: base } : { type: base, domain: relationKey(known) };
  }

  /** Tells of a change, but for what only belongs to another one that is told. */
  emit(change: Change): void {
    if (!this.#isQuiet) this.recorder?.changed(change);
  }

  /** Says why the effect of the statement is not known, or that the server refuses it. */
  unknown(why: string): void {
    if (this.#isTolerant && why.startsWith('fails: ')) this.harmless('', `it does nothing where it ${why}`);
    else this.recorder?.unknown(why);
  }

  /** Does what may fail without harm, as in a block that catches the failure. */
  tolerantly(work: () => void): void {
    this.#isTolerant = true;
    try {
      work();
    } finally {
      this.#isTolerant = false;
    }
  }

  harmless(relation: string, what: string): void {
    this.emit({ kind: 'harmless', relation, what });
  }

  /** Does what belongs to one change without telling of each part. */
  quietly<T>(work: () => T): T {
    const before = this.#isQuiet;
    this.#isQuiet = true;
    try {
      return work();
    } finally {
      this.#isQuiet = before;
    }
  }

  types(): readonly UserType[] {
    return this.#types;
  }

  /** Something is uncertain: what the statement names is not known. */
  diagnose(message: string): void {
    this.diagnostics.push({ severity: 'warning', message, offset: this.offset });
  }

  /** The name that a statement gives to something new. */
  newName(schema: string | undefined, name: string | undefined): Name {
    return { schema: schema ?? this.path[0] ?? DEFAULT_SCHEMA, name: name ?? '' };
  }

  /** The same for a list of parts, of which the last is the name. */
  newNameOf(parts: readonly string[]): Name {
    return this.newName(parts.at(-2), parts.at(-1));
  }

  index(): SchemaIndex {
    this.#index ??= new SchemaIndex(this.catalog);
    return this.#index;
  }

  /** The relation that a statement names; null, and a diagnostic, where no statement before has made it. */
  find(named: RangeVar | readonly string[], missingOk = false): Relation | null {
    const [schema, name] = isParts(named) ? partsOf(named) : [named.schemaname ?? null, named.relname ?? ''];
    const relation = this.index().find(schema, name, this.path);
    const key = schema === null ? name : `${schema}.${name}`;
    if (!relation && !missingOk) {
      this.diagnose(`no statement before creates ${key}`);
      this.unknown(`the catalogue has no relation ${key}: its effect is not known; give the migrations that come before, or a newer bundle`);
    }
    return relation;
  }

  /** Adds a relation, in place of one of the same name. */
  add(relation: Relation): void {
    const known = this.index().get(relationKey(relation));
    if (known) this.remove(known);
    this.catalog.relations.push(relation);
    this.#index?.addRelation(relation);
  }

  /** Takes a relation away with all that hangs on it, its partitions too. */
  remove(relation: Relation): void {
    const { catalog } = this;
    const key = relationKey(relation);
    const ofOther = (item: { schema: string; relation: string }): boolean => item.schema !== relation.schema || item.relation !== relation.name;
    catalog.relations = catalog.relations.filter((other) => other !== relation);
    catalog.constraints = catalog.constraints.filter(ofOther);
    catalog.indexes = catalog.indexes.filter(ofOther);
    catalog.grants = catalog.grants.filter(ofOther);
    catalog.policies = catalog.policies.filter(ofOther);
    for (const publication of catalog.publications) publication.tables = publication.tables.filter(ofOther);
    for (const part of catalog.relations.filter(({ partitionOf }) => partitionOf === key)) this.remove(part);
    this.renamed();
  }

  /** Gives a relation another name; what refers to it follows. */
  rename(relation: Relation, to: Name): void {
    const from = { schema: relation.schema, name: relation.name };
    const follow = (item: { schema: string; relation: string }): void => {
      if (item.schema === from.schema && item.relation === from.name) Object.assign(item, { schema: to.schema, relation: to.name });
    };
    for (const constraint of this.catalog.constraints) {
      follow(constraint);
      if (constraint.references) follow(constraint.references);
    }
    this.catalog.indexes.forEach(follow);
    this.catalog.grants.forEach(follow);
    this.catalog.policies.forEach(follow);
    for (const { tables } of this.catalog.publications) tables.forEach(follow);
    for (const part of this.catalog.relations) if (part.partitionOf === relationKey(from)) part.partitionOf = relationKey(to);
    Object.assign(relation, to);
    this.renamed();
  }

  /** The partitions of a relation, on every level. */
  partitions(relation: Relation): Relation[] {
    const direct = this.catalog.relations.filter(({ partitionOf }) => partitionOf === relationKey(relation));
    return direct.flatMap((part) => [part, ...this.partitions(part)]);
  }

  /** Must be called when something is another that a view may read. */
  changed(): void {
    this.views.clear();
  }

  /** Must be called when something has another name or is gone. */
  renamed(): void {
    this.#index = null;
    this.views.clear();
  }

  addType(type: UserType): void {
    this.#types.push(type);
  }

  removeType({ schema, name }: Name): void {
    const at = this.#types.findLastIndex((type) => type.schema === schema && type.name === name);
    if (at >= 0) this.#types.splice(at, 1);
  }

  findType(parts: readonly string[]): UserType | null {
    const [schema, name] = partsOf(parts);
    const same = this.#types.filter((type) => type.name === name);
    if (schema !== null) return same.findLast((type) => type.schema === schema) ?? null;
    for (const candidate of this.path) {
      const found = same.findLast((type) => type.schema === candidate);
      if (found) return found;
    }
    return same.length === 1 ? (same[0] ?? null) : null;
  }

  /** A type as the server prints it in a catalogue: with its schema where it is one of ours, `%TYPE` as what it stands for. */
  typeText(type: TypeName | undefined): string {
    const parts = texts(type?.names);
    if (type?.pct_type) {
      const column = parts.at(-1);
      const found = this.find(parts.slice(0, -1))?.columns.find(({ name }) => name === column);
      return found?.type ?? parts.join('.');
    }
    const printed = withPrecision(typeText(type));
    if (parts.length !== 1) return printed;
    const own = this.findType(parts) ?? this.index().find(null, parts[0] ?? '', this.path);
    return own ? `${own.schema}.${printed}` : printed;
  }

  /** The members of an enum, also under domains; null for every other type. */
  enumValues(type: TypeName | undefined): string[] | null {
    if (!type || (type.arrayBounds?.length ?? 0) > 0) return null;
    const known = this.findType(texts(type.names));
    if (known?.kind === 'enum') return [...known.values];
    return known?.kind === 'domain' ? this.enumValues(known.base) : null;
  }

  /** The fields of a composite type that the text defines, or of an array of one. */
  fields(type: TypeName | undefined): string[] | null {
    const known = type ? this.findType(texts(type.names)) : null;
    if (known?.kind === 'composite') return known.columns.map(({ name }) => name);
    return known?.kind === 'domain' ? this.fields(known.base) : null;
  }

  /** Whether a type lets no null in: a domain, on any level, that says so. */
  isRequired(type: TypeName | undefined): boolean {
    const known = type ? this.findType(texts(type.names)) : null;
    return known?.kind === 'domain' && (known.required || this.isRequired(known.base));
  }

  constraintsOf({ schema, name }: Name): Constraint[] {
    return this.catalog.constraints.filter((constraint) => constraint.schema === schema && constraint.relation === name);
  }

  /** Adds a function, in place of one that takes the same types. */
  addFunction(stored: StoredFunction): void {
    const signature = inputTypes(stored);
    const replaced = this.index().functionsNamed(stored.schema, stored.name, []).find((other) => inputTypes(other) === signature);
    if (replaced) {
      this.catalog.functions = this.catalog.functions.filter((other) => other !== replaced);
      this.renamed();
    }
    this.catalog.functions.push(stored);
    this.#index?.addFunction(stored);
    this.emit({ kind: replaced ? 'function-replaced' : 'function-added', relation: '', name: relationKey(stored) });
  }
}

/** What tells overloads apart. */
export function inputTypes({ arguments: parameters }: Pick<StoredFunction, 'arguments'>): string {
  return parameters.filter(({ mode }) => mode !== 'out').map(({ type }) => type).join(',');
}

function isParts(named: RangeVar | readonly string[]): named is readonly string[] {
  return Array.isArray(named);
}

function partsOf(parts: readonly string[]): [schema: string | null, name: string] {
  return [parts.at(-2) ?? null, parts.at(-1) ?? ''];
}
