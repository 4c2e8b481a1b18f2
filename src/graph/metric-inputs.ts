import type { MetricConfiguration } from '../model/configuration.js';
import type { QueryRole } from '../model/query.js';
import type { MetricInput } from '../metrics/claim/claim.js';
import { parameterSpans } from '../metrics/claim/scope.js';
import { configuredDefinitions, viewDefinitions, type DeclaredDefinition } from '../metrics/declared/index.js';
import type { Parse } from '../sql/parse/front-end.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { outerQuery } from '../sql/shape.js';
import { plainText } from '../text/plain-text.js';
import type { Access, StoreBoundary } from './boundary.js';

/** Reads a text in the dialect of a store. */
export type ParseFor = (boundary: StoreBoundary, text: string) => ReturnType<Parse> | Promise<ReturnType<Parse>>;

/** What metrics are looked for in, and how many texts could not be. */
export interface MetricInputs {
  inputs: MetricInput[];
  notRead: { why: string; count: number }[];
}

/** Texts that run around a query or test it, and those that fill a picker or mark a time, show nobody a number. */
const NO_CLAIM = new Set<QueryRole>(['hook', 'quality-check', 'variable', 'filter', 'annotation']);

/** The cards of a store, the metrics that their tools declare, and those of the configuration and of its semantic views. */
export async function metricInputs(boundaries: readonly StoreBoundary[], metrics: readonly MetricConfiguration[], parse: ParseFor): Promise<MetricInputs> {
  const inputs = boundaries.flatMap(inputsOfCards);
  const unread = boundaries.flatMap(({ accesses }) => accesses.filter(({ query, part }) => query !== null && part === null)).length;
  const notRead = unread === 0 ? [] : [{ why: 'could not be parsed', count: unread }];
  const configured = configuredDefinitions(metrics);
  for (const boundary of boundaries) {
    const { catalog, name } = boundary.store;
    const views = await viewDefinitions(catalog, name, (relation) => boundary.zones.get(relation)?.zone ?? 'unknown', (text) => parse(boundary, text));
    for (const definition of [...configured.filter(({ store }) => store === name), ...views]) {
      const input = await declaredInput(definition, boundary, parse);
      if ('why' in input) notRead.push({ why: input.why, count: 1 });
      else inputs.push(input);
    }
  }
  const elsewhere = configured.filter(({ store }) => boundaries.every((boundary) => boundary.store.name !== store));
  notRead.push(...elsewhere.map(({ declaration, store }) => ({ why: `the metric ${plainText(declaration.name, 100)} of ${declaration.by} is of the store ${plainText(store, 100)}, which was not looked at`, count: 1 })));
  return { inputs, notRead };
}

/** What is declared, as one more consumer; why not, where it cannot be read. */
async function declaredInput({ declaration, store, sql, title, outputAlias, origin, relation }: DeclaredDefinition, boundary: StoreBoundary, parse: ParseFor): Promise<MetricInput | { why: string }> {
  const { statements, diagnostics } = await parse(boundary, sql);
  const [parsed, another] = statements;
  const fault = diagnostics.find(({ severity }) => severity === 'error')?.message ?? (another === undefined ? 'it is no statement' : 'it is more than one statement');
  if (parsed === undefined || another !== undefined) {
    return { why: `the SQL of the metric ${plainText(declaration.name, 100)} of ${plainText(declaration.by, 200)} cannot be read: ${plainText(fault, 200)}` };
  }
  return {
    consumer: `${declaration.by} ${declaration.name}`,
    owner: declaration.owner,
    title,
    container: null,
    outputAliases: aliasesOf(parsed.statement),
    measureAlias: outputAlias,
    text: sql,
    statement: parsed.statement,
    store,
    dialect: dialectOfEngine(boundary.store.engine).id,
    timeZone: timeZoneOf(boundary),
    origin,
    declaration,
    shownBy: declaration.by.startsWith('view ') ? relation : null,
  };
}

/** The time zone of the sessions of a store, as its configuration says. */
export function timeZoneOf({ store }: StoreBoundary): string | null {
  return zoneIn(store.catalog.settings);
}

/** That of the sessions in which the statistics have seen a card: that of its role, where it has one of its own (ALTER ROLE … SET timezone). */
function sessionZone(roles: readonly string[], boundary: StoreBoundary): string | null {
  const byName = new Map(boundary.store.catalog.roles.map(({ name, settings }) => [name, zoneIn(settings)]));
  const ofStore = timeZoneOf(boundary);
  const [zone, another] = new Set(roles.map((role) => byName.get(role) ?? ofStore));
  return zone === undefined || another !== undefined ? ofStore : zone;
}

/** Names of settings have no case. */
function zoneIn(settings: Readonly<Record<string, string>>): string | null {
  return Object.entries(settings).find(([name]) => name.toLowerCase() === 'timezone')?.[1] ?? null;
}

/** What a card shows when it is opened untouched: the first variant of each query, one input a statement. */
function inputsOfCards(boundary: StoreBoundary): MetricInput[] {
  const { accesses, store } = boundary;
  const first = new Map<Access['query'], Access[]>();
  for (const access of accesses) {
    if (!access.query || !access.part || NO_CLAIM.has(access.query.role)) continue;
    const [variant] = access.query.variants;
    const known = first.get(access.query) ?? [];
    if (variant?.sql === access.text) first.set(access.query, [...known, access]);
  }
  return [...first].flatMap(([query, own]) =>
    own.flatMap(({ consumer, part, text, rows }): MetricInput[] => {
      if (!query || !part) return [];
      const declaration = query.declaration ?? null;
      return [{
        consumer: consumer.name,
        owner: consumer.owner === '' ? null : consumer.owner,
        title: declaration === null ? consumer.title : (declaration.label ?? declaration.name),
        container: query.container?.title ?? null,
        containerId: query.container === null ? null : `${query.kind}:${query.container.id}`,
        outputAliases: aliasesOf(part.statement),
        text: alone(text, part.span),
        statement: part.statement,
        generated: query.variants[0] ? parameterSpans(query.variants[0]) : [],
        store: store.name,
        dialect: dialectOfEngine(store.engine).id,
        timeZone: sessionZone(rows.map(({ role }) => role), boundary),
        origin: query.origin,
        declaration,
      }];
    }),
  );
}

/** One statement of a text, at the offsets that it has there. */
function alone(text: string, { start, end }: { start: number; end: number }): string {
  return `${text.slice(0, start).replace(/[^\n]/g, ' ')}${text.slice(start, end)}`;
}

function aliasesOf(statement: SqlStatement): string[] {
  const body = outerQuery(statement)?.body;
  return body?.type === 'select' ? body.projections.flatMap(({ alias }) => (alias === null ? [] : [alias])) : [];
}
