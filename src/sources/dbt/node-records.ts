import { createHash } from 'node:crypto';
import type { CollectedQuery, Problem, QueryVariant } from '../../model/query.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX, VARIANTS_MAX } from '../../template/limits.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import { alignCompiled } from './align.js';
import { baseRecord, connectionOf, originOf, ownersIn, projectContainer, type RecordContext } from './context.js';
import type { DbtHook, DbtNode, DbtSource, TestFilter, TextPlace } from './model.js';
import { bareRelation } from './relations.js';

/** Relations that one Python model reads, each a variant, at most. */
const REFERENCES_MAX = 200;

type Text = Pick<CollectedQuery, 'raw' | 'variants' | 'problems'>;

/** A model, snapshot, analysis or test. */
export function nodeRecord(node: DbtNode, context: RecordContext): CollectedQuery {
  const isDefinition = node.type === 'model' || node.type === 'snapshot';
  const text = node.text === null ? null : textOf(node, node.text.raw, context);
  const place = text === null || node.text === null ? node.place : node.text.place;
  return {
    ...baseRecord(node.uniqueId),
    role: isDefinition ? 'relation' : 'query',
    sqlKind: text === null ? 'relation' : 'statement',
    title: titleOf(node.version === null ? node.name : `${node.name} v${node.version}`),
    description: node.description,
    container: projectContainer(node.project),
    owners: ownersIn(context, node),
    connection: connectionOf(context, node.relation),
    origin: originOf(place, context.origins),
    reconstructed: text === null,
    lifecycle: node.enabled ? 'active' : 'disabled',
    schedule: scheduleOf(node),
    ...(text ?? wholeRelations(node, context)),
  };
}

function scheduleOf({ config, type }: DbtNode): string | null {
  if (config.schedule) return config.schedule.slice(0, 100);
  const after = config.freshness?.build_after;
  if (after?.count && after.period) return `build after ${after.count} ${after.period.slice(0, 20)}`;
  return type === 'analysis' ? null : 'on build';
}

/** The compiled text is what ran; the branches that it did not take are rendered besides. */
function textOf(node: DbtNode, raw: string, context: RecordContext): Text {
  if (raw.length > TEXT_LENGTH_MAX) return { raw: '', ...neutraliseJinja(raw, context.environment.of(null)) };
  const { compiled } = node;
  const isPlain = compiled === raw;
  const rendered = isPlain ? { variants: [], problems: [] } : neutraliseJinja(raw, context.environment.of(node));
  if (compiled === null || compiled.length > TEXT_LENGTH_MAX) return { raw, ...rendered };
  const first: QueryVariant = { label: 'default', sql: compiled, map: alignCompiled(compiled, raw), assumptions: [] };
  const others = rendered.variants.filter(({ label, sql }) => label !== 'default' && sql !== compiled);
  return { raw, variants: [first, ...others].slice(0, VARIANTS_MAX), problems: [] };
}

/** What a Python model, or a snapshot of a relation, reads: whole relations. */
function wholeRelations(node: DbtNode, context: RecordContext): Text {
  const reads = [...node.references, ...(node.references.length === 0 ? node.dependsOn : [])].slice(0, REFERENCES_MAX);
  const variants = reads.flatMap((reference) => {
    const relation = context.relations.read(reference);
    return relation === null ? [] : [rebuiltVariant(relation.identifier, `SELECT * FROM ${relation.sql}`, ['it reads the relation as a whole'])];
  });
  if (variants.length > 0) return { raw: '', variants, problems: [] };
  const message = reads.length > 0 ? 'the relations that it reads are not in these files' : 'it has no SQL text, and what it reads is not stated';
  return { raw: '', variants: [], problems: [{ code: reads.length > 0 ? 'missing-reference' : 'unsupported', message }] };
}

/** Statements around models and runs. A text that many models share is one hook. */
export function hookRecords(hooks: readonly { hook: DbtHook; node: DbtNode | null; project: string }[], context: RecordContext): CollectedQuery[] {
  const known = new Set<string>();
  return hooks.flatMap(({ hook, node, project }) => {
    const id = `hook.${project}.${hook.when}.${createHash('sha256').update(hook.raw.trim()).digest('hex').slice(0, 12)}`;
    if (known.has(id)) return [];
    known.add(id);
    const own = { relation: node?.relation ?? bareRelation(null, 'this_model'), config: node?.config ?? null };
    return {
      ...baseRecord(id),
      role: 'hook' as const,
      sqlKind: 'statement' as const,
      title: titleOf(node === null ? hook.when : `${hook.when} of ${node.name}`),
      description: null,
      container: projectContainer(project),
      owners: node === null ? [] : ownersIn(context, node),
      connection: connectionOf(context, node?.relation),
      origin: originOf(hook.place, context.origins),
      reconstructed: false,
      lifecycle: node?.enabled === false ? ('disabled' as const) : ('active' as const),
      schedule: hook.when.startsWith('on-run') ? 'on run' : 'on build',
      ...hookText(hook.raw, own, node === null, context),
    };
  });
}

function hookText(raw: string, own: Parameters<RecordContext['environment']['of']>[0], isShared: boolean, context: RecordContext): Text {
  const text = statement(raw, own, context);
  if (!isShared) return text;
  return { ...text, variants: text.variants.map((variant) => (variant.sql.includes('this_model') ? { ...variant, assumptions: [...variant.assumptions, MANY_MODELS] } : variant)) };
}

/** For a hook of many models no single relation is `this`. */
const MANY_MODELS = 'this_model stands for each model that dbt builds';

function statement(raw: string, own: Parameters<RecordContext['environment']['of']>[0], context: RecordContext): Text {
  const { variants, problems } = neutraliseJinja(raw, context.environment.of(own));
  return { raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, variants, problems };
}

/** What `dbt source freshness` asks: a query of its own, and the condition on the rows that it looks at. */
export function sourceRecords(sources: readonly DbtSource[], context: RecordContext): CollectedQuery[] {
  // What stands at the source holds for all of its tables and is one text.
  const seen = new Set<string>();
  const isNew = ({ raw, place }: { raw: string; place: { file: { path: string }; pointer: string } }): boolean => {
    const key = `${place.file.path}\n${place.pointer}\n${raw}`;
    return !seen.has(key) && seen.add(key).size > 0;
  };
  return sources.flatMap((source) => {
    const { loadedAtQuery: query, freshnessFilter: filter, relation, uniqueId } = source;
    const common = {
      description: source.description,
      title: titleOf(`${source.source}.${source.name}`),
      container: projectContainer(source.project),
      owners: ownersIn(context, source),
      connection: connectionOf(context, relation),
      reconstructed: false,
      lifecycle: source.config?.enabled === false ? ('disabled' as const) : ('active' as const),
      schedule: 'on source freshness',
    };
    const found: CollectedQuery[] = [];
    if (query !== null && isNew(query)) {
      const origin = originOf({ ...query.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(`${uniqueId}:loaded_at_query`), role: 'query', sqlKind: 'statement', ...common, origin, ...statement(query.raw, { relation, config: source.config }, context) });
    }
    if (filter !== null && isNew(filter)) {
      const origin = originOf({ ...filter.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(`${uniqueId}:freshness`), role: 'filter', sqlKind: 'predicate', ...common, origin, ...predicate(filter.raw, relation.sql, context) });
    }
    return found;
  });
}

function predicate(raw: string, relation: string, context: RecordContext): Text {
  const { variants, problems } = neutraliseJinja(raw, context.environment.of(null));
  return { raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, variants: variants.map((variant) => wrapFragment(variant, 'predicate', relation, 't')), problems };
}

/** A `where` of a generic test. */
export function testFilterRecord(filter: TestFilter, context: RecordContext): CollectedQuery {
  const relation = context.relations.read(filter.reference);
  const missing: Problem[] = relation === null ? [{ code: 'missing-reference', message: 'the relation that it tests is not in these files' }] : [];
  const { raw, variants, problems } = relation === null ? { raw: filter.raw, variants: [], problems: missing } : predicate(filter.raw, relation.sql, context);
  const place: TextPlace = { ...filter.place, offset: 0 };
  return {
    ...baseRecord(filter.nativeId),
    role: 'filter',
    sqlKind: 'predicate',
    title: titleOf(filter.name),
    description: null,
    container: projectContainer(filter.project),
    owners: [],
    connection: connectionOf(context, relation),
    origin: originOf(place, context.origins),
    raw,
    reconstructed: false,
    variants,
    lifecycle: 'active',
    schedule: 'on build',
    problems,
  };
}
