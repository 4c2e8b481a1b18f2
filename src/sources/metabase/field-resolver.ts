import { nestable } from '../../template/metabase.js';
import { columnOf, type MetabaseField, type MetabaseTable } from './field-catalog.js';
import { bare, fieldKey, idArgument, idOption, textOption, type CardSql, type ResultColumn } from './field-key.js';
import { pathOfKey } from './ids.js';
import type { LoweringContext } from './lower.js';
import type { Argument, Clause, Join, Stage, StageSource } from './mbql.js';
import type { NestedColumns } from './nest.js';
import { identifier, type TypedSql } from './sql-text.js';
import { bucket, isTemporalType } from './temporal.js';

/** What a FROM item is: a table of its own columns or a sub-select with known or unknown ones. */
interface FromItem {
  sql: string;
  qualifier: string;
  table: MetabaseTable | null;
  columns: ResultColumn[] | null;
}

/** Answers what a field of one stage is called there, and writes the stage's FROM with the joins that its fields need. */
export class FieldResolver {
  readonly #base: FromItem;
  readonly #joins = new Map<string, { join: Join; item: FromItem }>();
  readonly #implicit = new Map<string, { sql: string; table: MetabaseTable }>();

  constructor(
    readonly stage: Stage,
    readonly context: LoweringContext,
    readonly nested: NestedColumns | null,
    /** Lowers a stage that this one reads from. */
    readonly lower: (stage: Stage) => CardSql,
  ) {
    this.#base = nested !== null && nested.sql !== '' ? nestedItem(nested) : this.#item(stage.source, null);
    for (const join of stage.joins) this.#joins.set(join.alias, { join, item: this.#item(join.source, join.alias) });
  }

  /** The column, bucketed and binned as the reference says. */
  field(clause: Clause): TypedSql {
    const nested = this.nested?.columns.get(fieldKey(clause));
    if (nested !== undefined) return nested;
    const column = this.#plain(clause);
    const unit = clause.options['temporal-unit'];
    const { weekStart } = this.context.style;
    if (typeof unit === 'string' && unit !== 'default') {
      if (unit === 'week' || unit === 'day-of-week') this.context.styleMatters('weekStart');
      return bucket(unit, column, weekStart);
    }
    return clause.options['binning'] ? { ...column, sql: `FLOOR((${column.sql} / ${binWidth(clause)})) * ${binWidth(clause)}` } : column;
  }

  /** A moment that is grouped by without a unit is grouped by its day (`auto_bucket_datetimes.clj`). */
  breakout(clause: Clause): TypedSql {
    const column = this.field(clause);
    if (clause.options['temporal-unit'] !== undefined || !isTemporalType(column.baseType)) return column;
    return bucket('day', column, this.context.style.weekStart);
  }

  column(clause: Clause): ResultColumn {
    const field = this.#known(clause);
    const inBase = this.#base.columns?.find((column) => isColumnOf(column, clause, field));
    return {
      name: this.alias(clause),
      fieldId: field?.id ?? inBase?.fieldId ?? null,
      joinAlias: textOption(clause, 'join-alias') ?? inBase?.joinAlias ?? null,
      sourceField: idOption(clause, 'source-field') ?? inBase?.sourceField ?? null,
      databaseType: null,
      baseType: field?.baseType ?? inBase?.baseType ?? textOption(clause, 'base-type'),
    };
  }

  selectable(clause: Clause): { name: string; sql: TypedSql } {
    return { name: this.alias(clause), sql: this.field(clause) };
  }

  alias(clause: Clause): string {
    const name = this.#name(clause);
    const join = textOption(clause, 'join-alias');
    if (join !== null) return `${join}__${name}`;
    const implicit = this.#implicitAlias(clause);
    return implicit === null ? name : `${implicit}__${name}`;
  }

  /** A column of the source that only has a name. */
  named(name: string): TypedSql {
    return { sql: identifier('source', name), databaseType: null, baseType: null };
  }

  /** `"schema"."table".*` where the columns are unknown. */
  everything(): string {
    return `${this.#base.qualifier}.*`;
  }

  implicitFields(): Clause[] {
    return fieldsOf(this.#base, null);
  }

  joinedFields(join: Join): Clause[] {
    if (join.fields === 'none') return [];
    if (join.fields !== 'all') return join.fields;
    const item = this.#joins.get(join.alias)?.item;
    return item === undefined ? [] : fieldsOf(item, join.alias);
  }

  /** FROM and every join, explicit ones first. To be asked last: fields add the joins that they need. */
  from(predicate: (condition: Clause) => string): string {
    const parts = [`FROM ${this.#base.sql}`];
    for (const { join, item } of this.#joins.values()) {
      const conditions = join.conditions.map(predicate);
      const on = conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' AND ') : (conditions[0] ?? 'TRUE');
      parts.push(`${joinWords(join.strategy)} ${item.sql} AS ${identifier(join.alias)} ON ${on}`);
    }
    for (const { sql } of this.#implicit.values()) parts.push(sql);
    return parts.join(' ');
  }

  #plain(clause: Clause): TypedSql {
    const nested = this.nested?.columns.get(fieldKey(bare(clause)));
    if (nested !== undefined) return nested;
    const field = this.#known(clause);
    const baseType = field?.baseType ?? textOption(clause, 'effective-type') ?? textOption(clause, 'base-type');
    const typed = (sql: string, databaseType: string | null): TypedSql => ({ sql, databaseType: databaseType ?? field?.databaseType ?? (field === null ? null : guessType(baseType)), baseType });
    const join = this.#joins.get(textOption(clause, 'join-alias') ?? '');
    if (join !== undefined) return typed(join.item.table === null || this.#isSelected(join.item.table) ? `${identifier(join.join.alias)}.${identifier(this.#nameIn(join.item, clause))}` : this.#columnOf(identifier(join.join.alias), clause), null);
    const inBase = this.#base.columns?.find((column) => isColumnOf(column, clause, field));
    if (inBase !== undefined) return typed(`${this.#base.qualifier}.${identifier(inBase.name)}`, field === null ? null : inBase.databaseType);
    const implicit = this.#implicitJoin(clause, field);
    if (implicit !== null) return typed(field?.table && this.#isSelected(field.table) ? `${identifier(implicit)}.${identifier(this.#name(clause))}` : this.#columnOf(identifier(implicit), clause), null);
    const ownTable = this.#base.table !== null && field?.table && field.table.id !== this.#base.table.id ? field.table : null;
    const qualifier = ownTable === null ? this.#base.qualifier : identifier(ownTable.schema, ownTable.name);
    return typed(this.#columnOf(qualifier, clause), null);
  }

  /** The column of a table itself. */
  #columnOf(qualifier: string, clause: Clause): string {
    const field = this.#known(clause);
    return field === null ? `${qualifier}.${identifier(this.#name(clause))}` : columnOf(qualifier, field);
  }

  /** True for a joined table that stands as a sub-select, which gives its columns their names. */
  #isSelected(table: MetabaseTable): boolean {
    return table.fields.length > 0 && this.context.style.joins === 'sub-selects';
  }

  #known(clause: Clause): MetabaseField | null {
    const [id] = clause.arguments;
    return typeof id === 'string' ? null : this.context.fields.field(id);
  }

  #name(clause: Clause): string {
    const [id] = clause.arguments;
    if (typeof id === 'string') return id;
    const field = this.#known(clause);
    if (field !== null) return field.name;
    const shown = JSON.stringify(id ?? null);
    this.context.problem('missing-reference', `field ${shown} is not in the export; save GET /api/database/:id/metadata next to the cards`);
    return `field_${shown.replace(/\W+/g, '_')}`;
  }

  #nameIn(item: FromItem, clause: Clause): string {
    const field = this.#known(clause);
    const unjoined: Clause = { ...clause, options: { ...clause.options, 'join-alias': undefined } };
    return item.columns?.find((column) => isColumnOf(column, unjoined, field))?.name ?? this.#name(clause);
  }

  #implicitAlias(clause: Clause): string | null {
    const sourceField = clause.options['source-field'];
    if (sourceField === undefined || sourceField === null) return null;
    const foreignKey = this.context.fields.field(sourceField);
    const table = this.#known(clause)?.table;
    const through = textOption(clause, 'source-field-join-alias');
    const key = foreignKey?.name ?? String(sourceField);
    return `${table?.name ?? 'table'}__via__${key}${through === null ? '' : `__via__${through}`}`;
  }

  #implicitJoin(clause: Clause, field: MetabaseField | null): string | null {
    const alias = this.#implicitAlias(clause);
    if (alias === null || !field?.table) return null;
    if (this.#implicit.has(alias)) return alias;
    // The foreign key may itself come from a joined table.
    const through = textOption(clause, 'source-field-join-alias');
    const options = through === null ? {} : { 'join-alias': through };
    const foreignKey: Clause = { operator: 'field', options, arguments: [idArgument(clause.options['source-field'])] };
    const target = this.context.fields.field(this.context.fields.field(clause.options['source-field'])?.foreignKeyTarget ?? null);
    const key = target?.name ?? field.table.fields.find((one) => one.isPrimaryKey)?.name ?? 'id';
    const joined = this.#joinedTable(field.table);
    this.#implicit.set(alias, { sql: '', table: field.table });
    const left = this.#plain(foreignKey).sql;
    this.#implicit.set(alias, {
      sql: `LEFT JOIN ${joined} AS ${identifier(alias)} ON ${left} = ${identifier(alias)}.${identifier(key)}`,
      table: field.table,
    });
    return alias;
  }

  #joinedTable(table: MetabaseTable): string {
    const name = identifier(table.schema, table.name);
    if (table.fields.length === 0) return name;
    this.context.styleMatters('joins');
    if (this.context.style.joins === 'tables') return name;
    return `(SELECT ${table.fields.map((field) => `${columnOf(name, field)} AS ${identifier(field.name)}`).join(', ')} FROM ${name})`;
  }

  #item(source: StageSource, joinAlias: string | null): FromItem {
    switch (source.kind) {
      case 'table':
        return this.#tableItem(source.id, joinAlias);
      case 'card':
        return subSelect(this.context.card(source.id) ?? { sql: `SELECT * FROM ${unknownRelation('card', source.id)}`, columns: null }, joinAlias);
      case 'native':
        return subSelect({ sql: this.context.native(source.sql, source.tags), columns: null }, joinAlias);
      case 'stage':
        return subSelect(this.lower(source.stage), joinAlias);
      case 'none':
        this.context.problem('missing-reference', 'the query names no source');
        return { sql: unknownRelation('source', ''), qualifier: identifier('source'), table: null, columns: null };
    }
  }

  #tableItem(id: unknown, joinAlias: string | null): FromItem {
    const table = this.context.fields.table(id);
    if (table === null) {
      const shown = JSON.stringify(id);
      this.context.problem('missing-reference', `table ${shown} is not in the export; save GET /api/database/:id/metadata next to the cards`);
      const name = unknownRelation('table', id);
      return { sql: name, qualifier: joinAlias === null ? name : identifier(joinAlias), table: null, columns: null };
    }
    const name = identifier(table.schema, table.name);
    if (joinAlias === null) return { sql: name, qualifier: name, table, columns: null };
    return { sql: this.#joinedTable(table), qualifier: identifier(joinAlias), table, columns: null };
  }
}

function nestedItem(nested: NestedColumns): FromItem {
  return { sql: `(${nested.sql}) AS "source"`, qualifier: '"source"', table: null, columns: null };
}

function subSelect({ sql, columns }: CardSql, joinAlias: string | null): FromItem {
  const inner = nestable(sql);
  if (joinAlias !== null) return { sql: inner, qualifier: identifier(joinAlias), table: null, columns };
  return { sql: `${inner} AS "source"`, qualifier: '"source"', table: null, columns };
}

function unknownRelation(kind: string, id: unknown): string {
  const shown = typeof id === 'string' || typeof id === 'number' ? String(id) : (JSON.stringify(id) ?? '');
  return identifier(`metabase_${kind}_${shown.replace(/\W+/g, '_')}`);
}

function fieldsOf(item: FromItem, joinAlias: string | null): Clause[] {
  const options = joinAlias === null ? {} : { 'join-alias': joinAlias };
  if (item.columns !== null) {
    return item.columns.map((column) => ({ operator: 'field', options: { ...options, 'base-type': column.baseType }, arguments: [column.name] }));
  }
  return (item.table?.fields ?? []).map((field) => ({ operator: 'field', options, arguments: [idOfField(field.id)] }));
}

/** The id of a field as clauses name it: a number, or the path of the serialisation. */
function idOfField(id: string): Argument {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  const path = pathOfKey(id);
  return path === null ? id : idArgument(path);
}

function isColumnOf(column: ResultColumn, clause: Clause, field: MetabaseField | null): boolean {
  const [id] = clause.arguments;
  if (typeof id === 'string') return column.name === id;
  if (field === null || column.fieldId !== field.id) return false;
  const join = textOption(clause, 'join-alias');
  return (join === null || join === column.joinAlias) && idOption(clause, 'source-field') === column.sourceField;
}

/** Without the database's own type, Metabase's tells enough to know whether a cast is written. */
function guessType(baseType: string | null): string | null {
  if (baseType === 'type/Date') return 'date';
  return isTemporalType(baseType) ? 'timestamptz' : null;
}

function binWidth(clause: Clause): string {
  const binning = clause.options['binning'];
  const width: unknown = typeof binning === 'object' && binning !== null ? Object.entries(binning).find(([name]) => name === 'bin-width')?.[1] : null;
  return typeof width === 'number' && width > 0 ? (Number.isInteger(width) ? `${width}.0` : String(width)) : '10.0';
}

function joinWords(strategy: string): string {
  switch (strategy) {
    case 'inner-join':
      return 'INNER JOIN';
    case 'right-join':
      return 'RIGHT JOIN';
    case 'full-join':
      return 'FULL JOIN';
    default:
      return 'LEFT JOIN';
  }
}
