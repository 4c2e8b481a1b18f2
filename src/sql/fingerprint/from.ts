import type { FromItem, FunctionTable, Join, TableReference } from '../../model/syntax-tree.js';
import type { ExpressionText } from './expression.js';
import { withAliases } from './outputs.js';
import { NameScope, NumberedRelation, type OutputNames } from './scope.js';
import type { StatementText } from './statement.js';

/** Writes what stands in FROM, and makes it known to the scope under numbers. */
export class FromText {
  readonly #statement: StatementText;
  readonly #expressions: ExpressionText;

  constructor(statement: StatementText, expressions: ExpressionText) {
    this.#statement = statement;
    this.#expressions = expressions;
  }

  items(items: readonly FromItem[], scope: NameScope): string {
    return items.map((item) => this.item(item, scope)).join(',');
  }

  item(item: FromItem, scope: NameScope): string {
    switch (item.type) {
      case 'table':
        return this.#table(item, scope);
      case 'derived': {
        const { text, names } = this.#statement.query(item.query, item.lateral ? scope : scope.parent);
        this.#add(scope, { visible: item.alias ?? '', aliased: true, names: withAliases(names, item.columnAliases) });
        return `${item.lateral ? 'lateral ' : ''}${text}`;
      }
      case 'function':
        return this.#functions(item, scope);
      case 'opaque_table': {
        const inputs = this.#expressions.all(item.inputs, scope);
        const inner = item.source && item.alias !== null ? new NameScope(scope) : scope;
        const source = item.source ? this.item(item.source, inner) : '';
        if (item.alias !== null || !item.source) this.#add(scope, { visible: item.alias ?? '', aliased: true, names: item.source ? [...item.columns, null] : item.columns });
        return `${item.what}(${source}|${inputs}|${item.columns.join(',')})`;
      }
      case 'join':
        return this.#join(item, scope);
    }
  }

  /** The name of a stored relation: the catalogue's key, or as it is written. */
  relationName({ catalog, schema, name, only }: TableReference): string {
    const key = this.#statement.relationOf(schema, name)?.key ?? (schema === null ? name : `${schema}.${name}`);
    return `${only ? 'only ' : ''}${catalog === null ? '' : `${catalog}:`}${key}`;
  }

  #add(scope: NameScope, from: ConstructorParameters<typeof NumberedRelation>[1]): NumberedRelation {
    const relation = new NumberedRelation(this.#statement.nextRelation(), from);
    scope.relations.push(relation);
    return relation;
  }

  #table(item: TableReference, scope: NameScope): string {
    const visible = item.alias ?? item.name;
    const aliased = item.alias !== null;
    const common = item.schema === null ? scope.table(item.name) : null;
    if (common) {
      this.#add(scope, { visible, aliased: true, names: withAliases(common.names, item.columnAliases) });
      return common.mark;
    }
    const known = this.#statement.relationOf(item.schema, item.name);
    const array = known || item.schema === null || !this.#statement.readsArrays ? null : scope.relation(item.schema, null);
    this.#add(scope, {
      visible, aliased, schema: aliased ? null : item.schema, names: [...item.columnAliases, null], known: known?.columns ?? null, scalar: array !== null,
    });
    return array ? `each ${array.anyColumn(item.name)}` : this.relationName(item);
  }

  #functions(item: FunctionTable, scope: NameScope): string {
    const calls = item.functions.map(({ call, columns }) => `${this.#expressions.of(call, scope)}${columns.length > 0 ? `(${columns.join(',')})` : ''}`);
    const [first] = item.functions;
    const visible = item.alias ?? first?.name ?? '';
    // A column that only the alias list names counts by its place; one in a list of definitions is a name within the data.
    const defined = item.functions.some(({ columns }) => columns.length > 0);
    this.#add(scope, {
      visible, aliased: true, names: item.columnAliases.length > 0 ? item.columnAliases : defined ? [null] : [visible, null], scalar: !defined && item.columnAliases.length < 2,
    });
    return `${calls.join('+')}${item.ordinality ? ' ordinality' : ''}`;
  }

  #join(join: Join, scope: NameScope): string {
    // The alias of a join hides what is joined, and its right side may see its left one.
    const inner = join.alias === null ? scope : new NameScope(scope);
    const from = inner.relations.length;
    const left = this.item(join.left, inner);
    const middle = inner.relations.length;
    const right = this.item(join.right, inner);
    const sides = [inner.relations.slice(from, middle), inner.relations.slice(middle)] as const;
    const using = join.using.map((name) => {
      const pair = sides.map((relations) => inner.merged.get(name) ?? columnOf(relations, name));
      inner.merged.set(name, (join.kind === 'right' ? pair[1] : pair[0]) ?? `?${name}`);
      return pair.join('=');
    });
    const on = join.on ? ` on ${this.#expressions.of(join.on, inner)}` : '';
    // The right side of these is not in sight outside.
    if (join.kind === 'semi' || join.kind === 'anti') inner.relations.splice(middle);
    if (join.alias !== null) {
      const names: OutputNames = withAliases(inner.relations.flatMap((relation) => relation.names), join.columnAliases);
      this.#add(scope, { visible: join.alias, aliased: true, names });
    }
    return `(${left} ${join.natural ? 'natural ' : ''}${join.kind} ${right}${on}${using.length > 0 ? ` using ${using.join(',')}` : ''})`;
  }
}

function columnOf(relations: readonly NumberedRelation[], name: string): string {
  for (const relation of relations) {
    const column = relation.column(name);
    if (column !== null) return column;
  }
  const [only, another] = relations.filter(({ open }) => open);
  return only && !another ? only.anyColumn(name) : `?${name}`;
}
