import type { QueryVariant } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { rebuiltVariant } from '../../template/wrap.js';
import { VARIANTS_MAX } from '../../template/limits.js';
import type { CardText } from './card-reader.js';
import type { FieldCatalog } from './field-catalog.js';
import { sourceTableShape } from './shapes.js';
import { identifier } from './sql-text.js';

/** A transform in Python: its text is not read, but it lists the tables that it is given. */
export function programText(tables: readonly unknown[], fields: FieldCatalog): CardText {
  const names = new Set(tables.flatMap((table) => relationOf(table, fields) ?? []));
  const variants: QueryVariant[] = [...names].slice(0, VARIANTS_MAX).map((name) => {
    return rebuiltVariant(`reads ${name}`, `SELECT * FROM ${name}`, ['the program is given the whole table']);
  });
  const left = names.size > VARIANTS_MAX ? `; of its ${names.size} tables the first ${VARIANTS_MAX} are taken` : '';
  const message = `a Python program computes this table; only the tables that it lists as its sources are known${left}`;
  return { raw: '', pointer: '', variants, problems: [{ code: 'dynamic-sql', message }], reconstructed: true };
}

function relationOf(value: unknown, fields: FieldCatalog): string | null {
  const { table_id, table, schema } = sourceTableShape.parse(isObject(value) ? value : { table_id: value });
  const known = fields.table(table_id ?? (Array.isArray(table) ? table : null));
  if (known !== null) return identifier(known.schema, known.name);
  return typeof table === 'string' && table !== '' ? identifier(schema ?? null, table) : null;
}
