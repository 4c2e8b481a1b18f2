import { dynamicName, placeholder, quote, quoteIdentifier, SAMPLE_DATE, SAMPLE_DATE_AFTER } from './placeholder.js';
import type { Slot } from './slot.js';

/**
 * A dashboard variable as far as its definition tells. Values that came from a query are rows of a database and are not
 * here: `values` and `current` are those of custom, constant, interval and text box variables.
 */
export interface GrafanaVariable {
  name: string;
  /** Inserted as a quoted list. */
  multi: boolean;
  values: readonly string[];
  /** The stored choice; `$__all` stands for all of them. */
  current: readonly string[];
  /** What the tool inserts for All, verbatim. */
  allValue: string | null;
}

const EPOCH_FROM = Date.UTC(2024, 0, 1);
const EPOCH_TO = Date.UTC(2024, 0, 2);
export const TIME_FROM = `${SAMPLE_DATE}T00:00:00Z`;
export const TIME_TO = `${SAMPLE_DATE_AFTER}T00:00:00Z`;

/** Grafana's own variables with the value for a dashboard over one day. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __interval: '1m',
  __interval_ms: '60000',
  __rate_interval: '1m',
  __range: '1d',
  __range_s: '86400',
  __range_ms: '86400000',
  __from: String(EPOCH_FROM),
  __to: String(EPOCH_TO),
  __timeFrom: TIME_FROM,
  __timeTo: TIME_TO,
  __fromTime: TIME_FROM,
  __toTime: TIME_TO,
  __unixEpochFrom: String(EPOCH_FROM / 1000),
  __unixEpochTo: String(EPOCH_TO / 1000),
  __unixEpochNanoFrom: `${EPOCH_FROM}000000`,
  __unixEpochNanoTo: `${EPOCH_TO}000000`,
  __timezone: 'UTC',
  __dashboard: 'dashboard',
  __org: '1',
  __user: 'user',
  __name: 'name',
  __searchFilter: '%',
};

/** The text of one of Grafana's own variables in a slot; undefined for other names. */
export function builtInText(name: string, format: string, slot: Slot): string | null | undefined {
  const value = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (value === undefined) return undefined;
  if (slot === 'comment') return null;
  const text = format.startsWith('date') ? formatDate(value, format) : value;
  const bare = slot === 'in-string' || slot === 'in-identifier' || slot === 'in-word' || slot === 'in-dollar';
  return bare || /^\d+$/.test(text) ? text : quote(text);
}

function formatDate(value: string, format: string): string {
  const milliseconds = Number(value);
  if (!Number.isFinite(milliseconds)) return value;
  if (format === 'date:seconds') return String(milliseconds / 1000);
  const iso = new Date(milliseconds).toISOString();
  return /^date(:iso)?$/.test(format) ? iso : iso.slice(0, 10);
}

/** True for a value that Grafana's raw insertion makes a literal; every other raw value changes the statement itself. */
function isLiteral(value: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(value) || /^'(?:[^']|'')*'$/.test(value);
}

/** Whether another value of the variable would give another statement, not only another literal. */
export function changesStatement(variable: GrafanaVariable, format: string, slot: Slot): boolean {
  if (slot === 'comment' || slot === 'in-string' || slot === 'in-dollar') return false;
  if (format === 'doublequote' || slot === 'in-identifier' || slot === 'in-word') return true;
  return !insertsQuoted(variable, format) && !variable.values.every(isLiteral);
}

function insertsQuoted(variable: GrafanaVariable | undefined, format: string): boolean {
  if (format === 'sqlstring' || format === 'singlequote') return true;
  return format === '' && variable?.multi === true;
}

/**
 * What Grafana's SQL data sources insert for a variable: a list of quoted values for multi-value ones, the raw text with
 * its quotes doubled for others, or what the format asks for (Grafana `sqlDatasource.interpolateVariable`, v12). `chosen`
 * replaces the stored choice. Null where nothing is put (comments); `known` is false where a placeholder had to do.
 */
export function variableText(
  variable: GrafanaVariable | undefined,
  name: string,
  format: string,
  slot: Slot,
  chosen: string | undefined,
): { text: string | null; known: boolean } {
  if (slot === 'comment') return { text: null, known: true };
  const values = chosen === undefined ? storedValues(variable) : [chosen];
  if (values.length === 0) return { text: unknownText(variable, name, format, slot), known: false };
  return { text: knownText(variable, values, format, slot), known: true };
}

function storedValues(variable: GrafanaVariable | undefined): readonly string[] {
  if (variable === undefined) return [];
  if (variable.current.includes('$__all')) return variable.allValue === null ? variable.values : [variable.allValue];
  return variable.current.length > 0 ? variable.current : variable.values.slice(0, 1);
}

function knownText(variable: GrafanaVariable | undefined, values: readonly string[], format: string, slot: Slot): string {
  if (format === 'doublequote') return values.map(quoteIdentifier).join(',');
  if (slot === 'in-string' || slot === 'in-dollar') return formatted(values.map((value) => value.replaceAll("'", "''")), format);
  if (slot === 'in-identifier') return formatted(values.map((value) => value.replaceAll('"', '""')), format);
  const isAllValue = variable?.allValue !== null && values[0] === variable?.allValue;
  const text = insertsQuoted(variable, format) && !isAllValue ? values.map(quote).join(',') : formatted(values, format);
  return slot === 'list' && !text.trimStart().startsWith('(') ? `(${text})` : text;
}

/** Several values in one text, as Grafana's formats join them. */
function formatted(values: readonly string[], format: string): string {
  switch (format) {
    case 'pipe':
      return values.join('|');
    case 'regex':
      return values.length > 1 ? `(${values.join('|')})` : values.join('');
    case 'glob':
      return values.length > 1 ? `{${values.join(',')}}` : values.join('');
    default:
      return values.join(',');
  }
}

function unknownText(variable: GrafanaVariable | undefined, name: string, format: string, slot: Slot): string | null {
  if (format === 'doublequote') return quoteIdentifier(dynamicName(name));
  if (insertsQuoted(variable, format) || slot === 'in-list' || slot === 'list') {
    if (slot === 'value' || slot === 'predicate' || slot === 'in-list') return "'x'";
    return placeholder(slot, name, 'unknown', "'x'");
  }
  return placeholder(slot, name, 'unknown', '1');
}
