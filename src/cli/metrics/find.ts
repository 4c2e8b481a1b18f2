import type { MetricGroup } from '../../model/metric-report.js';
import { nearestName } from '../../text/nearest-name.js';
import { UsageError } from '../usage-error.js';
import { definitionOf, letterOf, type Pair } from './classes.js';
import { clean } from './words.js';

const LISTED_MAX = 12;

/**
 * The group that a name means: by its id or name, then by the words of it, then by a part of it, then by the title of one of
 * its cards; letters, punctuation and order of words do not matter more than they must.
 *
 * @throws UsageError where none or several fit; it names them
 */
export function findGroup(groups: readonly MetricGroup[], wanted: string): MetricGroup {
  for (const fits of WAYS) {
    const found = groups.filter((group) => fits(group, wanted));
    const [only, another] = found;
    if (only !== undefined && another === undefined) return only;
    if (only !== undefined) throw several(wanted, found);
  }
  throw unknown(wanted, groups);
}

const WAYS: ((group: MetricGroup, wanted: string) => boolean)[] = [
  ({ id }, wanted) => id === wanted,
  ({ name, id }, wanted) => [name, id].some((text) => text.toLowerCase() === wanted.trim().toLowerCase()),
  ({ name }, wanted) => wordsOf(wanted) !== '' && wordsOf(name) === wordsOf(wanted),
  ({ name }, wanted) => wordsOf(wanted) !== '' && wordsOf(name).includes(wordsOf(wanted)),
  ({ members }, wanted) => wordsOf(wanted) !== '' && members.some(({ title }) => wordsOf(title) === wordsOf(wanted)),
  ({ members }, wanted) => wordsOf(wanted) !== '' && members.some(({ title }) => wordsOf(title).includes(wordsOf(wanted))),
];

function wordsOf(text: string): string {
  return text.slice(0, 500).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function several(wanted: string, found: readonly MetricGroup[]): UsageError {
  const lines = found.slice(0, LISTED_MAX).map(({ id }) => `  ${clean(id, 200)}`);
  const rest = found.length > LISTED_MAX ? [`  … and ${found.length - LISTED_MAX} more`] : [];
  return new UsageError(`'${clean(wanted)}' fits ${found.length} metrics`, ['give one of these in its place:', ...lines, ...rest].join('\n'));
}

function unknown(wanted: string, groups: readonly MetricGroup[]): UsageError {
  if (groups.length === 0) return new UsageError(`there is no metric '${clean(wanted)}': none is defined more than once among the queries that were read`, 'tidemark metrics says what was read');
  const names = [...new Set(groups.map(({ name }) => name))];
  const nearest = nearestName(wanted, names) ?? nearestName(wanted, groups.flatMap(({ members }) => members.map(({ title }) => title)));
  const meant = nearest === null ? '' : `; did you mean '${clean(nearest)}'?`;
  const listed = names.slice(0, LISTED_MAX).map((name) => clean(name));
  const rest = names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : '';
  return new UsageError(`there is no metric '${clean(wanted)}'${meant}`, `metrics: ${listed.join(', ')}${rest}`);
}

/**
 * The pair of two letters, in the order of the group.
 *
 * @throws UsageError for a letter that names no definition, and for two that were not compared
 */
export function findPair(group: MetricGroup, [one, other]: readonly [string, string]): Pair {
  const places = [one, other].map((letters) => {
    const place = definitionOf(letters, group);
    if (place === null) throw new UsageError(`${clean(group.name)} has no definition ${letters}`, `its definitions: ${group.definitions.map((_, index) => letterOf(index)).join(', ')}`);
    return place;
  });
  const found = group.pairs.find(({ first, second }) => places.includes(first) && places.includes(second));
  if (found === undefined) throw new UsageError(`${one} and ${other} of ${clean(group.name)} were not compared`, group.partial === null ? 'tidemark metrics show NAME says why' : clean(group.partial, 300));
  return found;
}
