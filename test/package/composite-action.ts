import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './checked-repository.js';

const actionSchema = z.strictObject({
  name: z.string(),
  description: z.string().max(200),
  branding: z.strictObject({ icon: z.string(), color: z.enum(['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark']) }),
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z.array(z.strictObject({ id: z.string(), name: z.string(), shell: z.literal('bash'), env: z.record(z.string(), z.string()), run: z.string() })),
  }),
});

export const action = actionSchema.parse(parse(readFileSync(path.join(root, 'action.yml'), 'utf8')));

export interface ActionRun {
  /** Exit code of the last step that ran. */
  code: number | null;
  /** Standard output and standard error of the steps, each step's in one. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

/** As a runner does it: expressions in `env` and `outputs` are replaced, steps run one after another until one fails. */
export function runAction(folder: string, workspace: string, inputs: Record<string, string>, environment: Record<string, string> = {}): ActionRun {
  const temporary = path.join(folder, 'runner');
  mkdirSync(temporary, { recursive: true });
  const summary = path.join(temporary, 'summary');
  writeFileSync(summary, '');
  const known = new Map(Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default]));
  let log = '';
  let code: number | null = 0;
  for (const step of action.runs.steps) {
    const output = path.join(temporary, `output-${step.id}`);
    const script = path.join(temporary, `${step.id}.sh`);
    writeFileSync(output, '');
    writeFileSync(script, step.run);
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, evaluated(value, known)]));
    const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', `. "${script}" 2>&1`], {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'], HOME: folder, CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: temporary, GITHUB_ACTION_PATH: root, GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...environment, ...env,
      },
    });
    log += ended.stdout;
    code = ended.status;
    for (const [name, value] of outputsIn(readFileSync(output, 'utf8'))) known.set(`steps.${step.id}.outputs.${name}`, value);
    if (code !== 0) break;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, evaluated(value, known)]);
  return { code, log, outputs: Object.fromEntries(outputs), summary: readFileSync(summary, 'utf8') };
}

function evaluated(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => known.get(name) ?? '');
}

function outputsIn(text: string): [string, string][] {
  return text.split('\n').filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

/** The commands that a runner obeys in a log: also indented ones, and none between `::stop-commands::TOKEN` and `::TOKEN::`. */
export function obeyed(log: string): string[] {
  let token: string | null = null;
  const commands: string[] = [];
  for (const line of log.split('\n').map((text) => text.trim())) {
    if (token !== null) {
      if (line === `::${token}::`) token = null;
    } else if (line.startsWith('::stop-commands::')) {
      token = line.slice('::stop-commands::'.length);
    } else if (line.startsWith('::') || line.includes('##[')) {
      commands.push(line);
    }
  }
  return commands;
}
