import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CommandModule } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { addGlobalOptions } from '../../src/cli/global-options.js';
import { commandsOf, DOCUMENTS } from './documents.js';

/** The command line with every command and none of their work. */
async function commandLine(): Promise<Command> {
  const program = new Command('tidemark').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} }).version('0.0.0', '--version');
  addGlobalOptions(program);
  for (const { name } of COMMANDS) {
    const module: CommandModule = await import(`../../src/cli/commands/${name}.ts`);
    module.register(program.command(name), () => Promise.resolve());
  }
  return program;
}

/** As a shell parts it; what stands for something else of the reader's is a word like others. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '').slice(1);
}

/** Not whole: `tidemark audit …`, `tidemark COMMAND --help`, `tidemark fix contracts|semantic`. */
const isSketch = (line: string): boolean => /…|\$\(|\.\.\.|[A-Z]{4,}|\[|\||<|^tidemark$/.test(line);

test('every command line of a document is one that tidemark takes', async () => {
  const lines = DOCUMENTS.flatMap((file) => commandsOf(file).map((line) => ({ file, line }))).filter(({ line }) => !isSketch(line));
  expect(lines.length).toBeGreaterThan(50);
  const refused: string[] = [];
  for (const { file, line } of lines) {
    const [first = '', ...rest] = wordsOf(line);
    const words = first === 'help' ? [...rest, '--help'] : [first, ...rest];
    if (words.includes('--help')) {
      if (!COMMANDS.some(({ name }) => name === words[0]) && words[0] !== '--help') refused.push(`${file}: ${line}`);
      continue;
    }
    // A command keeps what it was given, so that each line has one of its own.
    await (await commandLine()).parseAsync(words, { from: 'user' }).catch((error: unknown) => {
      // A command that is only named wants nothing.
      if (line.includes(' --') || !/missing required argument|outputHelp/.test(String(error))) refused.push(`${file}: ${line}: ${String(error)}`);
    });
  }
  expect(refused).toEqual([]);
});
