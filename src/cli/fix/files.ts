import { constants } from 'node:fs';
import { access, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContractProposal } from '../../model/contract-proposal.js';
import { count } from '../../text/quantity.js';
import type { CommandContext } from '../command.js';
import { systemMeaning } from '../error-message.js';
import { UsageError } from '../usage-error.js';
import { comment, scriptOf } from './script.js';

/** One file below the folder. */
interface File {
  name: string;
  text: string;
}

const SUBFOLDERS = ['contracts', 'rewrites'] as const;

/** @throws UsageError where the folder holds proposals already or cannot be written to: said before any work is done */
export async function refuseTaken({ host }: CommandContext, folder: string): Promise<void> {
  if (folder === '') throw new UsageError('the name of the folder to write to is empty');
  const base = path.resolve(host.directory, folder);
  const found = await stat(base).catch(() => null);
  if (found !== null && !found.isDirectory()) throw new UsageError(`cannot write to ${folder}: it is a file`, 'give the name of a folder');
  for (const name of SUBFOLDERS) {
    if ((await stat(path.join(base, name)).catch(() => null)) !== null) throw new UsageError(`${path.join(folder, name)} is there already, and nothing is overwritten`, 'remove it, or choose another folder');
  }
  let there = base;
  while ((await stat(there).catch(() => null)) === null && path.dirname(there) !== there) there = path.dirname(there);
  await attempt(folder, () => access(there, constants.W_OK));
}

/** Writes what is to be reviewed and run. Returns that in words. Throws UsageError for what cannot be written. */
export async function writeFiles({ host }: CommandContext, folder: string, proposals: readonly ContractProposal[]): Promise<string> {
  const files = filesOf(proposals);
  const base = path.resolve(host.directory, folder);
  for (const name of SUBFOLDERS) await attempt(folder, () => makeFolder(path.join(base, name)));
  for (const { name, text } of files) await attempt(path.join(folder, name), () => writeFile(path.join(base, name), text, { flag: 'wx' }));
  return `wrote ${count(files.length, 'file')} to ${folder}`;
}

/** A view is one script and one contract; a query that moves onto several views is one file. */
export function filesOf(proposals: readonly ContractProposal[]): File[] {
  const names = new Set<string>();
  const several = new Set(proposals.map(({ store }) => store)).size > 1;
  const files = proposals.filter(({ create }) => create !== '').flatMap((proposal): File[] => {
    const name = unused(`contracts/${several ? `${slug(proposal.store)}.` : ''}${slug(proposal.view.slice(proposal.view.indexOf('.') + 1))}`, names);
    return [{ name: `${name}.sql`, text: scriptOf(proposal) }, { name: `${name}.odcs.yaml`, text: proposal.odcs.text }];
  });
  const written = new Set<string>();
  for (const { store, consumers } of proposals) {
    for (const { consumer, before, after, sentence, origin } of consumers) {
      const key = JSON.stringify([store, consumer, before]);
      if (after === null || written.has(key)) continue;
      written.add(key);
      const head = [`${consumer}${origin === null ? '' : ` (${origin.file})`}`, sentence].map((line) => `${comment(line)}\n`).join('');
      files.push({ name: `${unused(`rewrites/${slug(consumer)}`, names)}.sql`, text: `${head}${after.trimEnd()}\n` });
    }
  }
  return files;
}

const NAME_LENGTH_MAX = 80;

/** A name as part of a path on every system. */
function slug(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/[^\p{L}\p{N}_]+/gu, '-').replaceAll(/^-+|-+$/g, '').slice(0, NAME_LENGTH_MAX);
  return plain === '' ? 'unnamed' : plain;
}

/** File systems may not tell letters by case. */
function unused(name: string, names: Set<string>): string {
  let free = name;
  for (let number = 2; names.has(free.toLowerCase()); number += 1) free = `${name}-${number}`;
  names.add(free.toLowerCase());
  return free;
}

/** With its parents. The recursive mkdir of Node 20 never ends where the system refuses a folder as one that is not there (/proc). */
async function makeFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if (parent !== folder && (await stat(parent).catch(() => null)) === null) await makeFolder(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    if ((await stat(folder).catch(() => null))?.isDirectory() !== true) throw error;
  }
}

async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const cause = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'the system makes no such file there' : String(error);
    throw new UsageError(`cannot write ${name}: ${systemMeaning(error) ?? cause}`, 'make room or grant the right, or choose another folder');
  }
}
