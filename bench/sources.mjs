/**
 * How fast the queries of dashboards are found: 1,000 Grafana dashboards of 20 panels, listed with their places and read by the
 * parser; the same work without the parser; a repository of code and YAML that is no dashboard's. CPU time, ratios and memory.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.mjs';

const program = fileURLToPath(new URL('../bin/tidemark.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'));
let over = false;

function report(what, value, budget, unit) {
  over ||= value > budget;
  const shown = (number) => (Math.abs(number) < 10 ? number.toFixed(2) : Math.round(number).toLocaleString('en'));
  process.stdout.write(`${value <= budget ? 'ok  ' : 'OVER'}  ${what.padEnd(62)} ${shown(value).padStart(8)} ${unit.padEnd(6)} budget ${shown(budget)} ${unit}\n`);
}

const TEXTS = [
  (n) => `SELECT $__timeGroupAlias(opened_at, '1h'), count(*) AS "cases"\nFROM app.case_file\nWHERE $__timeFilter(opened_at) AND region IN ($region) AND step_${n} IS NOT NULL\nGROUP BY 1 ORDER BY 1`,
  (n) => `SELECT o.name, sum(f.amount) FROM app.fee f JOIN app.officer o ON o.id = f.officer_id WHERE f.kind = '$kind' AND f.step = ${n} GROUP BY o.name LIMIT $rows`,
  (n) => `WITH latest AS (SELECT DISTINCT ON (case_id) * FROM app.decision ORDER BY case_id, decided_at DESC)\nSELECT d.outcome, avg(extract(epoch FROM d.decided_at - c.opened_at)) FROM latest d JOIN app.case_file c ON c.id = d.case_id WHERE c.number > ${n} GROUP BY 1`,
  (n) => `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY closed_at - opened_at) FROM app.case_file WHERE $__unixEpochFilter(opened_epoch) AND office = $office AND n = ${n}`,
];

function dashboards(count) {
  const path = join(folder, `grafana-${count}`);
  mkdirSync(path);
  for (let index = 0; index < count; index++) {
    const panels = Array.from({ length: 20 }, (_, panel) => ({
      id: panel + 1, title: `Panel ${panel}`, type: 'timeseries', datasource: { type: 'grafana-postgresql-datasource', uid: 'pg' }, gridPos: { h: 8, w: 12, x: 0, y: panel },
      fieldConfig: { defaults: { color: { mode: 'palette-classic' }, custom: { lineWidth: 1, fillOpacity: 10 } }, overrides: [] },
      targets: [{ refId: 'A', format: 'time_series', rawQuery: true, rawSql: TEXTS[panel % TEXTS.length](index * 20 + panel) }],
    }));
    const list = [{ name: 'region', type: 'custom', multi: true, query: 'north,south', current: { value: ['north'] }, options: [{ value: 'north' }, { value: 'south' }] }, { name: 'kind', type: 'textbox', query: 'fee', current: { value: 'fee' } }];
    writeFileSync(join(path, `d${index}.json`), JSON.stringify({ uid: `d${index}`, title: `Dashboard ${index}`, schemaVersion: 39, refresh: '30s', panels, templating: { list } }, null, 2));
  }
  return path;
}

function repository(files) {
  const path = join(folder, 'repository');
  mkdirSync(path);
  for (let index = 0; index < files; index++) {
    writeFileSync(join(path, `m${index}.yaml`), `name: service-${index}\nreplicas: 2\nenvironment:\n${Array.from({ length: 40 }, (_, key) => `  KEY_${key}: "value ${key}"`).join('\n')}\n`);
    writeFileSync(join(path, `m${index}.ts`), Array.from({ length: 60 }, (_, line) => `export function step${line}(value: number): string {\n  return \`step \${value} of ${line}\`;\n}`).join('\n'));
  }
  return path;
}

try {
  const large = dashboards(1_000);
  const small = dashboards(250);
  const bare = measure([program, 'rules'], { runs: 3 });
  const all = measure([program, 'sources', large, '--format', 'ndjson'], { runs: 3 });
  report('sources: 1,000 Grafana dashboards of 20 panels', all.cpu_ms / 1000, 12, 's CPU');
  report('the same: peak memory', all.memory_bytes / 1e6, 700, 'MB');
  const quarter = measure([program, 'sources', small, '--format', 'ndjson'], { runs: 3 });
  report('the same beside a quarter of them: times the CPU', (all.cpu_ms - bare.cpu_ms) / (quarter.cpu_ms - bare.cpu_ms), 5, 'times');
  const none = measure([program, 'sources', repository(1_000)], { runs: 3, expectedStatus: [3] });
  report('sources: 2,000 files of a repository without a query', none.cpu_ms / 1000, 10, 's CPU');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = over ? 1 : 0;
