import { problemRecord } from '../common/record.js';
import type { CollectedQuery, Container } from '../../model/query.js';
import { isObject } from '../common/json.js';
import type { SourceFile } from '../common/source-file.js';
import { titleOf } from '../common/words.js';
import type { ReadContext } from '../source.js';

const ID = 'powerbi';
const PBIX_MEMBER = /^(.*?([^/]+)\.pbix)!\/(Report\/Layout|Connections|Metadata|Settings|Report\/definition\/report\.json)$/i;

/** How sure it is that a file is a text member of a `.pbix`. */
export function pbixCertainty({ path, text }: SourceFile, json: unknown): number {
  const member = PBIX_MEMBER.exec(path)?.[3];
  if (member === undefined || !isObject(json)) return 0;
  if (member === 'Report/Layout') return Array.isArray(json['sections']) ? 0.9 : 0;
  return text.includes('"Version"') || text.includes('Connections') || text.includes('$schema') ? 0.8 : 0;
}

/** One record a `.pbix`: its model is compressed in a way that only Power BI reads, or lies in the service. */
export function readPbix(files: readonly SourceFile[], context: ReadContext): CollectedQuery[] {
  const reports = new Map<string, { title: string; files: SourceFile[] }>();
  for (const file of files) {
    const [, archive = '', title = ''] = PBIX_MEMBER.exec(file.path) ?? [];
    if (archive === '') continue;
    const known = reports.get(archive);
    if (known === undefined) reports.set(archive, { title, files: [file] });
    else known.files.push(file);
  }
  return [...reports].map(([archive, { title, files: members }]) => pbixRecord(archive, title, members, context));
}

function pbixRecord(archive: string, title: string, members: readonly SourceFile[], context: ReadContext): CollectedQuery {
  const isThin = members.some(({ path, json }) => /\/Connections$/i.test(path.replace('!/', '/')) && isObject(json) && isLive(json));
  const message = isThin
    ? 'the report reads a semantic model that is published in the service; read it there, by the scanner interface'
    : 'the model of a .pbix file is compressed in a form that only Power BI reads; save it as a .pbip project or a .pbit template, or read the scanner interface';
  return problemRecord(
    ID, `${ID}:${title}:model`, { file: archive, pointer: '', line: 1, column: 1 }, { code: isThin ? 'missing-reference' : 'encrypted', message },
    { title: titleOf(title), container: { kind: 'dashboard', id: title, title: titleOf(title) }, connection: context.connection },
  );
}

/** A report without a model of its own names that of the service. */
function isLive(connections: Record<string, unknown>): boolean {
  const { RemoteArtifacts: remote, Connections: list } = connections;
  if (Array.isArray(remote) && remote.length > 0 && !Array.isArray(list)) return true;
  return Array.isArray(list) && list.some((item) => isObject(item) && typeof item['ConnectionType'] === 'string' && /pbiServiceLive|analysisServicesDatabaseLive/i.test(item['ConnectionType']));
}

/** `definition.pbir` of a report in a project. */
export function isReportLink(json: unknown): boolean {
  return isObject(json) && isObject(json['datasetReference']) && typeof json['version'] === 'string';
}

/** The reports of a project by the name of the model that they read. */
export function reportsByModel(files: readonly SourceFile[]): Map<string, Container[]> {
  const found = new Map<string, Container[]>();
  for (const { path, json } of files) {
    const reference = isObject(json) ? json['datasetReference'] : null;
    const byPath = isObject(reference) && isObject(reference['byPath']) ? reference['byPath']['path'] : null;
    const model = typeof byPath === 'string' ? /([^/\\]+)\.(?:SemanticModel|Dataset)[/\\]?$/.exec(byPath)?.[1] : undefined;
    const report = /([^/]+)\.Report\//.exec(path)?.[1];
    if (model === undefined || report === undefined) continue;
    found.set(model, [...(found.get(model) ?? []), { kind: 'dashboard', id: report, title: titleOf(report) }]);
  }
  return found;
}
