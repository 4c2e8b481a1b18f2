import { assetSubjects, classifiedSubjects, type ClassifyInput } from '../classify/index.js';
import { controlSubjects } from '../control/index.js';
import { type DesignInput, designSubjects, flowSubjects } from '../design/index.js';
import type { Subject } from '../facts/subjects.js';
import { historySubjects } from '../history/index.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';

export type Reviewed = ClassifyInput & DesignInput & { consumers: readonly ClassifiedConsumer[] };

/** What only a look at the whole boundary asks: a change in CI is not judged by it. */
export function reviewedSubjects(input: Reviewed): Subject[] {
  return [
    ...classifiedSubjects(input.consumers), ...assetSubjects(input), ...designSubjects(input), ...flowSubjects(input), ...controlSubjects(input), ...historySubjects(input),
  ];
}
