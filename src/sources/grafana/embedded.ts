import { isObject } from '../common/json.js';
import { pointerStep } from '../common/json-position.js';
import { SourceFile } from '../common/source-file.js';
import { kindOf } from './shapes.js';

/** Helm values and ConfigMaps hold dashboards at most so deep. */
const DEPTH_MAX = 8;
const DASHBOARDS_MAX = 2_000;

interface Inner {
  pointer: string;
  text: string;
}

/** Strings that are JSON of a dashboard: `data["x.json"]` of a ConfigMap, `spec.json` of grafana-operator, `json` of Helm values. */
function innerTexts(value: unknown, pointer: string, key: string, depth: number, found: Inner[]): void {
  if (found.length >= DASHBOARDS_MAX || depth > DEPTH_MAX) return;
  if (typeof value === 'string') {
    if (/(^|\.)json$/i.test(key) && /^\s*\{/.test(value) && /"(panels|elements|rows|dashboard|datasources)"/.test(value)) found.push({ pointer, text: value });
    return;
  }
  if (Array.isArray(value)) return value.forEach((item, index) => innerTexts(item, `${pointer}/${index}`, '', depth + 1, found));
  if (isObject(value)) for (const [name, inner] of Object.entries(value)) innerTexts(inner, pointer + pointerStep(name), name, depth + 1, found);
}

function textsIn({ value, text }: SourceFile): Inner[] {
  const found: Inner[] = [];
  if (!text.includes('json')) return found;
  if (Array.isArray(value) || (isObject(value) && kindOf(value) === null)) innerTexts(value, '', '', 0, found);
  return found;
}

/** True for a file that carries dashboards as texts. */
export function holdsDashboards(file: SourceFile): boolean {
  return textsIn(file).length > 0;
}

/** The dashboards that a file carries as texts, each a file of its own with places of this one. */
export function embeddedDashboards(file: SourceFile): SourceFile[] {
  return textsIn(file).map(({ pointer, text }) => file.embedded(pointer, text));
}

export function isTerraform({ path, text }: SourceFile): boolean {
  return /\.tf$/i.test(path) && /\bresource\s+"grafana_dashboard"/.test(text);
}

export function isJsonnet({ path, text }: SourceFile): boolean {
  return /\.(jsonnet|libsonnet)$/i.test(path) && /\bgrafonnet\b|\bgrafana\b/i.test(text) && /\bdashboard\b/i.test(text);
}

const HEREDOC = /<<-?\s*"?([A-Za-z_]\w*)"?[ \t]*\r?\n/g;

/** The heredocs of `config_json`. What stands before one becomes blanks, so that places stay those of the file. */
export function terraformDashboards(file: SourceFile): SourceFile[] {
  const { text } = file;
  return [...text.matchAll(HEREDOC)].flatMap((match) => {
    const start = match.index + match[0].length;
    const end = new RegExp(`^[ \\t]*${match[1]}[ \\t]*$`, 'm').exec(text.slice(start));
    if (end === null) return [];
    const inner = new SourceFile(file.path, text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start, start + end.index));
    return isObject(inner.json) ? [inner] : [];
  });
}
