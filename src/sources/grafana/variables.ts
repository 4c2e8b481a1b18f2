import type { GrafanaVariable } from '../../template/grafana.js';
import { inputShape, type Variable } from './shapes.js';

/** Values of these types stand in the definition; those of `query` variables are rows of a database and are left out. */
const DEFINED_TYPES = new Set(['custom', 'constant', 'interval', 'textbox']);

/** What templates need to know of a dashboard's variables, by name. */
export function templateVariables(variables: readonly Variable[]): Map<string, GrafanaVariable> {
  const found = new Map<string, GrafanaVariable>();
  for (const variable of variables) {
    const { name, type } = variable;
    if (!name || type === 'adhoc') continue;
    const isDefined = DEFINED_TYPES.has(type ?? '');
    found.set(name, {
      name,
      multi: variable.multi === true || variable.includeAll === true,
      values: isDefined ? definedValues(variable) : [],
      current: isDefined ? currentValues(variable) : [],
      allValue: variable.allValue || null,
    });
  }
  return found;
}

/** `${VAR_COURT}`: a constant of a dashboard that was exported for sharing, which takes its value when it is imported. */
export function inputConstants(inputs: readonly unknown[]): Map<string, GrafanaVariable> {
  const found = new Map<string, GrafanaVariable>();
  for (const value of inputs) {
    const input = inputShape.safeParse(value).data;
    if (input?.type !== 'constant' || !input.name || typeof input.value !== 'string' || input.value === '') continue;
    found.set(input.name, { name: input.name, multi: false, values: [input.value], current: [input.value], allValue: null });
  }
  return found;
}

function definedValues({ type, query, options }: Variable): string[] {
  const listed = (options ?? []).map(({ value }) => value).filter((value) => typeof value === 'string' && value !== '$__all');
  if (listed.length > 0) return listed.map(String);
  if (typeof query !== 'string' || query === '') return [];
  return type === 'custom' || type === 'interval' ? customValues(query) : [query];
}

/** `a,b` or `Label : value, …`; a comma behind a backslash belongs to its value. */
function customValues(query: string): string[] {
  const parts = query.split(/(?<!\\),/).map((part) => part.replaceAll('\\,', ',').trim());
  return parts.map((part) => (part.includes(' : ') ? part.slice(part.indexOf(' : ') + 3).trim() : part)).filter((part) => part !== '' && !part.startsWith('$__auto'));
}

function currentValues({ current, query, type }: Variable): string[] {
  const value = current?.value;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const chosen = values.filter((one) => typeof one === 'string' || typeof one === 'number').map(String);
  const stored = chosen.filter((one) => one !== '' && !one.startsWith('$__auto'));
  if (stored.length > 0) return stored;
  return (type === 'textbox' || type === 'constant') && typeof query === 'string' && query !== '' ? [query] : [];
}
