import type { MetricDeclaration } from '../../model/metric-declaration.js';
import { declarationOf, freeFields } from '../common/declaration.js';
import { isExactCondition } from './condition.js';
import { wordsOf } from './explore.js';
import type { Part } from './part.js';
import type { Resolver } from './resolver.js';

/** Measures that calculate with the rows of an answer. */
const ON_RESULTS = new Set(['percent_of_total', 'percent_of_previous', 'running_total', 'period_over_period']);

/** What a measure of a view declares besides its SQL. */
export function measureDeclaration(view: Part, measure: Part, resolver: Resolver): MetricDeclaration {
  const { title, description } = wordsOf(measure);
  const tags = [...measure.words('tags'), ...view.words('tags')];
  const isHidden = measure.isSet('hidden');
  const access = [...(isHidden ? ['hidden'] : []), ...measure.words('required_access_grants').map((grant) => `access grant ${grant}`)].join(', ');
  return declarationOf({
    by: 'looker', name: `${view.name}.${measure.name}`, label: title === measure.name ? null : title, intent: description,
    dimensions: view.named('dimension', 'dimension_group').map(({ name }) => name),
    free: freeFields([Object.fromEntries(tags.map(pairOf))], tags),
    access: access === '' ? null : access,
    incomplete: incompleteness(view, measure, resolver),
  });
}

/** Tags are words; people write `owner:finance` and `changelog: …` into them. */
function pairOf(tag: string): [string, string] {
  const at = tag.search(/[:=]/);
  return at === -1 ? [tag, ''] : [tag.slice(0, at), tag.slice(at + 1).trim()];
}

function incompleteness(view: Part, measure: Part, resolver: Resolver): string | null {
  const type = measure.value('type') ?? '';
  if (ON_RESULTS.has(type)) return 'it is calculated from the rows of an answer';
  if (measure.properties.has('sql_distinct_key') && !/^(?:sum|average)_distinct$/.test(type)) return 'its distinct key counts where joins multiply its rows, which the SQL leaves out';
  for (const [name, filter] of measure.filters()) {
    const found = resolver.find(...placeOf(name, view.name));
    const kind = found?.part.key === 'dimension_group' ? 'time' : (found?.part.value('type') ?? 'string');
    if (!isExactCondition(kind, filter)) return `the filter on ${name.slice(0, 80)} is one of which the SQL knows only the column, or leaves open whether rows without a value count`;
  }
  return null;
}

function placeOf(name: string, view: string): [string, string] {
  const dot = name.indexOf('.');
  return dot === -1 ? [view, name] : [name.slice(0, dot), name.slice(dot + 1)];
}
