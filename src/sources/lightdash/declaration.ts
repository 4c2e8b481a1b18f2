import type { MetricDeclaration } from '../../model/metric-declaration.js';
import { declarationOf, freeFields, joinedWithout } from '../common/declaration.js';
import { isObject } from '../common/json.js';
import type { LightdashFragment } from './fragments.js';
import type { Field, Table } from './model.js';

/** What a metric of a model declares to Lightdash besides its SQL. */
export function fieldDeclaration(table: Table, field: Field, { variants, problems, owner }: LightdashFragment): MetricDeclaration {
  const owners = [...(owner === null ? [] : [{ name: owner, via: 'owner-field' } as const]), ...table.owners.map((name) => ({ name, via: 'meta' }) as const)];
  const nested = isObject(field.meta['meta']) ? field.meta['meta'] : null;
  return declarationOf({
    by: 'lightdash', name: `${table.name}.${field.name}`, label: field.label, intent: field.description, owners, problems,
    dimensions: [...table.fields.values()].filter(({ kind }) => kind === 'dimension').map(({ name }) => name),
    free: freeFields([field.meta, nested], field.meta['tags']),
    access: field.meta['hidden'] === true ? 'hidden' : null,
    incomplete: incompleteness(table, field) ?? joinedWithout(variants[0]?.sql ?? '', 'CROSS JOIN'),
  });
}

function incompleteness(table: Table, { type, filters }: Field): string | null {
  if (table.filters.some(({ part }) => part === 'sql_filter' || part === 'sql_where')) return 'the sql_filter of its model applies to it, which the SQL leaves out';
  if (type === 'sum_distinct' || type === 'average_distinct') return 'it takes one value for each of its distinct keys, which the SQL leaves out';
  if (/^(?:percent_of_|running_total)/.test(type ?? '')) return 'it is calculated from the rows of an answer';
  const values = filters.flatMap((filter) => (isObject(filter) ? Object.values(filter) : []));
  const isVague = values.some((value) => typeof value === 'string' && /^inThe(?:Past|Next)\b|^%|%$/.test(value.trim()));
  return isVague ? 'one of its filters is about the time of asking or a part of a text, of which the SQL knows only the column' : null;
}
