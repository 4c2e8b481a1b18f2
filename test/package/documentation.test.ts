import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { action } from './composite-action.js';
import { root } from './checked-repository.js';

const page = readFileSync(path.join(root, 'docs/check.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => ({ title: text.split('\n')[0] ?? '', text }));
const example = (title: string) => examples.find((one) => one.title.includes(title))?.text ?? '';

describe('docs/check.md', () => {
  test('has whole examples, each of which is YAML', () => {
    expect(examples.map(({ title, text }) => [title, typeof parse(text)])).toMatchInlineSnapshot(`
      [
        [
          "# tidemark baseline: what stood on 2026-11-22. Written by tidemark baseline write; edit reason, owner and until by hand.",
          "object",
        ],
        [
          "# .github/workflows/tidemark-nightly.yml",
          "object",
        ],
        [
          "# .github/workflows/tidemark.yml",
          "object",
        ],
        [
          "# .gitlab-ci.yml",
          "object",
        ],
        [
          "# .pre-commit-config.yaml",
          "object",
        ],
      ]
    `);
  });

  test('gives the action inputs that it has, and uses outputs that it gives', () => {
    const workflow = example('workflows/tidemark.yml');
    const { steps }: { steps: { id?: string; with?: Record<string, string> }[] } = parse(workflow).jobs.check;
    const given = Object.keys(steps.find(({ id }) => id === 'tidemark')?.with ?? {});
    expect(given.filter((name) => !(name in action.inputs))).toEqual([]);
    const used = [...workflow.matchAll(/steps\.tidemark\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !(name in action.outputs))).toEqual([]);
    expect(Object.keys(action.outputs).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('gives no script of a workflow any text of a pull request', () => {
    for (const { text } of examples.filter(({ title }) => title.includes('.github/'))) {
      const jobs: { steps: { run?: string }[] }[] = Object.values(parse(text).jobs);
      expect(jobs.flatMap(({ steps }) => steps).filter(({ run }) => run?.includes('${{'))).toEqual([]);
    }
  });

  test('sets variables that the include for GitLab has, and names its job', () => {
    const own = parse(example('.gitlab-ci.yml'));
    const included = parse(readFileSync(path.join(root, 'ci/gitlab.yml'), 'utf8'));
    expect(Object.keys(own.variables).filter((name) => name.startsWith('TIDEMARK_') && !(name in included.variables))).toEqual([]);
    expect(own).toHaveProperty('tidemark-check');
    expect(included).toHaveProperty('tidemark-check');
  });

  test('names a hook that there is', () => {
    const hooks: { id: string }[] = parse(readFileSync(path.join(root, '.pre-commit-hooks.yaml'), 'utf8'));
    const { repos }: { repos: { hooks: { id: string }[] }[] } = parse(example('.pre-commit-config.yaml'));
    expect(repos.flatMap((repo) => repo.hooks).map(({ id }) => id)).toEqual(hooks.map(({ id }) => id));
  });
});
