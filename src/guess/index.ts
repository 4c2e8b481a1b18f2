import { consumerLines } from './consumers.js';
import type { GuessInput } from './input.js';
import { conceptLines, metricLines, pairLines, productLines } from './proposals.js';
import { sourceLines } from './sources.js';
import { storeLines } from './stores.js';
import { remark } from './yaml.js';
import { zoneLines } from './zones.js';

const HEAD = [
  'The configuration of tidemark, by what was seen. docs/configuration.md describes every key.',
  'What follows from names and statements is written, with its reason; whatever reads guess should be looked at once.',
  'What only a person can decide is a proposal: a line that begins with # and no blank holds once its # is gone.',
];

/**
 * A commented `tidemark.yaml` by everything that was seen: it loads as it is and judges as the guesses did. What would count as
 * somebody's word (owners, decisions, levels, promises, pairs, declared metrics) is proposed only. Holds no secret and no row value. Pure.
 */
export function configurationText(input: GuessInput): string {
  const blind = input.snapshot.gaps.filter(({ severity }) => severity === 'blind').map(({ subject, missing }) => remark(`Not looked at, so that nothing is known of it: ${subject} (${missing})`));
  const sections = [
    [...HEAD.map((line) => remark(line)), remark(`Seen at ${input.snapshot.takenAt}.`), ...blind],
    ...(input.stores.length === 0 ? [] : [storeLines(input)]),
    zoneLines(input.boundaries), sourceLines(input.snapshot), consumerLines(input), productLines(input), pairLines(input), metricLines(input), conceptLines(input),
  ];
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
