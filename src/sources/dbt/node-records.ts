import { createHash } from 'node:crypto';
import type { CollectedQuery, QueryVariant } from '../../model/query.js';
import { frameVariant } from '../../template/frame.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX, VARIANTS_MAX } from '../../template/limits.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import { alignCompiled } from './align.js';
import { baseRecord, connectionOf, originOf, ownersIn, projectContainer, type RecordContext } from './context.js';
import type { DbtHook, DbtNode, DbtSource } from './model.js';
import { bareRelation } from './relations.js';
import type { DbtConfig } from './shapes.js';
import { testFrame } from './test-sql.js';

/** Relations that one Python model reads, each a variant, at most. */
const REFERENCES_MAX = 200;

type Text = Pick<CollectedQuery, 'raw' | 'variants' | 'problems'>;

/** A model, snapshot, analysis or test. */
export function nodeRecord(node: DbtNode, testDefaults: DbtConfig, context: RecordContext): CollectedQuery {
  const isDefinition = node.type === 'model' || node.type === 'snapshot';
  const text = node.text === null ? null : framed(node, textOf(node, node.text.raw, context), testDefaults);
  const place = text === null || node.text === null ? node.place : node.text.place;
  return {
    ...baseRecord(node.uniqueId),
    role: isDefinition ? 'relation' : node.type === 'test' ? 'quality-check' : 'query',
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
    ...builtBy(node),
  };
}

/** What dbt makes of a model or snapshot. An ephemeral one is never stored, and others read it by its name all the same. */
function builtBy({ type, config, relation: { schema, identifier: name } }: DbtNode): Pick<CollectedQuery, 'builds'> {
  if (type !== 'model' && type !== 'snapshot') return {};
  return { builds: { schema, name, materialization: type === 'snapshot' ? 'snapshot' : (config.materialized?.slice(0, 100) ?? null) } };
}

function scheduleOf({ config, type }: DbtNode): string | null {
  if (config.schedule) return config.schedule.slice(0, 100);
  const after = config.freshness?.build_after;
  if (after?.count && after.period) return `build after ${after.count} ${after.period.slice(0, 20)}`;
  return type === 'analysis' ? null : 'on build';
}

/** Of a test, dbt sends the count of the rows that its text finds. */
function framed({ type, config }: DbtNode, text: Text, defaults: DbtConfig): Text {
  const frame = type === 'test' ? testFrame(config, defaults) : null;
  return frame === null ? text : { ...text, variants: text.variants.map((variant) => frameVariant(withoutSemicolon(variant), frame.before, frame.after)) };
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

/** A text that others stand around must not end its statement. */
function withoutSemicolon(variant: QueryVariant): QueryVariant {
  const kept = /;\s*$/.exec(variant.sql.slice(-200));
  if (kept === null) return variant;
  const length = variant.sql.length - kept[0].length;
  const map = variant.map.length > 0 ? variant.map : [{ out: 0, src: 0, length: variant.sql.length, srcEnd: variant.sql.length, copy: true }];
  const cut = map.filter(({ out }) => out < length).map((segment) => {
    const over = segment.out + segment.length - length;
    return over <= 0 ? segment : { ...segment, length: segment.length - over, srcEnd: segment.copy ? segment.srcEnd - over : segment.srcEnd };
  });
  return { ...variant, sql: variant.sql.slice(0, length), map: cut };
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
      ...hookText(hook, own, node === null, context),
    };
  });
}

function hookText({ raw, isComputed }: DbtHook, own: Parameters<RecordContext['environment']['of']>[0], isShared: boolean, context: RecordContext): Text {
  const text = isComputed === true ? computed(raw, own, context) : statement(raw, own, context);
  if (!isShared) return text;
  return { ...text, variants: text.variants.map((variant) => (variant.sql.includes('this_model') ? { ...variant, assumptions: [...variant.assumptions, MANY_MODELS] } : variant)) };
}

/** What an expression gives: nothing of it stands in the file as it is sent. */
function computed(raw: string, own: Parameters<RecordContext['environment']['of']>[0], context: RecordContext): Text {
  const { variants, problems } = neutraliseJinja(`{{ ${raw} }}`, context.environment.of(own), { branches: false });
  return { raw, variants: variants.map((variant) => ({ ...variant, map: [{ out: 0, src: 0, length: variant.sql.length, srcEnd: raw.length, copy: false }] })), problems };
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
    const { loadedAtQuery: query, freshnessFilter: filter, loadedAtField: field, relation, uniqueId } = source;
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
      found.push({ ...baseRecord(`${uniqueId}:loaded_at_query`), role: 'query', sqlKind: 'statement', ...common, origin, ...newest(source, query.raw, context) });
    }
    if (filter !== null && isNew(filter)) {
      const origin = originOf({ ...filter.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(`${uniqueId}:freshness`), role: 'filter', sqlKind: 'predicate', ...common, origin, ...predicate(filter.raw, relation.sql, context) });
    }
    if (field !== null) {
      const origin = originOf({ ...source.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(`${uniqueId}:loaded_at_field`), role: 'quality-check', sqlKind: 'statement', ...common, reconstructed: true, origin, ...freshness(source, field, context) });
    }
    return found;
  });
}

/** What `dbt source freshness` sends where no query is stated (`default__collect_freshness` of dbt-adapters 1.x). */
function freshness({ relation, freshnessFilter: filter, config }: DbtSource, field: string, context: RecordContext): Text {
  const own = { relation, config };
  const parts = [field, ...(filter === null ? [] : [filter.raw])].map((text) => statement(text, own, context));
  const [newest = '', condition] = parts.map(({ variants }) => variants[0]?.sql.trim() ?? '');
  const problems = parts.flatMap((part) => part.problems);
  if (newest === '') return { raw: '', variants: [], problems };
  const where = condition ? `\nwhere ${condition}` : '';
  const sql = `select\n  max(${newest}) as max_loaded_at,\n  ${nowOf(context)} as snapshotted_at\nfrom ${relation.sql}${where}`;
  return { raw: '', variants: [rebuiltVariant('default', sql, parts.flatMap(({ variants }) => variants[0]?.assumptions ?? []))], problems };
}

/** A query that a source states for it (`default__collect_freshness_custom_sql` of dbt-adapters 1.x). */
function newest({ relation, config }: DbtSource, raw: string, context: RecordContext): Text {
  const text = statement(raw, { relation, config }, context);
  const after = `\n)\nselect\n  (select * from source_query) as max_loaded_at,\n  ${nowOf(context)} as snapshotted_at`;
  return { ...text, variants: text.variants.map((variant) => frameVariant(withoutSemicolon(variant), 'with source_query as (\n', after)) };
}

function nowOf({ profile: { adapter } }: RecordContext): string {
  return adapter === 'redshift' ? 'getdate()' : adapter === 'postgres' || adapter === null ? 'now()' : 'current_timestamp';
}

function predicate(raw: string, relation: string, context: RecordContext): Text {
  const { variants, problems } = neutraliseJinja(raw, context.environment.of(null));
  return { raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, variants: variants.map((variant) => wrapFragment(variant, 'predicate', relation, 't')), problems };
}
