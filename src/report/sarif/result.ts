import type { Finding, Suppression } from '../../model/finding.js';
import type { RenderOptions } from '../index.js';
import { configurationPlace, type Location, type Place, placeOf, relativeUri } from '../parts/place.js';
import { oneLine, suppressionSentence } from '../parts/words.js';
import { messageText } from './message-text.js';

/** GitHub shows the first of them beside the code and the rest as a list. */
const LOCATIONS_MAX = 10;

interface Numbered {
  ruleIndex: number;
  /** Which one of this fingerprint it is, from 1 on. */
  nth: number;
  options: RenderOptions;
}

/** One finding as a SARIF result. */
export function resultOf(finding: Finding, { ruleIndex, nth, options }: Numbered): object {
  const { ruleId, level, message, fix, evidence, partialFingerprints, baselineState, suppressions = [], locations } = finding;
  const { boundary } = partialFingerprints;
  return {
    ruleId,
    ruleIndex,
    level,
    message: { text: `${messageText(message)}\n${messageText(fix)}` },
    locations: locationsOf(finding, options),
    // Without `primaryLocationLineHash` GitHub hashes the lines of the file, and a reformatted file would look new.
    partialFingerprints: { boundary, primaryLocationLineHash: `${boundary}:${nth}` },
    ...(baselineState === undefined ? {} : { baselineState }),
    ...(suppressions.length === 0 ? {} : { suppressions: suppressions.map((suppression) => suppressionOf(suppression, options)) }),
    properties: {
      confidence: finding.confidence,
      consumer: oneLine(finding.consumer, 300),
      evidence: evidence.map((text) => oneLine(text)),
      owner: finding.owner === null ? null : oneLine(finding.owner, 300),
      ...(locations.length > LOCATIONS_MAX ? { locationsLeftOut: locations.length - LOCATIONS_MAX } : {}),
    },
  };
}

/** Every location has a file of the repository, as GitHub refuses results without: for what has none the configuration stands in. */
function locationsOf(finding: Finding, options: RenderOptions): object[] {
  const logical = databaseLocations(finding);
  if (finding.locations.length === 0) return [{ physicalLocation: physicalLocation(configurationPlace(options)), logicalLocations: logical }];
  return finding.locations.slice(0, LOCATIONS_MAX).map((location) => {
    const place = placeOf(location, options);
    return {
      physicalLocation: physicalLocation(place ?? configurationPlace(options)),
      logicalLocations: [...positionsInside(location, place), ...logical],
    };
  });
}

/** A percent-encoded path from the root, with a position in UTF-16 units. */
export function physicalLocation({ path, line, column }: Place): object {
  return {
    artifactLocation: { uri: relativeUri(path), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, startColumn: column },
  };
}

/** What lives in a database and has no file. */
function databaseLocations({ store, relation, consumer }: Finding): object[] {
  const inStore = (name: string): string => [store, name].filter((part) => part !== '').map((part) => oneLine(part, 300)).join('/');
  return [
    ...(relation === '' ? [] : [{ kind: 'relation', name: oneLine(relation, 300), fullyQualifiedName: inStore(relation) }]),
    ...(store === '' ? [] : [{ kind: 'store', name: oneLine(store, 300), fullyQualifiedName: oneLine(store, 300) }]),
    ...(consumer === '' ? [] : [{ kind: 'consumer', name: oneLine(consumer, 300), fullyQualifiedName: oneLine(consumer, 600) }]),
  ].filter(({ name }) => name !== '');
}

/** The address or archive member that no path names, and the JSON pointer inside. */
function positionsInside({ file, pointer }: Location, place: Place | null): object[] {
  const isNamed = place !== null && !file.includes('!/');
  return [
    ...(isNamed ? [] : [{ kind: 'resource', fullyQualifiedName: oneLine(file, 2_000) }]),
    ...(pointer === '' ? [] : [{ kind: 'value', fullyQualifiedName: oneLine(pointer, 2_000) }]),
  ].filter(({ fullyQualifiedName }) => fullyQualifiedName !== '');
}

function suppressionOf(suppression: Suppression, options: RenderOptions): object {
  const { kind, by, owner, until, place } = suppression;
  const found = placeOf({ ...place, pointer: '', column: 1 }, options);
  return {
    kind,
    status: 'accepted',
    justification: suppressionSentence(suppression),
    ...(found === null ? {} : { location: { physicalLocation: physicalLocation(found) } }),
    properties: { by, owner: owner === null ? null : oneLine(owner, 300), until },
  };
}
