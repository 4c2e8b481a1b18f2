import type { Finding, Level } from '../model/finding.js';
import type { EstatePicture, Health } from '../model/review.js';
import { count } from '../text/quantity.js';
import type { Look } from './input.js';

/** More boxes and arrows than this nobody reads on one page. */
const CONSUMERS_MAX = 24;
const FLOWS_MAX = 60;

const RANK: Record<Health, number> = { error: 4, warning: 3, unknown: 2, note: 1, ok: 0 };

/** Stores, zones and consumers with who reads what and where data moves, each by the worst finding that concerns it. */
export function pictureOf(look: Look): EstatePicture {
  const { report } = look;
  const blind = new Set(report.gaps.filter(({ severity }) => severity === 'blind').map(({ subject }) => subject));
  const consumers = look.consumers.map(({ name, kind, members }) => {
    const names = new Set([name, ...members]);
    const own = report.findings.filter(({ consumer }) => names.has(consumer));
    return { name, kind, state: healthOf(own), findings: own.length };
  }).sort((a, b) => RANK[b.state] - RANK[a.state] || b.findings - a.findings || compare(a.name, b.name));
  const shown = consumers.slice(0, CONSUMERS_MAX);
  const flows = [...storeFlows(look), ...consumerFlows(look, new Set(shown.map(({ name }) => name)))];
  const kept = flows.map((flow, index) => ({ flow, index })).sort((a, b) => RANK[b.flow.state] - RANK[a.flow.state] || a.index - b.index).slice(0, FLOWS_MAX).sort((a, b) => a.index - b.index).map(({ flow }) => flow);
  const left = [
    ...(consumers.length > shown.length ? [count(consumers.length - shown.length, 'consumer')] : []),
    ...(flows.length > kept.length ? [count(flows.length - kept.length, 'arrow')] : []),
  ];
  return { stores: storesOf(look, blind), consumers: shown, flows: kept, leftOut: left.length === 0 ? null : `${left.join(' and ')} left out, those with the least findings` };
}

function storesOf({ boundaries, report }: Look, blind: ReadonlySet<string>): EstatePicture['stores'] {
  return report.stores.map(({ name, role, engine }) => {
    const boundary = boundaries.find(({ store }) => store.name === name);
    const own = report.findings.filter(({ store }) => store === name);
    const isUnseen = boundary === undefined || blind.has(name);
    const zones = new Map<string, string[]>();
    for (const [relation, { zone }] of boundary?.zones ?? []) zones.set(zone, [...(zones.get(zone) ?? []), relation]);
    return {
      name, role, engine, state: isUnseen ? 'unknown' as const : healthOf(own),
      zones: [...zones].map(([zone, relations]) => {
        const within = new Set(relations);
        return { zone, relations: relations.length, state: healthOf(own.filter(({ relation }) => within.has(relation) || within.has(relation.replace(/\.[^.]*$/, '')))) };
      }).sort((a, b) => compare(a.zone, b.zone)),
    };
  });
}

/** From zone to zone where rows move between stores, by how. */
function storeFlows({ movements, boundaries, report }: Look): EstatePicture['flows'] {
  const zones = new Map(boundaries.map(({ store, zones: own }) => [store.name, own]));
  const zoneOf = (store: string, relation: string): string => zones.get(store)?.get(relation)?.zone ?? 'unknown';
  const groups = new Map<string, { from: { store: string; zone: string }; to: { store: string; zone: string }; via: string; relations: Set<string> }>();
  for (const { from, to, via } of movements) {
    if (from.store === to.store) continue;
    const ends = { from: { store: from.store, zone: zoneOf(from.store, from.relation) }, to: { store: to.store, zone: zoneOf(to.store, to.relation) } };
    const key = JSON.stringify([ends, via]);
    const group = groups.get(key) ?? { ...ends, via, relations: new Set<string>() };
    group.relations.add(to.relation);
    groups.set(key, group);
  }
  const moving = report.findings.filter(({ area }) => area === 'movement');
  return [...groups].sort(([a], [b]) => compare(a, b)).map(([, { from, to, via, relations }]) => ({
    from, to, label: `${count(relations.size, 'relation')} by ${via.replaceAll('-', ' ')}`, state: healthOf(moving.filter(({ relation }) => relations.has(relation))),
  }));
}

function consumerFlows({ consumers, boundaries, report }: Look, shown: ReadonlySet<string>): EstatePicture['flows'] {
  const zones = new Map(boundaries.map(({ store, zones: own }) => [store.name, own]));
  return consumers.filter(({ name }) => shown.has(name)).flatMap(({ name, members, reads }) => {
    const names = new Set([name, ...members]);
    return reads.flatMap(({ store, relations }) => {
      const byZone = new Map<string, string[]>();
      for (const relation of relations) {
        const zone = zones.get(store)?.get(relation)?.zone ?? 'unknown';
        byZone.set(zone, [...(byZone.get(zone) ?? []), relation]);
      }
      return [...byZone].sort(([a], [b]) => compare(a, b)).map(([zone, own]) => {
        const within = new Set(own);
        const found = report.findings.filter((finding) => finding.store === store && names.has(finding.consumer) && (within.has(finding.relation) || within.has(finding.relation.replace(/\.[^.]*$/, ''))));
        return { from: { store, zone }, to: { consumer: name }, label: `reads ${count(own.length, 'relation')}`, state: healthOf(found) };
      });
    });
  });
}

function healthOf(findings: readonly Pick<Finding, 'level'>[]): Health {
  const has = (level: Level): boolean => findings.some((finding) => finding.level === level);
  return has('error') ? 'error' : has('warning') ? 'warning' : has('note') ? 'note' : 'ok';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
