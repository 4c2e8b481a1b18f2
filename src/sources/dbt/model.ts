import type { ConnectionReference } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import type { Place } from '../metricflow/model.js';
import type { DbtConfig } from './shapes.js';

/** Where a text stands: below a pointer of a JSON or YAML file, or at an offset of a file of its own. */
export interface TextPlace {
  file: SourceFile;
  pointer: string | null;
  /** Within the string at the pointer, or within the file. */
  offset: number;
}

export type NodeType = 'model' | 'snapshot' | 'analysis' | 'test' | 'seed';

/** What dbt runs, or what it lets others refer to. */
export interface DbtNode {
  /** `model.shop.orders`, `model.shop.orders.v2`. */
  uniqueId: string;
  type: NodeType;
  project: string;
  name: string;
  version: string | null;
  description: string | null;
  /** As templates name it. */
  relation: DbtRelation;
  config: DbtConfig;
  meta: Record<string, unknown> | null;
  group: string | null;
  /** Null where there is no text: seeds, Python, and snapshots of a relation. */
  text: { raw: string; place: TextPlace } | null;
  compiled: string | null;
  /** Unique ids, of a node whose text says no more. */
  dependsOn: string[];
  /** Relations read as a whole by a Python model or a snapshot of a relation: `ref('orders')`. */
  references: string[];
  place: TextPlace;
  enabled: boolean;
  hooks: DbtHook[];
}

export interface DbtRelation {
  /** As SQL. */
  sql: string;
  identifier: string;
  schema: string | null;
  database: string | null;
}

export interface DbtHook {
  when: 'pre-hook' | 'post-hook' | 'on-run-start' | 'on-run-end';
  raw: string;
  place: TextPlace;
}

/** A table that others load. */
export interface DbtSource {
  uniqueId: string;
  project: string;
  source: string;
  name: string;
  description: string | null;
  relation: DbtRelation;
  loadedAtQuery: { raw: string; place: Place } | null;
  freshnessFilter: { raw: string; place: Place } | null;
  config: DbtConfig | null;
  meta: Record<string, unknown> | null;
}

/** A dashboard, notebook or application that reads models. */
export interface DbtExposure {
  uniqueId: string;
  project: string;
  name: string;
  label: string | null;
  type: string | null;
  url: string | null;
  description: string | null;
  owner: unknown;
  config: DbtConfig | null;
  meta: Record<string, unknown> | null;
  group: string | null;
  /** Unique ids of a manifest, or calls as `ref('orders')`. */
  dependsOn: string[];
  place: Place;
  enabled: boolean;
}

/** A condition that a generic test puts on the relation that it looks at. */
export interface TestFilter {
  /** `test.shop.orders.status.accepted_values`. */
  nativeId: string;
  name: string;
  project: string;
  /** `ref('orders')`, `source('shop', 'orders')`. */
  reference: string;
  raw: string;
  place: Place;
}

/** What connects a project to its database. */
export interface Profile {
  connection: ConnectionReference;
  /** Where models without a schema of their own are put. */
  schema: string | null;
  database: string | null;
  adapter: string | null;
  target: string | null;
}

