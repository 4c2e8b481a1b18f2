import type { StoreBoundary } from '../graph/boundary.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import type { Report } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import { plainText } from '../text/plain-text.js';
import { consumerLines } from './consumers.js';
import { metricLines, pairLines, productLines } from './products.js';
import { comment, guess, scalar } from './yaml.js';
import { zoneLines } from './zones.js';

export interface GuessInput {
  snapshot: Snapshot;
  /** What the run was given: stores, sources. */
  configuration: Configuration;
  boundaries: readonly StoreBoundary[];
  consumers: readonly ClassifiedConsumer[];
  movements: readonly RelationMovement[];
  report: Pick<Report, 'metrics' | 'gaps'>;
}

/**
 * A `tidemark.yaml` for a system that was looked at. What is seen stands as it is, what is guessed is marked with its reason, and what only a
 * person knows is a comment. Connections are written as variables: no address and no password stands in it.
 */
export function guessedConfiguration(input: GuessInput): string {
  const { snapshot, boundaries, consumers, movements, report } = input;
  const sections: [title: string, about: string, lines: string[], isCommented?: boolean][] = [
    ['stores', '', storeLines(input)],
    ['zones', 'What schemas are for. The first pattern that matches wins.', zoneLines(boundaries)],
    ['sources', 'Where the SQL of dashboards, reports and code is.', sourceLines(input)],
    ['consumers', 'Who reads. Take the hash from a decision or level to confirm it (docs/consumers.md).', consumerLines(consumers, boundaries)],
    ['data_products', 'What watch and serve hold to a freshness.', productLines(snapshot.stores)],
    ['reconcile', 'Pairs that tidemark reconcile compares; tidemark reconcile --suggest looks closer.', pairLines(movements, boundaries), true],
    ['metrics', 'Metrics as they should be: relation with eligibility and formula, or sql (docs/metrics.md).', metricLines(report.metrics ?? []), true],
  ];
  return [
    `# Written by tidemark init by what was seen at ${snapshot.takenAt}. What is marked "guess" is one: correct it, or leave it and the mark.`,
    '# Every key: docs/configuration.md, or tidemark schema for editors.',
    ...report.gaps.slice(0, GAPS_MAX).map((gap) => `# Not seen: ${plainText(`${gap.missing} of ${gap.subject}: ${gap.cause}`, 240)}`),
    ...(report.gaps.length > GAPS_MAX ? [`# … and ${report.gaps.length - GAPS_MAX} more things; tidemark doctor lists them.`] : []),
    ...sections.flatMap(([title, about, lines, isCommented = false]) => (lines.length === 0 ? [] : ['', ...(about === '' ? [] : [`# ${about}`]), `${isCommented ? '# ' : ''}${title}:`, ...lines])),
    '',
  ].join('\n');
}

const GAPS_MAX = 8;

/** What the name of a variable for a store's address is made of. */
export const variableOf = (store: string): string => `${store.toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'STORE'}_URL`;

function storeLines({ snapshot, configuration }: GuessInput): string[] {
  const unseen = configuration.stores.filter(({ name }) => !snapshot.stores.some((store) => store.name === name));
  return [
    ...snapshot.stores.flatMap(({ name, role, engine, version, database, inRecovery, address }) => [
      `  - name: ${scalar(name)}${comment(`${engine} ${version}, database ${database}${address === undefined ? '' : ` on ${address.host}`}`)}`,
      `    role: ${role}${inRecovery && role === 'operational' ? guess('it is a standby: replica, if its primary is looked at too') : ''}`,
      `    engine: ${engine}`, `    url: \${env:${variableOf(name)}}`,
    ]),
    ...unseen.flatMap(({ name, role, engine }) => [`  - name: ${scalar(name)}${comment('could not be looked at')}`, `    role: ${role}`, `    engine: ${engine}`, `    url: \${env:${variableOf(name)}}`]),
  ];
}

function sourceLines({ snapshot, configuration }: GuessInput): string[] {
  const given = configuration.sources.length > 0 ? configuration.sources : snapshot.sources.map(({ path }) => ({ path, tool: null, store: null, remote: undefined }));
  return given.flatMap(({ path, tool, store, remote }) => {
    const queries = Object.entries(snapshot.sources.find((source) => source.path === path)?.queries ?? {}).map(([kind, number]) => `${number} of ${kind}`).join(', ');
    const found = queries === '' ? '' : comment(queries);
    return [remote === undefined ? `  - path: ${JSON.stringify(path)}${found}` : `  - url: ${JSON.stringify(path)}${found}`, ...(tool === null ? [] : [`    tool: ${scalar(tool)}`]), ...(store === null ? [] : [`    store: ${scalar(store)}`])];
  });
}
