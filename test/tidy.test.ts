import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a part of `src` may import besides itself. A part that is not listed fails. */
const DIRECTIONS: Record<string, readonly string[]> = {
  cli: ['audit', 'check', 'classify', 'compare', 'config', 'contracts', 'control', 'doctor', 'evidence', 'facts', 'findings', 'graph', 'guess', 'history', 'impact', 'inspect', 'live', 'metrics', 'migrations', 'model', 'official', 'plan', 'privacy', 'probes', 'reconcile', 'report', 'review', 'rules', 'scratch', 'snapshot', 'sources', 'sql', 'stores', 'text', 'tui', 'workload'],
  audit: ['classify', 'control', 'design', 'facts', 'findings', 'graph', 'history', 'metrics', 'model', 'privacy', 'rules', 'sql', 'workload'],
  check: ['audit', 'facts', 'findings', 'graph', 'impact', 'metrics', 'migrations', 'model', 'privacy', 'rules', 'sql', 'text'],
  classify: ['facts', 'graph', 'metrics', 'model', 'sql', 'text'],
  compare: ['findings', 'model', 'text'],
  config: ['model', 'text'],
  contracts: ['facts', 'graph', 'metrics', 'model', 'sql', 'text'],
  control: ['facts', 'graph', 'model', 'text'],
  design: ['facts', 'graph', 'model', 'sql', 'text'],
  doctor: ['model', 'probes', 'snapshot/sample', 'stores', 'text'],
  evidence: ['model', 'privacy', 'stores', 'text'],
  facts: ['model', 'sql', 'text'],
  findings: ['facts', 'model', 'sql/lexer', 'text'],
  impact: ['facts', 'graph', 'metrics', 'model', 'sql', 'text'],
  guess: ['facts', 'graph', 'model', 'sql', 'text'],
  history: ['facts', 'graph', 'metrics', 'model', 'sql', 'stores', 'text'],
  inspect: ['facts', 'graph', 'model', 'sql', 'text'],
  graph: ['facts', 'metrics', 'model', 'privacy', 'sql', 'text'],
  live: ['model', 'probes', 'text'],
  metrics: ['facts', 'model', 'sql', 'text'],
  migrations: ['model', 'sql', 'text'],
  model: [],
  official: ['facts', 'graph', 'model', 'sql', 'stores', 'text'],
  plan: ['facts', 'findings', 'graph', 'model', 'text', 'workload'],
  privacy: ['model', 'sql/flow', 'text'],
  probes: ['model', 'privacy/literal', 'reconcile', 'snapshot/mask-statement', 'stores', 'text'],
  reconcile: ['model', 'stores', 'text'],
  report: ['findings', 'model', 'text'],
  review: ['compare', 'facts', 'findings', 'graph', 'model', 'plan', 'sql', 'text', 'workload'],
  rules: ['facts', 'findings', 'model', 'text'],
  scratch: ['model', 'text'],
  snapshot: ['model', 'privacy/literal', 'sql/lexer', 'stores', 'text'],
  sources: ['model', 'sql/lexer', 'template', 'text'],
  sql: ['model'],
  stores: ['model', 'sql/lexer', 'text'],
  template: ['model', 'sql/lexer'],
  text: [],
  tui: ['live', 'model', 'text'],
  workload: ['facts', 'graph', 'model', 'sql', 'text'],
};

const LINES_MAX = 300;
/** Longer files, each with the reason why it has one subject all the same. */
const LONG_FILES: Record<string, string> = {
  'src/model/live.ts': 'one moment: what screens, lines and metrics are made of is read together',
  'src/model/syntax-tree.ts': 'one tree: its nodes refer to each other and are read together',
};

interface Source {
  /** From the root of the repository. */
  file: string;
  text: string;
}

function sources(folder: string, endings: RegExp): Source[] {
  const names = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));
}

const code = sources('src', /\.ts$/);

/** Where a pattern stands outside comments, as `file:line`. */
function places(files: readonly Source[], pattern: RegExp): string[] {
  return files.flatMap(({ file, text }) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

function withoutComments(text: string): string {
  const blanks = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\//g, blanks).replace(/(^|\s)\/\/.*$/gm, blanks);
}

describe('imports', () => {
  const imports = code.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => ({
      from: file,
      to: path.join(path.dirname(file), match[1] ?? ''),
    })),
  );

  test('were found', () => {
    expect(imports.length).toBeGreaterThan(code.length);
  });

  test('go in the directions of the architecture only', () => {
    const part = (file: string) => (file.split('/')[1] ?? '').replace(/\.[jt]s$/, '');
    const wrong = imports.filter(({ from, to }) => {
      if (part(from) === part(to)) return false;
      const target = to.replace(/^src\//, '').replace(/\.js$/, '');
      return !(DIRECTIONS[part(from)] ?? []).some((allowed) => target === allowed || target.startsWith(`${allowed}/`));
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('are those that ARCHITECTURE.md shows', () => {
    const rows = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `src\/(\w+)\/` \|.*\| ([^|]+) \|$/gm);
    const shown = [...rows].map(([, folder = '', imports = '']) => [folder, imports === 'nothing' ? [] : imports.split(', ').map((name) => name.replaceAll('`', '')).sort()] as const);
    // The program may import everything.
    expect(Object.fromEntries(shown.filter(([folder]) => folder !== 'cli'))).toEqual(
      Object.fromEntries(Object.entries(DIRECTIONS).filter(([folder]) => !['cli', 'audit', 'inspect'].includes(folder))),
    );
  });

  test('of what is known at run time only are those of the registries', () => {
    const found = places(code, /\bimport\((?!['"][^'"]+['"]\))/).map((place) => place.replace(/:\d+$/, ''));
    expect(found).toEqual(['src/cli/program.ts', 'src/report/index.ts', 'src/sources/index.ts']);
  });

  test('name files with their ending', () => {
    expect(imports.filter(({ to }) => !to.endsWith('.js')).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('the process', () => {
  const below = code.filter(({ file }) => !file.startsWith('src/cli/'));

  test('is printed to, left and asked by the command line only', () => {
    expect(places(below, /\bconsole\.|\bprocess\.(exit|exitCode|env|stdout|stderr|stdin|argv|on)\b/)).toEqual([]);
  });

  test('is not asked through its module either', () => {
    expect(places(code, /['"](?:node:)?process['"]/)).toEqual([]);
  });

  test('is asked in few files of the command line', () => {
    const asking = places(code, /\bprocess\.(exit|exitCode|env|stdout|stderr|argv)\b/).map((place) => place.replace(/:\d+$/, ''));
    const allowed = ['src/cli/host.ts', 'src/cli/live/audit-process.ts', 'src/cli/main.ts'];
    expect([...new Set(asking)].filter((file) => !allowed.includes(file) && !file.startsWith('src/cli/demo/'))).toEqual([]);
  });
});

describe('types', () => {
  test('are not silenced', () => {
    expect(places(code, /(?::\s+|<|,\s+|\bas\s+)any\b|\bas unknown as\b/)).toEqual([]);
    expect(code.filter(({ text }) => /@ts-(ignore|expect-error|nocheck)/.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test('of modules have names', () => {
    expect(places(code, /^export default\b/)).toEqual([]);
  });
});

describe('the same input', () => {
  // A search has a deadline: what it did not reach in time is undecided, and it says so.
  const searching = /^src\/(?:scratch|metrics\/search)\/|^src\/metrics\/verdict\/deadline\.ts$/;
  const judging = code.filter(({ file }) => !/^src\/(?:cli|stores|snapshot)\//.test(file) && !searching.test(file));

  test('gives the same output at every time, on every machine and in every language', () => {
    expect(places(judging, /\bMath\.random\(|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\brandom(?:UUID|Bytes)\b/)).toEqual([]);
    expect(places(code, /\blocaleCompare\(|\.toLocale\w*\((?!'en-US')|\bIntl\.\w+\((?!'en)/)).toEqual([]);
    expect(places(judging, /\.(?:get|set)(?:FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)\(/)).toEqual([]);
  });
});

describe('files', () => {
  test(`have at most ${LINES_MAX} lines, or a reason`, () => {
    const long = code.filter(({ text }) => text.trimEnd().split('\n').length > LINES_MAX).map(({ file }) => file);
    expect(long).toEqual(Object.keys(LONG_FILES).sort());
    expect(Object.keys(LONG_FILES).length).toBeLessThanOrEqual(5);
  });

  test('end with a line break and carry no trailing blanks', () => {
    const untidy = code.filter(({ text }) => !text.endsWith('\n') || /[ \t]$/m.test(text));
    expect(untidy.map(({ file }) => file)).toEqual([]);
  });
});

describe('tests', () => {
  const tests = sources('test', /\.ts$/).filter(({ file }) => file !== 'test/tidy.test.ts');

  test('are all run, and can all fail', () => {
    expect(places(tests, /\.(only|skip|todo|fails|skipIf|runIf)\(|\btoBeTruthy\(|\bexpect\(true\)/)).toEqual([]);
  });
});

describe('the words', () => {
  // In two parts, so that this file does not hold them.
  const foreign = [
    ['/wo', 'rk/'],
    ['/tmp/', 'brief'],
    ['COMMON', '\\.md'],
    ['DESIGN', '\\.md'],
    ['\\bthe br', 'ief\\b'],
    ['\\bsub-?ag', 'ents?\\b'],
    ['\\bissue', '[ -]#?\\d+'],
    ['shared/(proto', 'types|reference|samples|seeds)'],
  ].map((parts) => new RegExp(parts.join(''), 'i'));

  test('are those of the product, not of the place where it was made', () => {
    const all = [
      ...code,
      ...sources('test', /\.(ts|txt|sql|json|ya?ml)$/),
      ...sources('rules', /\.(ya?ml|sql)$/),
      ...sources('fixtures', /\.(ya?ml|sql|md)$/),
      ...sources('scripts', /./),
      ...sources('bin', /./),
    ];
    const found = all.flatMap(({ file, text }) => foreign.filter((word) => word.test(text)).map((word) => `${file}: ${word.source}`));
    expect(found).toEqual([]);
  });
});
