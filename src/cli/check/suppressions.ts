import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { mayHoldComments } from '../../findings/suppressions/comments.js';
import { SuppressionFileError } from '../../findings/suppressions/file-error.js';
import { parseSuppressions, type SuppressionFile } from '../../findings/suppressions/parse.js';
import type { GateConfiguration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Rule } from '../../rules/rule.js';
import { decode } from '../../sources/common/decode.js';
import type { CommandContext } from '../command.js';
import { UsageError } from '../usage-error.js';
import { GATE_FOLDER } from './bundle.js';
import type { CheckOptions } from './options.js';

type By = 'baseline' | 'waiver';

const DEFAULT_FILES: Record<By, string> = { baseline: 'baseline.yaml', waiver: 'waivers.yaml' };

/** Where the entries of a kind stand: the flag, the configuration, else the usual place if it is there. Absolute; null for none. Throws UsageError for a file that is named and not there. */
export async function suppressionFile(by: By, { context, options, gate, directory }: { context: CommandContext; options: Pick<CheckOptions, 'baseline' | 'waivers'>; gate: GateConfiguration | undefined; directory: string }): Promise<string | null> {
  const [flag, configured] = by === 'baseline' ? [options.baseline, gate?.baseline] : [options.waivers, gate?.waivers];
  const named = flag === undefined ? (configured ?? null) : path.resolve(context.host.directory, flag);
  const file = named ?? path.join(directory, GATE_FOLDER, DEFAULT_FILES[by]);
  const found = await stat(file).catch(() => null);
  if (found?.isFile() === true) return file;
  if (found?.isDirectory() === true) throw new UsageError(`${path.relative(context.host.directory, file)} is a folder, where the file of the ${by === 'baseline' ? 'baseline' : 'waivers'} belongs`, `name the file: --${by === 'baseline' ? 'baseline' : 'waivers'} FILE`);
  if (named === null) return null;
  const remedy = by === 'baseline' ? 'tidemark baseline write makes it; without one all that is new fails' : 'correct its name, or leave it out';
  throw new UsageError(`there is no file ${path.relative(context.host.directory, named)} of ${by === 'baseline' ? 'the baseline' : 'waivers'}`, remedy);
}

/** Rules by their ids and former ids, to the id that they have now. */
export function knownRules(rules: readonly Rule[]): Map<string, string> {
  return new Map(rules.flatMap(({ id, aliases }) => [...aliases.map((alias) => [alias, id] as const), [id, id] as const]));
}

/** Reads it; `directory` is where the names of files start from. Throws SuppressionFileError. */
export async function readSuppressions(file: string, by: By, directory: string, rules: readonly Rule[]): Promise<SuppressionFile> {
  return parse(await readFile(file), file, by, directory, rules);
}

/** The baseline as a commit held it; null where that cannot be read, which was told when it was committed. */
export function baselineOf(content: Buffer, file: string, directory: string, rules: readonly Rule[]): SuppressionFile | null {
  try {
    return parse(content, file, 'baseline', directory, rules);
  } catch (error) {
    if (error instanceof SuppressionFileError) return null;
    throw error;
  }
}

function parse(content: Buffer, file: string, by: By, directory: string, rules: readonly Rule[]): SuppressionFile {
  const shown = path.relative(directory, file).split(path.sep).join('/');
  return parseSuppressions(textOf(content, shown), shown, by, knownRules(rules));
}

function textOf(content: Buffer, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw new SuppressionFileError(shown, null, 'is no text in UTF-8', 'Save it as UTF-8, or name the file that tidemark baseline write wrote.', { cause: error });
  }
}

/** A comment that is misspelt is to be told too. */
const NAMED = /tidemark/i;

/** The texts of the files that queries stand in, of those that hold a comment for tidemark. */
export async function commentedFiles(queries: readonly CollectedQuery[], directory: string): Promise<{ path: string; text: string }[]> {
  const names = [...new Set(queries.map(({ origin }) => origin.file))].filter((file) => mayHoldComments(file) && !file.includes('!/'));
  const found: { path: string; text: string }[] = [];
  for (const name of names) {
    const content = await readFile(path.resolve(directory, name)).catch(() => null);
    if (content === null || !NAMED.test(content.toString('latin1'))) continue;
    const decoded = decode(content);
    if (decoded.kind !== 'binary') found.push({ path: name, text: decoded.text });
  }
  return found;
}
