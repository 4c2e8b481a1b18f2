import type { DifferenceKind } from '../../model/metric-verdict.js';
import type { Expression } from '../../model/syntax-tree.js';
import { type Block, expressionsOf, type Node, type Session } from './block.js';
import { aliasOf, asAggregate, columnPart, keyOf, visit } from './expression.js';
import { typeOf } from './type.js';

/** Columns that say when a row was loaded, not when something happened. */
const INGESTION = /(?:^|_)(?:loaded|ingested|synced|imported|inserted|extracted|received|etl|dwh|batch|_sdc|fivetran|airbyte)(?:_|$)|_(?:load|ingest(?:ion)?|sync|etl)_/i;

/** Whether a column is a clock of loading by its name. */
export function isIngestionColumn(name: string): boolean {
  return INGESTION.test(name);
}

/** The base tables that a query reads, in its sub-queries too. */
export function tablesOf(node: Node, session: Session): Set<string> {
  const found = new Set<string>();
  const collect = (part: Node): void => {
    if (part.type === 'set') part.parts.forEach(collect);
    else {
      for (const source of part.sources) {
        if (source.table !== null) found.add(source.table.key);
        if (source.node !== null) collect(source.node);
      }
    }
    for (const expression of expressionsOf(part)) {
      visit(expression, (inner) => {
        const sub = session.subOf(inner);
        if (sub !== null) collect(sub.node);
      });
    }
  };
  collect(node);
  return found;
}

const RANGES = new Set(['<', '<=', '>', '>=']);

/** What the conditions of two filters, in the same names, differ in. */
export function kindsOfFilters(first: readonly Expression[], second: readonly Expression[], session: Session): DifferenceKind[] {
  const [known, others] = [new Set(first.map(keyOf)), new Set(second.map(keyOf))];
  const onlyFirst = first.filter((condition) => !others.has(keyOf(condition)));
  const onlySecond = second.filter((condition) => !known.has(keyOf(condition)));
  const kinds: DifferenceKind[] = [];
  const times = [onlyFirst, onlySecond].map((list) => timeColumns(list, session));
  const [mine = new Set<string>(), theirs = new Set<string>()] = times;
  const different = [...mine].some((name) => !theirs.has(name)) && [...theirs].some((name) => !mine.has(name));
  if (different && [...mine, ...theirs].every((name) => session.sources.get(aliasOf(name))?.table != null)) {
    kinds.push([...mine, ...theirs].some((name) => isIngestionColumn(columnPart(name))) ? 'ingestion-time' : 'time-column');
  }
  const zones = [onlyFirst, onlySecond].map((list) => list.flatMap(zonesIn).toSorted().join());
  if (zones[0] !== zones[1]) kinds.push('time-zone');
  const ranged = (list: readonly Expression[]): boolean => list.length > 0 && list.every((condition) => condition.type === 'operation' && RANGES.has(condition.operator));
  const columns = (list: readonly Expression[]): string => [...new Set(list.flatMap((condition) => [...session.columns(condition)]))].toSorted().join();
  const isTimeRange = mine.size === 1 && theirs.size === 1 && [...mine][0] === [...theirs][0];
  if (kinds.length === 0 && columns(onlyFirst) === columns(onlySecond) && ((ranged(onlyFirst) && ranged(onlySecond)) || isTimeRange)) kinds.push('boundary');
  return [...kinds, 'population'];
}

function timeColumns(list: readonly Expression[], session: Session): Set<string> {
  const found = new Set<string>();
  for (const condition of list) {
    visit(condition, (inner) => {
      if (inner.type !== 'operation' || !(RANGES.has(inner.operator) || inner.operator === '=' || inner.operator.includes('between'))) return;
      for (const name of session.columns(inner)) {
        if (/^(?:date|timestamp)/.test(typeOf({ type: 'column', parts: [name], span: inner.span }, session)?.type ?? '')) found.add(name);
      }
    });
  }
  return found;
}

function zonesIn(expression: Expression): string[] {
  const zones: string[] = [];
  visit(expression, (inner) => {
    if (inner.type === 'operation' && inner.operator === 'at_time_zone') zones.push(keyOf(inner.operands[1] ?? inner));
  });
  return zones;
}

/** What two blocks in the same names differ in besides their filters. */
export function kindsOfMeasures(first: Block, second: Block, session: Session): DifferenceKind[] {
  const kinds: DifferenceKind[] = [];
  if ((first.group === null) !== (second.group === null) || (first.group?.length ?? 0) !== (second.group?.length ?? 0)) kinds.push('grain');
  else if (first.group !== null && second.group !== null && !sameTexts(first.group, second.group)) kinds.push(differsInZone(first.group, second.group) ? 'time-zone' : differsInTimeColumn(first.group, second.group, session) ?? 'grain');
  if (!sameTexts(first.having, second.having) || keyOfLimit(first) !== keyOfLimit(second)) kinds.push('limit');
  const [mine, theirs] = [first, second].map((block) => aggregatesIn(block.outputs));
  const names = (list: typeof mine): string => (list ?? []).map(({ name }) => name).join();
  if (names(mine) !== names(theirs)) kinds.push('measure');
  else if ((mine ?? []).some((aggregate, place) => aggregate.distinct !== theirs?.[place]?.distinct)) kinds.push('distinctness');
  else if ((mine ?? []).some((aggregate, place) => aggregate.argument !== theirs?.[place]?.argument)) {
    kinds.push((mine ?? []).some((aggregate, place) => bare(aggregate.argument) === bare(theirs?.[place]?.argument ?? '')) ? 'null-handling' : 'measure');
  }
  return kinds.length === 0 ? ['measure'] : kinds;
}

const sameTexts = (a: readonly Expression[], b: readonly Expression[]): boolean => a.map(keyOf).toSorted().join() === b.map(keyOf).toSorted().join();

function differsInZone(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.flatMap(zonesIn).join() !== b.flatMap(zonesIn).join();
}

function differsInTimeColumn(a: readonly Expression[], b: readonly Expression[], session: Session): DifferenceKind | null {
  const times = (list: readonly Expression[]): string[] => list.flatMap((expression) => [...session.columns(expression)]).filter((name) => /^(?:date|timestamp)/.test(typeOf({ type: 'column', parts: [name], span: { start: 0, end: 0 } }, session)?.type ?? '')).toSorted();
  const [mine, theirs] = [times(a), times(b)];
  if (mine.length === 0 || theirs.length === 0 || mine.join() === theirs.join()) return null;
  return [...mine, ...theirs].some((name) => isIngestionColumn(columnPart(name))) ? 'ingestion-time' : 'time-column';
}

function keyOfLimit({ limit }: Block): string {
  return limit === null ? '' : JSON.stringify([limit.count, limit.offset, limit.order], (name, value: unknown) => (name === 'span' ? undefined : value));
}

function aggregatesIn(outputs: readonly Expression[]): { name: string; distinct: boolean; argument: string }[] {
  const found: { name: string; distinct: boolean; argument: string }[] = [];
  for (const output of outputs) {
    visit(output, (inner) => {
      const aggregate = asAggregate(inner);
      if (aggregate !== null) found.push({ name: aggregate.name[0] ?? '', distinct: aggregate.distinct, argument: aggregate.arguments.map(keyOf).join() });
      else if (inner.type === 'call' && inner.over !== null) found.push({ name: `${inner.name[0] ?? ''} over`, distinct: false, argument: keyOf(inner) });
    });
  }
  return found;
}

/** Without what NULL is replaced by. */
function bare(argument: string): string {
  return argument.replace(/\{"type":"operation","operator":"coalesce","operands":\[(\{.*?\}),\{"type":"literal"[^}]*\}\]\}/g, '$1');
}

