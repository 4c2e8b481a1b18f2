import type { MetricGroup } from '../../../model/metric-report.js';
import type { RemedyGroup } from './answer.js';

/** For each metric that several dashboards write themselves: the view that would hold it, whom it would serve, and who must decide first. */
export function semanticRemedies(groups: readonly MetricGroup[]): RemedyGroup[] {
  return groups.flatMap((group): RemedyGroup[] => {
    const { name, store, suggestion, members, definitions } = group;
    if (suggestion === null) return [];
    const served = suggestion.replaces.flatMap((place) => members[place]?.consumer ?? []);
    const others = [...new Set(members.map(({ consumer }) => consumer))].filter((consumer) => !served.includes(consumer));
    return [{
      store, subject: name, owner: null,
      notes: [
        served.length === 0 ? 'it would replace no card unchanged' : `serves unchanged: ${served.join(', ')}`,
        ...(definitions.length > 1 ? [`${definitions.length} definitions are in use: decide which one the name means before the others are pointed at it`] : []),
        ...(others.length === 0 ? [] : [`to be decided: ${others.join(', ')}`]),
      ],
      statements: [{ sql: suggestion.sql, undo: null, kind: 'object', rules: ['metric-copied'] }], byHand: [],
    }];
  });
}
