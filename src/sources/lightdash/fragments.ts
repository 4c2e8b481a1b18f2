import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Origin, Problem, QueryRole, QueryVariant, SqlKind } from '../../model/query.js';
import { frameVariant } from '../../template/frame.js';
import { mergeProblems } from '../../template/result.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import type { Origins } from '../common/origins.js';
import { fieldDeclaration } from './declaration.js';
import type { Field, Place, Table } from './model.js';
import type { FieldResolver } from './resolver.js';

/** One SQL text of a model. */
export interface LightdashFragment {
  part: string;
  role: QueryRole;
  sqlKind: SqlKind;
  title: string;
  description: string | null;
  owner: string | null;
  origin: Origin;
  raw: string;
  reconstructed: boolean;
  variants: QueryVariant[];
  problems: Problem[];
  /** Of a metric of a model. */
  declaration?: MetricDeclaration;
}

/** What a model tells Lightdash in SQL. Columns that are taken as they are, are no texts. */
export function fragmentsOf(table: Table, resolver: FieldResolver, origins: Origins): LightdashFragment[] {
  const reader = new Reader(table, resolver, origins);
  const { sqlFrom } = table;
  if (sqlFrom !== null) reader.text('sql_from', 'relation', /^\s*(select|with)\b/i.test(sqlFrom.sql) ? 'statement' : 'relation', sqlFrom.sql, sqlFrom.place);
  for (const { part, sql, place } of table.filters) reader.text(part, 'filter', 'predicate', sql, place);
  for (const { alias, sqlOn, place } of table.joins) {
    if (sqlOn !== null) reader.text(`join:${alias}`, 'join', 'predicate', sqlOn, { file: place.file, pointer: `${place.pointer}/${place.file.json === undefined ? 'sql_on' : 'sqlOn'}` }, `${table.name} to ${alias}`);
  }
  for (const field of table.fields.values()) reader.field(field);
  return reader.found;
}

class Reader {
  readonly found: LightdashFragment[] = [];

  constructor(
    readonly table: Table,
    readonly resolver: FieldResolver,
    readonly origins: Origins,
  ) {}

  text(part: string, role: QueryRole, sqlKind: SqlKind, sql: string, { file, pointer }: Place, title: string = this.table.label ?? this.table.name): void {
    const { variants, problems, tables } = this.resolver.resolve(sql, this.table);
    const { relation, alias } = this.resolver.from(this.table, tables);
    const wrapped = variants.map((variant) => wrapFragment(variant, sqlKind, relation, alias));
    this.found.push({ part, role, sqlKind, title, description: null, owner: null, origin: this.origins.add(file, pointer), raw: sql, reconstructed: false, variants: wrapped, problems });
  }

  field(field: Field): void {
    this.#field(field);
    const made = this.found.at(-1);
    if (field.kind === 'metric' && made?.part === `metric:${field.name}`) made.declaration = fieldDeclaration(this.table, field, made);
  }

  #field(field: Field): void {
    const { kind, name, sql, place } = field;
    if (kind === 'dimension' && sql === null) return;
    const common = {
      part: `${kind}:${name}`,
      role: kind,
      sqlKind: 'expression' as const,
      title: field.label ?? `${this.table.name}.${name}`,
      description: field.description,
      owner: field.owner,
    };
    if (sql === null) {
      const column = this.resolver.columnOf(this.table, field);
      const into = { problems: column.problems, tables: new Set(column.tables) };
      const aggregate = this.resolver.aggregate(this.table, field, column.sql, into);
      const { relation, alias } = this.resolver.from(this.table, into.tables);
      const { sql: statement } = wrapFragment({ label: 'default', sql: aggregate, map: [], assumptions: [] }, 'expression', relation, alias);
      this.found.push({ ...common, origin: this.origins.add(place.file, place.pointer), raw: '', reconstructed: true, variants: [rebuiltVariant('default', statement, ['the aggregate is rebuilt from the type of the metric and its column'])], problems: into.problems });
      return;
    }
    const { variants, problems, tables } = this.resolver.resolve(sql, this.table);
    const into = { problems, tables };
    const aggregated = kind === 'metric' ? variants.map((variant) => this.#aggregated(variant, field, into)) : variants;
    const { relation, alias } = this.resolver.from(this.table, into.tables);
    this.found.push({
      ...common,
      origin: this.origins.add(place.file, `${place.pointer}/sql`),
      raw: sql,
      reconstructed: false,
      variants: aggregated.map((variant) => wrapFragment(variant, 'expression', relation, alias)),
      problems: mergeProblems([into.problems]),
    });
  }

  #aggregated(variant: QueryVariant, field: Field, into: { problems: Problem[]; tables: Set<Table> }): QueryVariant {
    const mark = '\u0000';
    const [before = '', after = ''] = this.resolver.aggregate(this.table, field, mark, into).split(mark);
    return frameVariant(variant, `${before}\n`, `\n${after}`);
  }
}
