import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { ConfirmedConsumer } from '../model/review-configuration.js';
import type { Configuration } from '../model/configuration.js';
import { like } from '../text/glob.js';
import { type ControlContext, controlsOf } from './controls.js';
import { actualLevel, currentPattern, fitOf, freedBy, targetOf } from './pattern.js';
import { decisionOf, domainOf, freshnessOf, historyOf, levelOf } from './propose.js';
import { type Unit, unitsOf } from './units.js';

/** Every consumer, classified. Sorted by name. */
export function classified(context: ControlContext): ClassifiedConsumer[] {
  return unitsOf(context.boundaries).map((unit) => classify(unit, context));
}

function classify(unit: Unit, context: ControlContext): ClassifiedConsumer {
  const confirmed = confirmedFor(unit, context.configuration);
  const decision = decisionOf(unit, confirmed);
  const level = levelOf(unit, decision, confirmed);
  const controls = controlsOf(unit, level?.value ?? null, context);
  const current = currentPattern(unit);
  const target = targetOf(unit, decision, current);
  return {
    seen: unit.sent.some(({ access }) => access.rows.length > 0), name: unit.name, kind: unit.kind, members: [...new Set(unit.sent.map(({ access }) => access.consumer.name))].sort(),
    decision, domain: domainOf(unit, decision, confirmed), level,
    freshness_seconds: freshnessOf(decision, confirmed), history_seconds: historyOf(unit, decision, confirmed),
    authority: authorityOf(unit, context, confirmed), ownership: ownershipOf(unit, confirmed), reads: readsOf(unit),
    controls, actualLevel: actualLevel(controls), ...fitOf(level?.value ?? null, controls), current, target, frees: freedBy(unit),
  };
}

/** What is confirmed of it: of each key the first entry of the configuration that matches and says something. */
function confirmedFor({ sent, kind }: Unit, { consumers }: Configuration): ConfirmedConsumer | null {
  const entries = consumers.filter(({ confirmed, match }) => confirmed !== undefined && sent.some(({ access: { query, consumer } }) => {
    const fits = (pattern: string | undefined, value: string | null): boolean => pattern === undefined || (value !== null && like(value, pattern));
    if (query === null || match.role !== undefined) return kind === 'role' && match.role !== undefined && like(consumer.role, match.role);
    return fits(match.tool, query.kind) && fits(match.dashboard, query.container?.title ?? null) && fits(match.file, query.origin.file) && (fits(match.title, query.title) || fits(match.title, consumer.name));
  })).flatMap(({ confirmed }) => confirmed ?? []);
  if (entries.length === 0) return null;
  const first = <K extends keyof ConfirmedConsumer>(key: K): ConfirmedConsumer[K] | null => entries.map((entry) => entry[key]).find((value) => value !== null) ?? null;
  return {
    decision: first('decision'), domain: first('domain'), level: first('level'), freshness_seconds: first('freshness_seconds'), history_seconds: first('history_seconds'),
    authority: first('authority'), responsible: first('responsible'), consulted: entries.find(({ consulted }) => consulted.length > 0)?.consulted ?? [],
  };
}

function authorityOf({ sent }: Unit, { configuration, boundaries }: ControlContext, confirmed: ConfirmedConsumer | null): ClassifiedConsumer['authority'] {
  if (confirmed?.authority) return { value: confirmed.authority, via: 'configured', confidence: 1, reasons: ['confirmed in the configuration'] };
  const relations = new Set(sent.flatMap(({ access }) => access.statement.relations));
  const concept = (configuration.concepts ?? []).find(({ authority, relations: patterns }) => authority !== null && [...relations].some((relation) => relation === authority.relation || patterns.some((pattern) => like(relation, pattern))));
  if (concept?.authority) return { value: [concept.authority.store, concept.authority.relation].filter((part) => part !== null).join(' '), via: 'configured', confidence: 1, reasons: [`authority of the concept ${concept.name}`] };
  const operational = boundaries.filter(({ store }) => store.role === 'operational');
  const [only] = operational;
  return operational.length === 1 && only !== undefined ? { value: only.store.name, via: 'evidence', confidence: 0.7, reasons: ['the only operational store'] } : null;
}

function ownershipOf({ sent }: Unit, confirmed: ConfirmedConsumer | null): ClassifiedConsumer['ownership'] {
  const owners = sent.map(({ access }) => access.consumer.owner).filter((owner) => owner !== '');
  const [accountable = null] = [...new Set(owners)].sort((a, b) => owners.filter((owner) => owner === b).length - owners.filter((owner) => owner === a).length || (a < b ? -1 : 1));
  const via = sent.map(({ access }) => access.query?.owners[0]?.via).find((source) => source !== undefined);
  return { accountable, responsible: confirmed?.responsible ?? accountable, consulted: confirmed?.consulted ?? [], via: accountable === null ? 'nobody is known' : (via ?? 'configuration') };
}

function readsOf({ sent }: Unit): ClassifiedConsumer['reads'] {
  const stores = [...new Set(sent.map(({ boundary }) => boundary))].sort((a, b) => (a.store.name < b.store.name ? -1 : 1));
  return stores.map((boundary) => {
    const relations = [...new Set(sent.filter((one) => one.boundary === boundary).flatMap(({ access }) => access.statement.direct_relations))].sort();
    return { store: boundary.store.name, role: boundary.store.role, relations, zones: [...new Set(relations.map((relation) => boundary.zones.get(relation)?.zone ?? 'unknown'))].sort() };
  });
}
