import type { Relation } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import type { DialectId } from '../../sql/dialect.js';
import { walkStatement } from '../../sql/walk.js';
import type { PreparedClaim } from './compared.js';

/** What a text has that engines do not all answer alike. */
interface Traits {
  truncatesZonedTime: boolean;
  dividesIntegers: boolean;
  comparesText: boolean;
  ordersAndLimits: boolean;
  readsClock: boolean;
}

/** Engines that keep the fraction of a quotient of integers. */
const KEEPS_FRACTION = new Set<DialectId>(['duckdb', 'snowflake', 'bigquery', 'clickhouse', 'mysql', 'oracle', 'databricks', 'spark', 'hive']);

/** Engines that compare texts without regard to letters' case unless a column says otherwise. */
const IGNORES_CASE = new Set<DialectId>(['mysql', 'tsql']);

/** Engines in whose ascending order NULL comes first. */
const NULL_FIRST = new Set<DialectId>(['bigquery', 'clickhouse', 'mysql', 'databricks', 'spark', 'hive', 'sqlite', 'tsql']);

/**
 * What of a group means another thing where it runs: on another engine, or in a session of another time zone. Only what the claims
 * really use is told.
 *
 * @param zoneOf the time zone of the sessions of a store; null where it is not known
 */
export function dialectDifferences(claims: readonly PreparedClaim[], relationsOf: (claim: PreparedClaim) => readonly Relation[], zoneOf: (store: string) => string | null): string[] {
  const runs = claims.map((prepared) => ({
    store: prepared.claim.store,
    dialect: prepared.claim.input.dialect ?? ('postgres' as const),
    zone: prepared.claim.input.timeZone ?? zoneOf(prepared.claim.store),
    traits: traitsOf(prepared, relationsOf(prepared)),
  }));
  const differences = new Set<string>();
  const apart = (of: (dialect: DialectId) => boolean, trait: keyof Traits, words: (yes: string, no: string) => string): void => {
    const using = runs.filter(({ traits }) => traits[trait]);
    const yes = using.find(({ dialect }) => of(dialect));
    const no = using.find(({ dialect }) => !of(dialect));
    if (yes !== undefined && no !== undefined) differences.add(words(`${yes.store} (${yes.dialect})`, `${no.store} (${no.dialect})`));
  };
  apart((dialect) => KEEPS_FRACTION.has(dialect), 'dividesIntegers', (yes, no) => `a quotient of integers keeps its fraction on ${yes} and loses it on ${no}`);
  apart((dialect) => IGNORES_CASE.has(dialect), 'comparesText', (yes, no) => `texts that differ in case only are equal on ${yes} and not on ${no}`);
  apart((dialect) => NULL_FIRST.has(dialect), 'ordersAndLimits', (yes, no) => `the first rows of an order have NULL first on ${yes} and last on ${no}`);
  const zoned = runs.filter(({ traits }) => traits.truncatesZonedTime);
  const zones = new Map(zoned.map(({ zone, store }) => [zone ?? 'the time zone of its sessions', store]));
  if (zones.size > 1) {
    const listed = [...zones].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([zone, store]) => `${zone} on ${store}`);
    differences.add(`a day or month of a time with zone begins at midnight of the session: ${listed.join(', ')}`);
  } else if (new Set(zoned.map(({ dialect }) => dialect)).size > 1 && zones.has('the time zone of its sessions')) {
    differences.add(`a day or month of a time with zone begins at midnight of the session, and what that is on ${[...new Set(zoned.map(({ store }) => store))].toSorted().join(' and ')} is not known`);
  }
  return [...differences].toSorted();
}

function traitsOf({ claim, details, core }: PreparedClaim, relations: readonly Relation[]): Traits {
  const types = new Map(relations.flatMap(({ columns }) => columns.map(({ name, type }) => [name, type.toLowerCase()] as const)));
  const zonedTime = details.timeColumn !== null && /with time zone|timestamptz/.test(types.get(details.timeColumn) ?? '');
  const writtenZone = details.timeZone !== null && details.timeZone !== (claim.input.timeZone ?? null);
  const traits: Traits = { truncatesZonedTime: details.bucket !== null && zonedTime && !writtenZone, dividesIntegers: false, comparesText: false, ordersAndLimits: false, readsClock: false };
  walkStatement(claim.statement, {
    query: (query) => {
      if (query.limit !== null && query.orderBy.some(({ nulls }) => nulls === undefined) && query !== claim.place?.query) traits.ordersAndLimits = true;
    },
    expression: (expression) => {
      if (expression.type !== 'operation') return;
      if (expression.operator === '/' && expression.operands.every((operand) => isInteger(operand, types))) traits.dividesIntegers = true;
      if (['=', '<>', 'in', 'not_in', 'like', 'not_like'].includes(expression.operator) && expression.operands.some((operand) => isText(operand, types))) traits.comparesText = true;
    },
  });
  return core === null ? { ...traits, dividesIntegers: false } : traits;
}

function isInteger(expression: Expression, types: ReadonlyMap<string, string>): boolean {
  switch (expression.type) {
    case 'literal':
      return expression.kind === 'number' && /^\d+$/.test(expression.value ?? '');
    case 'column':
      return /^(?:big|small|tiny|huge)?int|^integer/.test(types.get(expression.parts.at(-1) ?? '') ?? '');
    case 'call':
      return expression.name.at(-1) === 'count' || (expression.name.at(-1) === 'sum' && expression.arguments.every((part) => isInteger(part, types)));
    case 'operation':
      return ['+', '-', '*', 'nullif', 'coalesce'].includes(expression.operator) && expression.operands.every((operand) => isInteger(operand, types));
    default:
      return false;
  }
}

function isText(expression: Expression, types: ReadonlyMap<string, string>): boolean {
  return expression.type === 'column' && /^(?:text|char|varchar|character|string)/.test(types.get(expression.parts.at(-1) ?? '') ?? '');
}
