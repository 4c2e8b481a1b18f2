import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { sampleName } from '../../src/live/exposition.js';
import { FAMILIES, LEFT_OUT } from '../../src/live/openmetrics.js';

const file = (path: string) => readFileSync(new URL(`../../monitoring/${path}`, import.meta.url), 'utf8');

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().min(1),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Tidemark[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+m$/).optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
        }),
      ),
    }),
  ),
});

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${DS_PROMETHEUS}') });
const dashboardSchema = z.looseObject({
  __inputs: z.tuple([z.looseObject({ name: z.literal('DS_PROMETHEUS'), type: z.literal('datasource'), pluginId: z.literal('prometheus') })]),
  uid: z.literal('tidemark-boundary'),
  schemaVersion: z.number().min(39),
  id: z.null(),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), datasource, definition: z.string() })) }),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      type: z.string(),
      title: z.string().min(1),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.looseObject({ expr: z.string().min(1), datasource, refId: z.string() })).optional(),
    }),
  ),
});

const rules = rulesSchema.parse(parse(file('prometheus/tidemark.rules.yaml'))).groups.flatMap((group) => group.rules);
const dashboard = dashboardSchema.parse(JSON.parse(file('grafana/tidemark.json')));

/** What each metric may be asked for: the labels of its samples, and what every scrape adds. */
const LABELS = new Map(
  [...FAMILIES, LEFT_OUT].map((family) => [sampleName(family), [...family.labels, ...(family.type === 'stateset' ? [family.name] : []), 'job', 'instance']]),
);
const STATES = new Map(FAMILIES.map(({ name, states = [] }) => [name, states]));

interface Use {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

/** The metrics of an expression with their matchers. Labels of `by`, `on` and `ignoring` are looked at by their own test. */
function uses(expression: string): Use[] {
  const plain = expression.replace(/\b(?:by|on|ignoring|without)\s*\([^)]*\)/g, ' ');
  return [...plain.matchAll(/(?<![\w"=~!])(tidemark_\w+)\b(?:\s*\{([^}]*)\})?(?!\s*(?:=~|!=|!~|="))/g)].map(([, metric = '', inner = '']) => ({
    metric,
    matchers: [...inner.matchAll(/(\w+)\s*(=~|!=|!~|=)\s*"([^"]*)"/g)].map(([, label = '', operator = '', value = '']) => ({ label, operator, value })),
  }));
}

const expressions: [string, string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
  ...dashboard.templating.list.map(({ name, definition }): [string, string] => [`variable ${name}`, definition]),
];

test('expressions were found, and metrics in nearly all of them', () => {
  expect(rules.length).toBeGreaterThanOrEqual(15);
  expect(expressions.filter(([, expression]) => uses(expression).length === 0)).toEqual([]);
});

test.each(expressions)('%s uses metrics and labels that tidemark writes', (_, expression) => {
  for (const { matchers, metric } of uses(expression)) {
    expect([...LABELS.keys()], expression).toContain(metric);
    const labels = LABELS.get(metric) ?? [];
    for (const { label, operator, value } of matchers) {
      expect(labels, `${metric}{${label}}`).toContain(label);
      const states = label === metric ? STATES.get(metric) : undefined;
      for (const state of states === undefined ? [] : operator.endsWith('~') ? value.split('|') : [value]) expect(states, `${metric}="${state}"`).toContain(state);
    }
  }
  for (const [, list = ''] of expression.matchAll(/\b(?:by|on|ignoring)\s*\(([^)]*)\)/g)) {
    const known = new Set(uses(expression).flatMap(({ metric }) => LABELS.get(metric) ?? []));
    for (const label of list.split(',').map((text) => text.trim())) expect([...known], expression).toContain(label);
  }
});

describe('every alert', () => {
  test.each(rules.map((rule): [string, typeof rule] => [rule.alert, rule]))('%s names only labels that its samples have', (_, { annotations, expr }) => {
    const known = new Set(uses(expr).flatMap(({ metric }) => LABELS.get(metric) ?? []));
    const named = [...`${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    for (const label of named) expect([...known]).toContain(label);
  });

  test('has a name of its own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

test('the README names every alert', () => {
  const readme = file('README.md');
  expect(rules.map(({ alert }) => alert).filter((alert) => !readme.includes(`\`${alert}\``))).toEqual([]);
});

test('panels lie beside each other, not on each other', () => {
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`));
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});
