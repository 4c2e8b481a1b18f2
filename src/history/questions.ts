import { zoneOf } from '../graph/zone.js';
import type { Column, Relation } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { configuredDefinitions } from '../metrics/declared/index.js';
import { expressionsOf } from '../stores/expressions/index.js';
import { PROVISIONAL_SECONDS, type Period } from './period.js';
import type { HistoryQuestion, NotAsked, TimeForm } from './question.js';

export interface Questions {
  asked: HistoryQuestion[];
  notAsked: NotAsked[];
}

/**
 * What can be remembered: metrics of the configuration with a formula over a relation and a time column, and views of the semantic zone with
 * one time column, whose rows are counted and whose numbers are summed for each period. Sorted by name and store.
 */
export function historyQuestions(snapshot: Pick<Snapshot, 'stores'>, configuration: Configuration): Questions {
  const found = [...configuredQuestions(snapshot, configuration), ...viewQuestions(snapshot, configuration)];
  const order = (one: { metric: string; store: string | null }): string => `${one.metric}\0${one.store ?? ''}`;
  const sorted = found.toSorted((one, other) => (order(one) < order(other) ? -1 : order(one) > order(other) ? 1 : 0));
  return { asked: sorted.flatMap((one) => ('why' in one ? [] : [one])), notAsked: sorted.flatMap((one) => ('why' in one ? [one] : [])) };
}

type Found = HistoryQuestion | NotAsked;

function configuredQuestions({ stores }: Pick<Snapshot, 'stores'>, configuration: Configuration): Found[] {
  const metrics = configuration.metrics ?? [];
  const wholes = new Map(configuredDefinitions(metrics).map(({ title, sql }) => [title, sql]));
  return metrics.flatMap((metric): Found[] => {
    const whole = wholes.get(metric.name);
    if (whole === undefined || metric.deprecated !== null) return [];
    const refuse = (why: string): Found[] => [{ metric: metric.name, store: metric.store, why }];
    const { relation: named, formula, time } = metric;
    if (named === null || formula === null) return refuse('it is declared as a whole statement, which cannot be asked for period by period; declare relation, formula and time');
    if (time?.column === null || time === null) return refuse('it declares no time column');
    const store = stores.find(({ name }) => name === metric.store);
    if (store === undefined) return refuse('its store was not looked at');
    const refused = storeRefused(store);
    if (refused !== null) return refuse(refused);
    const relation = store.catalog.relations.find((one) => keyOf(one) === named);
    if (relation === undefined) return refuse(`its store has no ${named}`);
    const form = timeForm(store, relation.columns.find(({ name }) => name === time.column));
    if (form === null) return refuse(`${named} has no column ${time.column} of a date or time`);
    const period: Period = /^(?:minute|hour|day|week)$/i.test(time.grain ?? '') ? 'day' : 'month';
    const own = { metric: metric.name, owner: metric.owner, value: formula, where: metric.eligibility, whole, period, zone: time.zone };
    return [questionOf(store, relation, { ...own, time: { column: time.column, form } }, configuration)];
  });
}

function viewQuestions({ stores }: Pick<Snapshot, 'stores'>, configuration: Configuration): Found[] {
  const declared = new Set((configuration.metrics ?? []).flatMap(({ relation, time }) => (relation === null || time === null ? [] : [relation])));
  return stores.flatMap((store) => {
    if (storeRefused(store) !== null) return [];
    return store.catalog.relations.flatMap((relation): Found[] => {
      const name = keyOf(relation);
      if (relation.definition === null || declared.has(name) || zoneOf(relation, store, configuration).zone !== 'semantic') return [];
      const times = relation.columns.flatMap((column) => {
        const form = CLOCK_OF_LOADING.test(column.name) ? null : timeForm(store, column);
        return form === null ? [] : [{ column: column.name, form }];
      });
      const [time, another] = times;
      if (time === undefined) return [];
      if (another !== undefined) return [{ metric: name, store: store.name, why: `it has several times (${times.map(({ column }) => column).join(', ')}), and nothing says by which it is read: declare it under metrics` }];
      const value = viewValue(store, relation);
      const whole = `SELECT ${value} AS value FROM ${expressionsOf(store.engine).relation(relation)}`;
      const own = { metric: name, owner: null, value, where: null, whole, period: 'month' as const, zone: null };
      return [questionOf(store, relation, { ...own, time }, configuration)];
    });
  });
}

/** Columns by these names tell when a row was loaded: it moves with each load. */
const CLOCK_OF_LOADING = /(?:^|_)(?:loaded|load|ingested|updated|refreshed|refresh|synced|inserted|extracted|processed|computed|calculated|modified)(?:_|$)/i;
const IDENTIFIER = /(?:^|_)(?:id|key|sk|no|number|year|month|day|week|quarter)$/i;

/** Its rows, and the sum of each exact number in it; sums of binary floating point depend on the order of adding. */
function viewValue({ engine }: StoreSnapshot, { columns }: Relation): string {
  const expressions = expressionsOf(engine);
  const cast = engine === 'postgres' ? 'text' : 'varchar';
  const sums = columns.flatMap((column) => {
    const form = expressions.formOf(typeOf(column));
    if (form === null || (form.kind !== 'integer' && form.kind !== 'decimal') || IDENTIFIER.test(column.name)) return [];
    return [`coalesce(sum(${expressions.name(column.name)})::${cast}, '-')`];
  });
  return [`count(*)::${cast}`, ...sums].join(" || ' ' || ");
}

interface OwnPart {
  metric: string;
  owner: string | null;
  value: string;
  where: string | null;
  whole: string;
  period: Period;
  zone: string | null;
  time: { column: string; form: TimeForm };
}

function questionOf(store: StoreSnapshot, relation: Relation, { zone, time, ...own }: OwnPart, { live }: Configuration): HistoryQuestion {
  const name = keyOf(relation);
  const product = live.dataProducts.find((one) => one.relation === name && (one.store === null || one.store === store.name));
  return {
    ...own, store: store.name, engine: store.engine, relation: name, time: { ...time, zone },
    owner: own.owner ?? product?.owner ?? null, product: product?.name ?? null,
    provisional_seconds: product?.provisional_seconds ?? PROVISIONAL_SECONDS[own.period],
    definition: JSON.stringify([own.whole, own.period, time.column, zone, relation.definition]),
  };
}

/** Why nothing of a store is remembered. */
function storeRefused({ role, engine }: StoreSnapshot): string | null {
  if (role !== 'warehouse' && role !== 'projection') return 'it is measured on an operational store: tidemark does not read its history there, and rows there show the present state';
  return engine === 'postgres' || engine === 'duckdb' ? null : `closed periods are asked of PostgreSQL and DuckDB only, and its store is ${engine}`;
}

function timeForm({ engine }: StoreSnapshot, column: Column | undefined): TimeForm | null {
  const form = column === undefined ? null : expressionsOf(engine).formOf(typeOf(column));
  return form?.kind === 'timestamp' || form?.kind === 'date' ? form : null;
}

function typeOf({ type, baseType }: Column): string {
  return baseType ?? type;
}

function keyOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}
