import type { ClassifiedConsumer, Pattern } from '../model/classified-consumer.js';
import type { DecisionRecord } from '../model/review.js';
import { count, formatQuantity } from '../text/quantity.js';
import { landedOf, operationalOf, relationsOf, warehousesOf } from './checklist/asked.js';
import type { Look } from './input.js';

type Unnumbered = Omit<DecisionRecord, 'id'>;

/** The patterns of Part 066 §10 and §11 in words. */
export const PATTERN_WORDS: Record<Pattern, string> = {
  'operational-store': 'the operational store', 'operational-read-model': 'an operational read model', 'read-replica': 'a read replica', 'reporting-schema': 'a reporting schema', 'warehouse-mart': 'a mart of the warehouse',
  'incremental-mart': 'a mart that is refreshed incrementally', 'projection-store': 'a projection store', 'governed-report-run': 'governed report runs', 'governed-sandbox': 'a governed sandbox', 'feature-store': 'a feature store',
  'search-projection': 'a search projection', 'graph-projection': 'a graph projection',
};

/** One record for each decision about the boundary that is evident, and one for each kind of move that is proposed. */
export function decisionsOf(look: Look): DecisionRecord[] {
  return [...evident(look), ...moves(look.consumers)].map((record, index) => ({ id: `ADR-${index + 1}`, ...record }));
}

function evident(look: Look): Unnumbered[] {
  const contracts = relationsOf(operationalOf(look), ['contract']);
  const landed = landedOf(look);
  const internal = look.report.findings.filter(({ ruleId }) => ruleId === 'dashboard-reads-internal' || ruleId === 'dashboard-bypasses-contract' || ruleId === 'loader-reads-internal');
  const concepts = (look.configuration.concepts ?? []).filter(({ authority }) => authority !== null);
  const ways = [...new Set(landed.map(({ by }) => by))].sort();
  const products = look.configuration.live.dataProducts.filter(({ objective }) => objective !== null);
  const records: (Unnumbered | null)[] = [
    concepts.length === 0 ? null : {
      title: `${count(concepts.length, 'concept')} ${concepts.length === 1 ? 'has' : 'have'} a named authority`, status: 'accepted', context: 'The configuration names where the truth of each concept is committed.',
      decision: concepts.map(({ name, authority }) => `${name}: ${authority?.relation ?? ''}`).join('; '), consequences: ['Every other copy is a projection, which is reconciled with it and decides nothing.'], consumers: [],
    },
    contracts.length === 0 ? null : {
      title: 'Consumers of production read contracts', status: internal.length === 0 ? 'accepted' : 'proposed',
      context: internal.length === 0 ? `${count(contracts.length, 'contract')} ${contracts.length === 1 ? 'is' : 'are'} published, and no consumer reads past them.` : `${count(contracts.length, 'contract')} ${contracts.length === 1 ? 'is' : 'are'} published, and ${count(new Set(internal.map(({ consumer }) => consumer)).size, 'consumer')} ${internal.length === 1 ? 'reads' : 'read'} internal relations all the same.`,
      decision: 'Internal relations are read by applications only; everybody else reads a versioned contract.',
      consequences: ['Internal tables can change without breaking a report.', ...(internal.length === 0 ? [] : ['The readers of internal relations have to be moved first.'])],
      consumers: consumersOf(look.consumers, new Set(internal.map(({ consumer }) => consumer))),
    },
    ways.length === 0 ? null : {
      title: 'How rows leave production', status: 'proposed', context: `Seen, and written down nowhere as a decision: ${count(landed.length, 'relation')} of ${warehousesOf(look).map(({ store }) => store.name).join(', ')} ${landed.length === 1 ? 'is' : 'are'} filled from production.`,
      decision: ways.length === 1 ? `Rows leave by ${ways[0] ?? ''}.` : `Rows leave by ${ways.slice(0, 6).join('; ')}.`, consequences: ways.length === 1 ? ['There is one path to watch and to reconcile.'] : [`${count(ways.length, 'path')} have to be watched and reconciled; each needs a reason.`], consumers: [],
    },
    products.length === 0 ? null : {
      title: 'Data products promise how fresh they are', status: 'accepted', context: 'The configuration holds them to it.',
      decision: products.map(({ name, objective }) => `${name}: ${objective === null ? '' : (formatQuantity(objective.target_seconds, 'seconds') ?? '')}`).join('; '), consequences: ['Who needs fresher data needs another product, not another query on production.'], consumers: [],
    },
  ];
  return records.filter((record) => record !== null);
}

/** Consumers that should move the same way are one decision. */
function moves(consumers: readonly ClassifiedConsumer[]): Unnumbered[] {
  const groups = new Map<string, (ClassifiedConsumer & { target: NonNullable<ClassifiedConsumer['target']> })[]>();
  for (const consumer of consumers) {
    const { target, current } = consumer;
    if (target === null) continue;
    const key = `${current ?? ''} ${target.pattern}`;
    groups.set(key, [...(groups.get(key) ?? []), { ...consumer, target }]);
  }
  return [...groups.values()].sort((a, b) => freed(b) - freed(a) || b.length - a.length).flatMap((group): Unnumbered[] => {
    const [first] = group;
    if (first === undefined) return [];
    const share = freed(group);
    const from = first.current === null ? 'where they read now' : PATTERN_WORDS[first.current];
    const who = group.length === 1 ? first.name : count(group.length, 'consumer');
    const reasons = [...new Set(group.map(({ target }) => target.reason))];
    return [{
      title: `Move ${who} to ${PATTERN_WORDS[first.target.pattern]}`, status: 'proposed',
      context: `${group.length === 1 ? `${first.name} reads` : `${count(group.length, 'consumer')} read`} ${from}. ${reasons.slice(0, 3).join(' ')}`,
      decision: `${group.length === 1 ? 'It is' : 'They are'} served by ${PATTERN_WORDS[first.target.pattern]}.`,
      consequences: [
        share > 0 ? `Production is freed of up to ${formatQuantity(Math.min(1, share), 'share') ?? ''} of its block reads.` : 'How much of production that frees is not known.',
        ...(group.some(({ frees }) => frees !== null) ? ['What several consumers share is freed once all of them have moved.'] : []),
      ],
      consumers: group.map(({ name }) => name).sort(),
    }];
  });
}

function freed(group: readonly ClassifiedConsumer[]): number {
  return group.reduce((sum, { frees }) => sum + (frees?.blockShare ?? 0), 0);
}

function consumersOf(consumers: readonly ClassifiedConsumer[], members: ReadonlySet<string>): string[] {
  return consumers.filter((consumer) => members.has(consumer.name) || consumer.members.some((member) => members.has(member))).map(({ name }) => name).sort();
}
