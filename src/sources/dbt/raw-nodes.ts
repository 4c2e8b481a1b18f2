import { descriptionOf } from '../common/words.js';
import type { SourceFile } from '../common/source-file.js';
import type { Place } from '../metricflow/model.js';
import { below } from '../metricflow/values.js';
import { configCalls, settings, type Literal } from './config-call.js';
import type { DbtHook, DbtNode, NodeType, TextPlace } from './model.js';
import type { RelationNames } from './names.js';
import type { DbtProject, PathKind } from './project.js';
import { hooksOf } from './project.js';
import type { Properties, PropertyEntry } from './properties.js';
import { bareRelation } from './relations.js';
import { mergeConfigs } from './merge.js';
import { configShape, type DbtConfig } from './shapes.js';

/** Blocks in one file, at most. */
const BLOCKS_MAX = 1_000;

/** What reading the files of a project needs. */
export interface RawContext {
  project: DbtProject;
  properties: Properties;
  names: RelationNames;
}

/** The models, snapshots, analyses and singular tests that the files of a project hold. */
export function rawNodes(files: readonly SourceFile[], context: RawContext): DbtNode[] {
  const nodes = files.flatMap((file) => nodesOfFile(file, context));
  const known = new Set(nodes.map(({ name }) => name));
  for (const [name, entry] of context.properties.snapshots) {
    if (!known.has(name) && entry.property.relation) nodes.push(relationSnapshot(name, entry, entry.property.relation, context));
  }
  for (const [name, { place }] of context.properties.seeds) nodes.push(seed(name, place, context));
  const { file, seedNames } = context.project;
  if (file !== null) for (const name of seedNames) if (!context.properties.seeds.has(name)) nodes.push(seed(name, { file, pointer: '' }, context));
  return nodes;
}

/** A table that dbt fills from a file: there is no query, but models refer to it. */
function seed(name: string, place: Place, context: RawContext): DbtNode {
  return nodeWithoutText('seed', name, context.properties.seeds.get(name), place, context);
}

/** A node that only property files and folders tell of. */
function nodeWithoutText(type: 'seed' | 'snapshot', name: string, entry: PropertyEntry | undefined, place: Place, context: RawContext): DbtNode {
  const config = mergeConfigs(context.project.configOf(type, [], name), entry?.property.config);
  return {
    ...described(entry),
    uniqueId: `${type}.${context.project.name}.${name}`,
    type,
    project: context.project.name,
    name,
    version: null,
    relation: relationOf(config, name, context),
    config,
    text: null,
    compiled: null,
    dependsOn: [],
    references: [],
    place: { ...place, offset: 0 },
    enabled: context.names.isEnabled(config.enabled),
    hooks: propertyHooks(entry),
  };
}

function nodesOfFile(file: SourceFile, context: RawContext): DbtNode[] {
  const relative = context.project.relative(file.path);
  const kind = context.project.kindOf(relative);
  if (kind === 'target' || kind === 'package' || kind === 'macro') return [];
  if (file.path.endsWith('.py')) return kind === 'model' ? [pythonModel(file, context)] : [];
  const blocks = snapshotBlocks(file.text);
  if (blocks.length > 0) {
    return blocks.map(({ name, start, end }) => node(file, context, { type: 'snapshot', kind: 'snapshot', name, start, end }));
  }
  // Definitions of tests and macros give no query by themselves.
  if (kind !== 'model' && /\{%[-+]?\s*(?:test|macro|materialization|data_test)\s/.test(file.text)) return [];
  const type: NodeType = kind === 'model' || kind === 'snapshot' || kind === 'test' ? kind : 'analysis';
  return [node(file, context, { type, kind, name: stemOf(file.path), start: 0, end: file.text.length })];
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}

/** `{% snapshot name %} … {% endsnapshot %}`: the text between. */
function snapshotBlocks(text: string): { name: string; start: number; end: number }[] {
  const found: { name: string; start: number; end: number }[] = [];
  if (!text.includes('endsnapshot')) return found;
  for (const match of text.matchAll(/\{%[-+]?[ \t]{0,20}snapshot\s{1,20}([A-Za-z_]\w{0,200})\s{0,20}[-+]?%\}/g)) {
    const start = match.index + match[0].length;
    const close = /\{%[-+]?\s{0,20}endsnapshot\s{0,20}[-+]?%\}/g;
    close.lastIndex = start;
    const end = close.exec(text)?.index ?? text.length;
    if (match[1] !== undefined) found.push({ name: match[1], start, end });
    if (found.length >= BLOCKS_MAX) break;
  }
  return found;
}

interface Part {
  type: NodeType;
  kind: PathKind;
  name: string;
  start: number;
  end: number;
}

function node(file: SourceFile, context: RawContext, { type, kind, name, start, end }: Part): DbtNode {
  const { project, properties } = context;
  const versioned = type === 'model' ? properties.versions.get(name) : undefined;
  const entry = entriesOf(type, properties).get(versioned?.name ?? name);
  const raw = file.text.slice(start, end);
  const calls = configCalls(raw);
  const tree = type === 'model' || type === 'snapshot' ? project.configOf(type, project.foldersOf(project.relative(file.path), kind), name) : {};
  const config = mergeConfigs(tree, entry?.property.config, configShape.parse(settings(calls)));
  const place = { file, pointer: null, offset: start };
  const suffix = versioned === undefined ? '' : `.v${versioned.version}`;
  return {
    ...described(entry),
    uniqueId: `${type}.${project.name}.${versioned?.name ?? name}${suffix}`,
    type,
    project: project.name,
    name: versioned?.name ?? name,
    version: versioned?.version ?? null,
    relation: relationOf(config, versioned === undefined ? name : `${versioned.name}_v${versioned.version}`, context),
    config,
    text: { raw, place },
    compiled: null,
    dependsOn: [],
    references: [],
    place,
    enabled: context.names.isEnabled(config.enabled),
    hooks: [...callHooks(calls, place), ...propertyHooks(entry)],
  };
}

function entriesOf(type: NodeType, properties: Properties): ReadonlyMap<string, PropertyEntry> {
  return type === 'model' ? properties.models : type === 'snapshot' ? properties.snapshots : properties.analyses;
}

function described(entry: PropertyEntry | undefined): Pick<DbtNode, 'description' | 'meta' | 'group'> {
  return { description: descriptionOf(entry?.property.description), meta: entry?.property.meta ?? null, group: entry?.property.group ?? null };
}

function relationOf(config: DbtConfig, name: string, { names }: RawContext): DbtNode['relation'] {
  // Snapshots of older projects name their schema outright.
  const schema = names.literal(config.target_schema) ?? names.schema(config.schema);
  return bareRelation(schema, names.literal(config.alias) ?? name, names.literal(config.target_database) ?? names.literal(config.database), names.profile.adapter);
}

function callHooks(calls: ReadonlyMap<string, Literal>, place: TextPlace): DbtHook[] {
  return (['pre-hook', 'post-hook'] as const).flatMap((when) => literalHooks(calls.get(when), when, place, 0));
}

function literalHooks(literal: Literal | undefined, when: DbtHook['when'], place: TextPlace, depth: number): DbtHook[] {
  if (literal === undefined || depth > 3) return [];
  if (literal.kind === 'string') return literal.value.trim() === '' ? [] : [{ when, raw: literal.value, place: { ...place, offset: place.offset + literal.start } }];
  if (literal.kind === 'other') return literal.source && literal.start !== undefined ? [{ when, raw: literal.source, isComputed: true, place: { ...place, offset: place.offset + literal.start } }] : [];
  if (literal.kind === 'list') return literal.items.flatMap((item) => literalHooks(item, when, place, depth + 1));
  return literal.kind === 'dict' ? literalHooks(literal.entries.get('sql'), when, place, depth + 1) : [];
}

function propertyHooks(entry: PropertyEntry | undefined): DbtHook[] {
  if (entry === undefined) return [];
  return (['pre-hook', 'post-hook'] as const).flatMap((when) => hooksOf(entry.property.config?.[when], when, below(entry.place, 'config', when)));
}

/** A snapshot that a property file defines over a relation. */
function relationSnapshot(name: string, entry: PropertyEntry, reference: string, context: RawContext): DbtNode {
  return { ...nodeWithoutText('snapshot', name, entry, entry.place, context), references: [reference] };
}

/** A model in Python tells what it reads in calls of `dbt.ref` and `dbt.source`. */
function pythonModel(file: SourceFile, context: RawContext): DbtNode {
  const name = stemOf(file.path);
  const known = node(file, context, { type: 'model', kind: 'model', name, start: 0, end: file.text.length });
  const calls = [...file.text.matchAll(/\bdbt\.((?:ref|source)\([^()\n]{0,300}\))/g)].flatMap((match) => match[1] ?? []);
  return { ...known, text: null, references: [...new Set(calls)], hooks: [] };
}
