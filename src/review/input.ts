import type { StoreBoundary } from '../graph/boundary.js';
import type { BacklogItem } from '../model/backlog.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import type { Report } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import type { ReviewAnswers } from './answers.js';
import type { PreviousReview } from './previous.js';

/** What was judged and what it was judged from. */
export interface Look {
  report: Report;
  consumers: readonly ClassifiedConsumer[];
  boundaries: readonly StoreBoundary[];
  movements: readonly RelationMovement[];
  snapshot: Snapshot;
  configuration: Configuration;
}

export interface ReviewInput extends Look {
  answers: ReviewAnswers;
  /** The review before; null where none was given. */
  previous: PreviousReview | null;
  /** Everything that there is to do, most urgent first. */
  backlog: readonly BacklogItem[];
  /** Null takes that of the configuration, then the names of the stores. */
  title: string | null;
  /** The day of the review, `YYYY-MM-DD`. */
  today: string;
}
