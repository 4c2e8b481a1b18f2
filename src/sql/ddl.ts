import type { Catalog, Column, Relation } from '../model/catalog.js';
import type { CreateStatement, Diagnostic, ParsedStatement, ParseOutcome, TableDefinition, TableReference, UtilityStatement } from '../model/syntax-tree.js';
import { emptyCatalog } from './catalog.js';
import { type Dialect, foldName } from './dialect.js';
import { functionFromText } from './ddl-function.js';
import { lineageContext, resolveStatement, type ViewResolution } from './lineage.js';
import type { Parse } from './parse/front-end.js';
import { relationKey, SchemaIndex } from './schema-index.js';

export interface StatementCatalog {
  catalog: Catalog;
  /** What the parser said, and what no statement before has made. */
  diagnostics: Diagnostic[];
}

/**
 * The catalogue that DDL of any dialect describes: tables with their keys, tables made of queries or after other tables, views,
 * and SQL functions and macros. Statements of other kinds are passed over. A name without a schema is in the one that USE set,
 * else in the first of the dialect's search path, else in none: then its key is the bare name. PostgreSQL has a reader of
 * its own, `readDdl`.
 *
 * @param outcome of `text`, which is the whole DDL
 * @param parse reads views that others read, if it was not in `text`
 */
export function catalogFromStatements(outcome: ParseOutcome, text: string, dialect: Dialect, parse: Parse): StatementCatalog {
  const builder = new StatementBuilder(dialect, parse);
  for (const parsed of outcome.statements) builder.add(parsed, statementText(parsed, outcome, text));
  const { catalog, diagnostics } = builder;
  const sorted = catalog.relations.toSorted((a, b) => (relationKey(a) < relationKey(b) ? -1 : 1));
  return { catalog: { ...catalog, relations: sorted }, diagnostics: [...outcome.diagnostics, ...diagnostics] };
}

/** A parser that gives no positions is taken at its word where the text is one statement. */
function statementText({ span }: ParsedStatement, { statements }: ParseOutcome, text: string): string {
  const slice = statements.length === 1 && span.end <= span.start ? text : text.slice(span.start, span.end);
  return slice.trim().replace(/;$/, '').trim();
}

class StatementBuilder {
  readonly catalog: Catalog = emptyCatalog();
  readonly diagnostics: Diagnostic[] = [];
  readonly #dialect: Dialect;
  readonly #parse: Parse;
  /** Definitions by their text, as they stand in the whole. */
  readonly #known = new Map<string, ParseOutcome>();
  readonly #views = new Map<string, ViewResolution>();
  #path: readonly string[];
  #index: SchemaIndex;

  constructor(dialect: Dialect, parse: Parse) {
    this.#dialect = dialect;
    this.#parse = (text) => this.#known.get(text) ?? parse(text);
    this.#path = dialect.searchPath;
    this.#index = new SchemaIndex(this.catalog, dialect);
  }

  add(parsed: ParsedStatement, text: string): void {
    const { statement } = parsed;
    if (statement.type === 'table_definition') this.#table(statement);
    else if (statement.type === 'create') this.#query(statement, parsed, text);
    else if (statement.type === 'utility') this.#utility(statement, text, parsed.span.start);
  }

  #table({ target, columns, keys }: TableDefinition): void {
    const name = this.#name(target);
    const primary = new Set(keys.flatMap((key) => (key.kind === 'primary_key' ? key.columns : [])));
    this.#addRelation(newRelation(name, 'table', columns.map((column) => newColumn(column.name, column.dataType, column.nullable && !primary.has(column.name)))));
    for (const key of keys) {
      this.catalog.constraints.push({
        schema: name.schema, relation: name.name, name: `${name.name}_${key.kind === 'primary_key' ? 'pkey' : `${key.columns.join('_')}_key`}`, kind: key.kind, columns: key.columns,
        expression: null, references: null, validated: true, enforced: true,
      });
    }
  }

  #query(statement: CreateStatement, parsed: ParsedStatement, text: string): void {
    const isView = statement.object !== 'table';
    if (isView) this.#known.set(text, { statements: [parsed], diagnostics: [], frontEnd: null, confidence: 'high' });
    this.#addRelation(newRelation(this.#name(statement.target), statement.object, this.#columns(statement, parsed), isView ? text : null));
  }

  #columns(statement: CreateStatement, { span }: ParsedStatement): Column[] {
    try {
      const context = lineageContext(this.#index, this.#parse, { searchPath: this.#path, dialect: this.#dialect, views: this.#views });
      const slots = resolveStatement(statement, context).writes.values().next().value ?? [];
      // A star over what is not known has no names to give.
      return slots.flatMap(({ name }) => (name === '*' ? [] : [newColumn(name, '', true)]));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.diagnostics.push({ severity: 'error', message: `the query of ${statement.target.name} is nested too deeply to be followed`, offset: span.start });
      return [];
    }
  }

  #utility({ verb, relations }: UtilityStatement, text: string, offset: number): void {
    const [target, model] = relations;
    const use = /^use\s+(?:schema\s+|database\s+)?((?:[\w$]+|"[^"]+"|`[^`]+`)(?:\.(?:[\w$]+|"[^"]+"|`[^`]+`))*)$/i.exec(text)?.[1];
    if (use !== undefined && !/^use\s+(?:warehouse|role|catalog)\s/i.test(text)) {
      const last = use.split('.').at(-1) ?? '';
      this.#path = [foldName(last.replace(/^["`]|["`]$/g, ''), /^["`]/.test(last), this.#dialect), ...this.#dialect.searchPath];
    } else if ((verb === 'create_table' || verb === 'create') && target && model) {
      const source = this.#index.find(model.schema, model.name, this.#path);
      if (source) this.#addRelation(newRelation(this.#name(target), 'table', source.columns.map((column) => ({ ...column }))));
      else this.diagnostics.push({ severity: 'warning', message: `no statement before creates ${model.name}`, offset });
    } else if (verb.startsWith('create')) {
      const stored = functionFromText(text, this.#dialect, this.#path[0] ?? '');
      if (!stored) return;
      this.catalog.functions.push(stored);
      this.#index.addFunction(stored);
    }
  }

  #name({ schema, name }: TableReference): { schema: string; name: string } {
    return { schema: schema ?? this.#path[0] ?? '', name };
  }

  /** Adds a relation, in place of one of the same name. */
  #addRelation(relation: Relation): void {
    const key = relationKey(relation);
    const replaced = this.#index.get(key);
    if (!replaced) {
      this.catalog.relations.push(relation);
      this.#index.addRelation(relation);
      return;
    }
    const ofOther = (item: { schema: string; relation: string }): boolean => item.schema !== replaced.schema || item.relation !== replaced.name;
    this.catalog.relations = [...this.catalog.relations.filter((other) => other !== replaced), relation];
    this.catalog.constraints = this.catalog.constraints.filter(ofOther);
    this.#index = new SchemaIndex(this.catalog, this.#dialect);
    this.#views.clear();
  }
}

function newColumn(name: string, type: string, nullable: boolean): Column {
  return { name, type, nullable, comment: null, label: null, enumValues: null };
}

function newRelation(name: { schema: string; name: string }, kind: Relation['kind'], columns: Column[], definition: string | null = null): Relation {
  return {
    ...name, kind, columns, definition, owner: null, comment: null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}
