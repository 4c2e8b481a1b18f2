import type { Link } from '../model/finding.js';
import { schema as asset } from './asset.js';
import { schema as column } from './column.js';
import { schema as consumer } from './consumer.js';
import { schema as contract } from './contract.js';
import { schema as correction } from './correction.js';
import { schema as cost } from './cost.js';
import { schema as decision } from './decision.js';
import { schema as declaration } from './declaration.js';
import { schema as design } from './design.js';
import { schema as exposure } from './exposure.js';
import { schema as flow } from './flow.js';
import { schema as grouping } from './grouping.js';
import { schema as growth } from './growth.js';
import { schema as history } from './history.js';
import { schema as index_use } from './index-use.js';
import { schema as metric } from './metric.js';
import { schema as migration } from './migration.js';
import { schema as movement } from './movement.js';
import { schema as official } from './official.js';
import { schema as pipeline } from './pipeline.js';
import { schema as product } from './product.js';
import { schema as publication } from './publication.js';
import { schema as relation } from './relation.js';
import { schema as restatement } from './restatement.js';
import { schema as role } from './role.js';
import type { GroupSchema } from './schema.js';
import { schema as session } from './session.js';
import { schema as statement } from './statement.js';
import { schema as store } from './store.js';
import { schema as suppression } from './suppression.js';

/** What a rule can be about, and the groups of facts that it sees there, each as a variable of the group's name. */
export const subjects = {
  /** One consumer sending one statement to one store. */
  access: { statement, cost, consumer, store },
  /** An access and one relation that its text names. */
  reading: { statement, cost, consumer, store, relation },
  /** An access and one column of personal data that it uses. */
  exposure: { statement, cost, consumer, store, exposure },
  /** A card with everything that it runs on one store. */
  card: { consumer, cost, store },
  /** A database role of a store. */
  role: { role, store },
  /** A stored column of personal data. */
  column: { column, store },
  /** A group of metric claims. */
  metric: { metric, store },
  /** A store as a whole. */
  store: { store },
  /** Sessions of one role and application that were in a transaction, held vacuum back or waited. */
  session: { session, store },
  /** An index. */
  index: { index_use, store },
  /** An access whose cost grows with a table. */
  growth: { statement, cost, consumer, store, growth },
  /** A way by which rows of one relation come into another, judged where they arrive. */
  movement: { movement, store },
  /** A column of which people wrote down something that does not fit. */
  declaration: { declaration, store },
  /** An access that shows counts or sums of groups by columns of personal data. */
  grouping: { statement, cost, consumer, store, grouping },
  /** A relation that is promised to others, or should be. */
  contract: { contract, store },
  /** An internal table that leaves by logical replication. */
  publication: { publication, store },
  /** What a migration of a change does to one reader or promise. */
  migration: { migration, store },
  /** An entry of a baseline, a waiver or a comment with which something is wrong. */
  suppression: { suppression },
  /** A consumer with its decision type, the level that it needs and the controls that it has. */
  classified: { decision },
  /** A stored table as the catalogue describes it. */
  design: { design, store },
  /** An official report by its recorded runs. */
  official: { official, store },
  /** A recorded restatement. */
  restatement: { restatement, store },
  /** A declared metric with what was seen of its closed periods. */
  history: { history, store },
  /** Statements that correct the rows of a table in a way that loses history. */
  correction: { correction, store },
  /** A pipeline by its recorded runs. */
  pipeline: { pipeline, store },
  /** A data product by its watermark and its promise. */
  product: { product, store },
  /** A way by which changes of operational tables leave for analytics. */
  flow: { flow, store },
  /** A relation, metric, contract, report or product that should have an owner. */
  asset: { asset },
} as const satisfies Record<string, Record<string, GroupSchema>>;

export type SubjectId = keyof typeof subjects;

/** One thing to judge, with what a finding about it must name. */
export interface Subject {
  subject: SubjectId;
  facts: Record<string, Record<string, string | boolean | number | string[]>>;
  /** Where the statement stands, for consumers that come from files. */
  locations: { file: string; pointer: string; line: number; column: number }[];
  consumer: string;
  owner: string | null;
  store: string;
  /** `schema.name`, a column or a metric; with rule and consumer it identifies a finding. */
  relation: string;
  /** Why the consumer's entries in the statistics are its own; absent where nothing was joined. */
  links?: readonly Link[];
}
