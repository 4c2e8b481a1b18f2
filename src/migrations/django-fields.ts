import { isTrue, textOf, type PythonCall, type PythonValue } from './python-values.js';
import { literal, quotedPart } from './sql-text.js';

/** A field of a model as a column. */
export interface DjangoField {
  column: string;
  type: string;
  nullable: boolean;
  unique: boolean;
  primary: boolean;
  identity: boolean;
  default: string | null;
  /** The condition of the column's own CHECK. */
  check: string | null;
  /** The model that a foreign key refers to, as the field says it. */
  refersTo: string | null;
}

/** What the types of a project's keys are asked from: the type of a model's primary key. */
export type KeyTypes = (model: string) => string;

/** django/db/backends/postgresql/base.py, `data_types`, 5.1. */
const TYPES: Record<string, string> = {
  AutoField: 'integer', BigAutoField: 'bigint', SmallAutoField: 'smallint', BinaryField: 'bytea', BooleanField: 'boolean', NullBooleanField: 'boolean', DateField: 'date', DateTimeField: 'timestamp with time zone',
  DurationField: 'interval', FloatField: 'double precision', IntegerField: 'integer', BigIntegerField: 'bigint', IPAddressField: 'inet', GenericIPAddressField: 'inet', JSONField: 'jsonb', PositiveBigIntegerField: 'bigint',
  PositiveIntegerField: 'integer', PositiveSmallIntegerField: 'smallint', SmallIntegerField: 'smallint', TextField: 'text', TimeField: 'time', UUIDField: 'uuid', HStoreField: 'hstore', CITextField: 'citext', CIEmailField: 'citext',
  CICharField: 'citext', SearchVectorField: 'tsvector', DateRangeField: 'daterange', DateTimeRangeField: 'tstzrange', IntegerRangeField: 'int4range', BigIntegerRangeField: 'int8range', DecimalRangeField: 'numrange',
};
const LENGTHS: Record<string, string | null> = { CharField: null, SlugField: '50', EmailField: '254', URLField: '200', FileField: '100', ImageField: '100', FilePathField: '100', CommaSeparatedIntegerField: null };
const REFERENCES = new Set(['ForeignKey', 'OneToOneField', 'ParentalKey']);

/** The column of a field; null for one without a column or of a class that is not known (`isManyToMany` tells the former). */
export function fieldOf(name: string, field: PythonCall, keyTypes: KeyTypes): DjangoField | null {
  const kind = classOf(field);
  const { keywords, positional } = field;
  const isReference = REFERENCES.has(kind);
  const refersTo = isReference ? modelName(keywords.get('to') ?? positional[0]) : null;
  const type = isReference ? (refersTo === null ? null : keyTypes(refersTo)) : typeOf(kind, field);
  if (type === null) return null;
  const column = textOf(keywords.get('db_column')) ?? (isReference ? `${name}_id` : name);
  const primary = isTrue(keywords.get('primary_key')) || (kind.endsWith('AutoField') && keywords.get('primary_key') === undefined);
  const given = keywords.get('db_default');
  return {
    column, type, nullable: isTrue(keywords.get('null')) || kind === 'NullBooleanField', unique: isTrue(keywords.get('unique')) || kind === 'OneToOneField', primary,
    identity: kind.endsWith('AutoField'), default: given ? sqlOf(given) : null, check: kind.startsWith('Positive') ? `${quotedPart(column)} >= 0` : null, refersTo,
  };
}

export function classOf({ name }: PythonCall): string {
  return name.replace(/^.*\./, '');
}

export function isManyToMany(field: PythonCall): boolean {
  return /^(?:ManyToManyField|TaggableManager|ParentalManyToManyField)$/.test(classOf(field));
}

/** `app.Model`, `settings.AUTH_USER_MODEL` as `auth.user`. */
export function modelName(value: PythonValue | undefined): string | null {
  if (value?.kind === 'name') return value.name.endsWith('AUTH_USER_MODEL') ? 'auth.user' : null;
  if (value?.kind === 'call' && value.name.endsWith('swappable_dependency')) return 'auth.user';
  return textOf(value);
}

function typeOf(kind: string, field: PythonCall): string | null {
  const { keywords, positional } = field;
  const number = (name: string): string | null => {
    const value = keywords.get(name);
    return value?.kind === 'number' ? value.text : null;
  };
  if (kind in LENGTHS) {
    const length = number('max_length') ?? LENGTHS[kind];
    return length === null || length === undefined ? 'varchar' : `varchar(${length})`;
  }
  if (kind === 'DecimalField') return `numeric(${number('max_digits') ?? '10'}, ${number('decimal_places') ?? '0'})`;
  if (kind === 'ArrayField') {
    const base = keywords.get('base_field') ?? positional[0];
    const type = base?.kind === 'call' ? typeOf(classOf(base), base) : null;
    return type === null ? null : `${type}[]`;
  }
  return TYPES[kind] ?? null;
}

function sqlOf(value: PythonValue): string | null {
  if (value.kind === 'text') return literal(value.text);
  if (value.kind === 'number') return value.text;
  if (value.kind === 'boolean') return String(value.value);
  if (value.kind !== 'call') return null;
  if (value.name.endsWith('Now')) return 'statement_timestamp()';
  const [only] = value.positional;
  return value.name.endsWith('Value') && only ? sqlOf(only) : null;
}

/** The column in CREATE TABLE and ADD COLUMN, without what refers to other tables. */
export function definitionOf(field: DjangoField): string {
  return [
    quotedPart(field.column),
    field.type,
    field.identity ? 'GENERATED BY DEFAULT AS IDENTITY' : '',
    field.default === null ? '' : `DEFAULT ${field.default}`,
    field.nullable ? 'NULL' : 'NOT NULL',
    field.primary ? 'PRIMARY KEY' : field.unique ? 'UNIQUE' : '',
    field.check === null ? '' : `CHECK (${field.check})`,
  ].filter((part) => part !== '').join(' ');
}

const LOOKUPS: Record<string, string> = { exact: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** `Q(…)` with simple lookups, joined by `&`, `|` and `~`; null for any other condition. */
export function conditionOf(value: PythonValue | undefined, columnOf: (field: string) => string): string | null {
  if (value?.kind === 'operation') {
    const parts = value.operands.map((operand) => conditionOf(operand, columnOf));
    if (parts.some((part) => part === null)) return null;
    if (value.operator === '~') return `NOT (${parts[0] ?? ''})`;
    return value.operator === '&' || value.operator === '|' ? `(${parts.join(value.operator === '&' ? ' AND ' : ' OR ')})` : null;
  }
  if (value?.kind !== 'call' || classOf(value) !== 'Q') return null;
  const pairs: [string, PythonValue][] = [...value.keywords];
  for (const item of value.positional) {
    // As makemigrations writes it: ('status__in', ['OPEN', 'CLOSED']).
    const [name, wanted] = item.kind === 'list' ? item.items : [];
    if (name?.kind === 'text' && wanted) pairs.push([name.text, wanted]);
    else if (!pairs.some(([key]) => key.startsWith('_'))) {
      const inner = conditionOf(item, columnOf);
      if (inner === null) return null;
      pairs.push([`=${inner}`, item]);
    }
  }
  const parts = pairs.filter(([name]) => !name.startsWith('_')).map(([name, wanted]) => (name.startsWith('=') ? name.slice(1) : lookup(name, wanted, columnOf)));
  const joined = textOf(value.keywords.get('_connector')) === 'OR' ? ' OR ' : ' AND ';
  return parts.length > 0 && parts.every((part) => part !== null) ? `(${parts.join(joined)})` : null;
}

function lookup(name: string, wanted: PythonValue, columnOf: (field: string) => string): string | null {
  const [field = '', kind = 'exact', more] = name.split('__');
  if (more !== undefined) return null;
  const column = quotedPart(columnOf(field));
  if (kind === 'isnull') return wanted.kind === 'boolean' ? `${column} IS ${wanted.value ? '' : 'NOT '}NULL` : null;
  if (kind === 'in') {
    const values = wanted.kind === 'list' ? wanted.items.map(sqlOf) : [];
    return values.length > 0 && values.every((value) => value !== null) ? `${column} IN (${values.join(', ')})` : null;
  }
  const operator = LOOKUPS[kind];
  const isField = wanted.kind === 'call' && classOf(wanted) === 'F' && wanted.positional[0]?.kind === 'text';
  const value = isField ? quotedPart(columnOf(textOf(wanted.positional[0]) ?? '')) : sqlOf(wanted);
  return operator === undefined || value === null ? null : `${column} ${operator} ${value}`;
}
