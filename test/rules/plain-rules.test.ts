import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compileRule } from '../../src/rules/compile.js';
import { bundledRulesFolder, loadRules } from '../../src/rules/load.js';
import { plainRulesOf } from '../../src/rules/plain-rules.js';
import { plainRule } from '../../src/rules/rule-source.js';

test('a rule that the build has read is the rule that its text is, places of its examples among it', async () => {
  for (const { file } of await loadRules()) {
    const text = readFileSync(path.join(bundledRulesFolder, '..', file), 'utf8');
    const [known] = Object.values(JSON.parse(plainRulesOf([text], plainRule)));
    const { predicate: _, ...expected } = compileRule(text, file).rule ?? {};
    const { predicate, ...rule } = compileRule(text, file, known).rule ?? {};
    expect(predicate).toBeDefined();
    expect(JSON.parse(JSON.stringify(rule))).toEqual(JSON.parse(JSON.stringify(expected)));
  }
});

test('a text that is no rule is not kept, and what is kept of another text is not used', () => {
  expect(plainRulesOf(['title: nothing'], plainRule)).toBe('{}');
  expect(compileRule('title: nothing', 'x.yaml', { id: 'something' }).rule).toBeNull();
});
