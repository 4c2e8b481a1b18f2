import type { CollectedQuery, Owner, QueryVariant } from '../../model/query.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX, VARIANTS_MAX } from '../../template/limits.js';
import { Notes } from '../../template/result.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import { descriptionOf, titleOf } from '../common/words.js';
import { baseRecord, connectionOf, originOf, ownersIn, projectContainer, type RecordContext } from './context.js';
import type { MadeTest } from './manifest.js';
import type { DbtRelation, GenericTest } from './model.js';
import type { DbtConfig } from './shapes.js';
import { testFrame, testSql } from './test-sql.js';

/** A generic test, with where it is known from: `isCompiled` where its statement stands in a manifest, `isStated` where a property file has it. */
export type KnownTest = MadeTest & { isStated: boolean };

/** What a test looks at. */
export interface Tested {
  owners: Owner[];
  isEnabled: boolean;
}

/** The tests of property files and manifests, each once: a manifest knows the id that dbt signs statements with, a property file where it stands. */
export function knownTests(stated: readonly GenericTest[], made: readonly MadeTest[], { relations }: RecordContext): KnownTest[] {
  const keyOf = ({ project, macro, column }: GenericTest, reference: string): string =>
    [project, macro.replace(/^dbt\./, ''), column ?? '', relations.read(reference)?.sql ?? reference].join('\n');
  const byKey = new Map<string, MadeTest[]>();
  for (const test of made) {
    for (const reference of test.references) {
      const key = keyOf(test, reference);
      byKey.set(key, [...(byKey.get(key) ?? []), test]);
    }
  }
  const taken = new Set<MadeTest>();
  const merged = stated.map((test): KnownTest => {
    const found = test.references.flatMap((reference) => {
      const candidates = (byKey.get(keyOf(test, reference)) ?? []).filter((one) => !taken.has(one));
      const other = candidates.find((one) => hasSameArguments(one, test)) ?? candidates[0];
      if (other !== undefined) taken.add(other);
      return other ?? [];
    });
    const [first] = found;
    if (first === undefined) return { ...test, isStated: true, isCompiled: false, isEnabled: test.config.enabled !== false };
    return { ...test, uniqueId: first.uniqueId, title: first.title, isStated: true, isCompiled: found.every(({ isCompiled }) => isCompiled), isEnabled: first.isEnabled };
  });
  return [...merged, ...made.filter((test) => !taken.has(test)).map((test) => ({ ...test, isStated: false }))];
}

function hasSameArguments(one: GenericTest, other: GenericTest): boolean {
  const text = ({ args, where }: GenericTest): string => JSON.stringify([Object.entries(args).toSorted(([left], [right]) => (left < right ? -1 : 1)), where?.raw.trim() ?? '']);
  return text(one) === text(other);
}

/** A test that was not compiled, as the statement that dbt sends for it, and its condition as it stands. */
export function testRecords(tests: readonly KnownTest[], tested: ReadonlyMap<string, Tested>, defaults: DbtConfig, context: RecordContext): CollectedQuery[] {
  return tests.flatMap((test) => {
    const relations = test.references.flatMap((reference) => context.relations.read(reference) ?? []);
    const own = ownersIn(context, { config: test.config, meta: test.config.meta ?? null, group: test.config.group ?? null });
    const subject = relations[0] === undefined ? undefined : tested.get(relations[0].sql);
    const common = {
      title: titleOf(test.title ?? `${test.macro} ${test.subject}${test.column === null || test.column.length > 60 ? '' : `.${test.column}`}`),
      description: descriptionOf(test.description),
      container: projectContainer(test.project),
      owners: own.length > 0 ? own : (subject?.owners ?? []),
      connection: connectionOf(context, relations[0] ?? null),
      lifecycle: test.isEnabled && subject?.isEnabled !== false ? ('active' as const) : ('disabled' as const),
      schedule: 'on build',
    };
    const found: CollectedQuery[] = [];
    if (!test.isCompiled) {
      const origin = originOf({ ...test.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(test.uniqueId), role: 'quality-check', sqlKind: 'statement', ...common, origin, raw: '', reconstructed: true, ...statements(test, relations, defaults, context) });
    }
    if (test.where !== null && (test.isStated || !test.isCompiled)) {
      const origin = originOf({ ...test.where.place, offset: 0 }, context.origins);
      found.push({ ...baseRecord(`${test.uniqueId}:where`), role: 'filter', sqlKind: 'predicate', ...common, origin, reconstructed: false, ...condition(test.where.raw, relations, context) });
    }
    return found;
  });
}

function statements(test: GenericTest, relations: readonly DbtRelation[], defaults: DbtConfig, context: RecordContext): Pick<CollectedQuery, 'variants' | 'problems'> {
  const notes = new Notes();
  const frame = testFrame(test.config, defaults);
  const variants = relations.slice(0, VARIANTS_MAX).flatMap((relation, index): QueryVariant[] => {
    const sql = testSql(test, relation, defaults, context, notes);
    if (sql === null || sql.length > TEXT_LENGTH_MAX) return [];
    const label = index === 0 ? 'default' : relation.identifier.slice(0, 80);
    return [rebuiltVariant(label, frame === null ? sql : frame.before + sql + frame.after, notes.assumptions)];
  });
  if (relations.length === 0) notes.problem('missing-reference', 'the relation that it tests is not in these files');
  return { variants, problems: notes.problems };
}

function condition(raw: string, relations: readonly DbtRelation[], { environment }: RecordContext): Pick<CollectedQuery, 'raw' | 'variants' | 'problems'> {
  const [relation] = relations;
  if (relation === undefined) return { raw, variants: [], problems: [{ code: 'missing-reference', message: 'the relation that it tests is not in these files' }] };
  const { variants, problems } = neutraliseJinja(raw, environment.of(null));
  return { raw: raw.length > TEXT_LENGTH_MAX ? '' : raw, variants: variants.map((variant) => wrapFragment(variant, 'predicate', relation.sql, 't')), problems };
}
