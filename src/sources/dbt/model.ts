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
  /** True where an expression of the template gives the text: `grant_to('bi')`. */
  isComputed?: boolean;
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
  /** When `dbt source freshness` asks for the newest row: the expression that it takes the greatest value of. */
  loadedAtField: string | null;
  place: Place;
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

/** A test that is a macro over a relation: `unique`, `not_null`, one of a package, one of the project. */
export interface GenericTest {
  /** `test.shop.not_null_orders_id.ab12` of a manifest; `test.shop.orders.id.not_null` of a property file. */
  uniqueId: string;
  project: string;
  /** With its package where one is stated: `dbt_utils.expression_is_true`. */
  macro: string;
  /** The name that it was given. */
  title: string | null;
  /** Of what it tests: `orders`, `shop.orders`. */
  subject: string;
  description: string | null;
  /** As SQL. */
  column: string | null;
  args: Record<string, unknown>;
  /** What it tests: `ref('orders')`, `source('shop', 'orders')` or unique ids; of a model with versions one each. */
  references: string[];
  /** A condition on the relation. */
  where: { raw: string; place: Place } | null;
  config: DbtConfig;
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

