import type { Call } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { functionName, numberOf } from './literals.js';

/** The schema in which the extension postgresql_anonymizer has its functions. */
export const ANONYMIZER_SCHEMA = 'anon';

const LEVELS: readonly (readonly [MaskLevel, RegExp])[] = [
  ['constant', /^(?:fake_|dummy_|random_|lorem_ipsum)/],
  // The seed and the salt are secrets of the server ("Generic hashing").
  ['pseudonymous-keyed', /^hash$/],
  // The salt of digest() is written in the rule; pseudo_*() gives the same value for the same seed.
  ['pseudonymous-weak', /^(?:digest$|pseudo_)/],
  // noise, dnoise and shuffle change values and keep their distribution: repeated reads average the noise out, a shuffled value is someone's.
  ['partial', /^(?:partial|generalize_|noise$|dnoise$|shuffle|image_blur$|add_noise)/],
];

/** Beside a piece of so many characters nothing worth hiding is left. */
const SHOWN_LENGTH_MAX = 12;

/** What a function of postgresql_anonymizer 2 leaves. One that the extension does not document leaves everything. */
export function maskOfAnonymizer(call: Call): MaskLevel[] {
  const name = functionName(call);
  if (name === 'ternary') return ['predicate', 'raw', 'raw'];
  const level = LEVELS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'raw';
  // partial(value, prefix, padding, suffix)
  const shown = name === 'partial' ? (numberOf(call.arguments[1]) ?? 0) + (numberOf(call.arguments[3]) ?? 0) : 0;
  return call.arguments.map(() => (shown > SHOWN_LENGTH_MAX ? 'raw' : level));
}
