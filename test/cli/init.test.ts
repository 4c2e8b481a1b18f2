import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../../src/config/parse.js';
import { remark, yamlText } from '../../src/guess/yaml.js';
import { tidemarkHere } from './in-process.js';

const estate = fileURLToPath(new URL('../../fixtures/estate', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-init-'));
  for (const part of ['estate.tidemark', 'dashboards', 'reports']) cpSync(path.join(estate, part), path.join(folder, part), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const init = (...args: string[]) => tidemarkHere(['init', ...args, '--no-progress'], { cwd: folder });

describe('init', () => {
  test('writes what loads, with guesses marked and no address, and does not write over it', async () => {
    const { code, stdout, stderr } = await init('estate.tidemark');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'wrote tidemark.yaml: 2 stores, 30 consumers; look at every line that says guess\nset PRODUCTION_URL, WAREHOUSE_URL where tidemark runs\nnext: tidemark audit estate.tidemark -c tidemark.yaml\n' });
    const text = readFileSync(path.join(folder, 'tidemark.yaml'), 'utf8');
    expect(text).toContain('    url: ${env:PRODUCTION_URL}\n');
    expect(text).not.toMatch(/url: (?!\$\{env:)/);
    expect(text).toMatch(/ {2}internal:\n {4}- "app\.\*" {2}# guess: /);
    expect(text).toMatch(/guess/);
    const { configuration } = parseConfiguration(text, folder, { environment: {}, connects: false, displayName: 'tidemark.yaml' });
    expect(configuration.stores.map(({ name, role }) => `${name} ${role}`)).toEqual(['production operational', 'warehouse warehouse']);
    expect(configuration.consumers.length).toBeGreaterThan(25);
    const again = await init('estate.tidemark');
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('tidemark.yaml');
    // Its guesses are those that an audit would make: nothing is judged otherwise, and nothing more is called promised.
    const judged = async (...flags: string[]): Promise<string[]> => {
      const { stdout: json } = await tidemarkHere(['audit', 'estate.tidemark', '--no-progress', '-q', '--format', 'json', ...flags], { cwd: folder });
      const { findings } = z.object({ findings: z.array(z.object({ ruleId: z.string(), consumer: z.string(), relation: z.string() })) }).parse(JSON.parse(json));
      return findings.map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`).sort();
    };
    const withFile = await judged();
    rmSync(path.join(folder, 'tidemark.yaml'));
    expect(withFile).toEqual(await judged());
  });

  test('prints it, with dashboards alone', async () => {
    const { code, stdout, stderr } = await init('--dashboards', 'dashboards/grafana', '-o', '-');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/sources:\n {2}# grafana: 17 queries\n {2}- path: dashboards\/grafana\n/);
  });

  test('says what is missing', async () => {
    expect(await init()).toMatchObject({ code: 2, stdout: '' });
    expect(await init('estate.tidemark', '-o', 'nowhere/tidemark.yaml')).toMatchObject({ code: 2, stdout: '' });
    writeFileSync(path.join(folder, 'empty.tidemark'), '');
    expect(await init('empty.tidemark', '-o', 'other.yaml')).toMatchObject({ code: 2 });
  });
});

describe('what comes from outside', () => {
  test('is one value of YAML, and ends no comment', () => {
    const hostile = 'a: b # c\n- match: "x"\u001b[31m';
    expect(yamlText(hostile).split('\n')).toHaveLength(1);
    expect(remark(hostile)).not.toMatch(/[\n\u001b]/);
  });
});
