import type { Subject } from '../../facts/subjects.js';
import type { Classification } from '../../privacy/classify.js';
import type { StoreBoundary } from '../boundary.js';
import { subject } from '../subject.js';
import { columnSubjects } from './columns.js';
import { declarationSubjects } from './declarations.js';
import { groupingOf } from './groupings.js';
import type { PrivacyInput } from './input.js';
import { movementSubjects } from './movements.js';

/**
 * What rules on privacy judge besides the exposures of single statements: stored columns of personal data, ways between
 * relations, columns about which declarations do not fit, and groups that statements show by columns of personal data.
 */
export function privacySubjects(input: PrivacyInput): Subject[] {
  return [
    ...input.boundaries.flatMap((boundary) => [...columnSubjects(boundary, input), ...groupingSubjects(boundary, input)]),
    ...movementSubjects(input),
    ...declarationSubjects(input),
  ];
}

function groupingSubjects(boundary: StoreBoundary, { carried, facts, configuration }: PrivacyInput): Subject[] {
  const store = facts.get(boundary);
  const classified = carried.get(boundary.store.name) ?? new Map<string, Classification>();
  if (!store || classified.size === 0) return [];
  return boundary.accesses.flatMap(({ part, statement, cost, consumer, query, links }) => {
    const grouping = part && groupingOf(part.statement, part.resolution, classified, configuration.thresholds.privacy_confidence);
    if (!grouping) return [];
    const [column = ''] = grouping.columns;
    return [
      subject('grouping', { statement, cost, consumer, store, grouping }, {
        consumer: consumer.name,
        owner: consumer.owner === '' ? null : consumer.owner,
        store: boundary.store.name,
        relation: column.slice(0, column.lastIndexOf('.')),
        locations: query ? [query.origin] : [],
        ...(links.length > 0 ? { links } : {}),
      }),
    ];
  });
}
