import { createHash, createHmac } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { GivenValue } from '../../official/parameters.js';
import type { ParameterValue } from '../../official/run.js';
import { classifyLiteral } from '../../privacy/literal.js';
import { plainText } from '../../text/plain-text.js';
import type { CommandContext } from '../command.js';
import { journalFolderOf } from '../live/state-folder.js';
import { PairFiles, stateProblemOf } from '../reconcile/memory.js';
import type { Prepared } from '../targets.js';
import { UsageError } from '../usage-error.js';
import { toolVersion } from '../version.js';

/** More than any report is given; the query is what is long. */
export const FILE_BYTES_MAX = 256 * 1024;
const NAME = /^[A-Za-z_]\w{0,62}$/;

const given = z.record(z.string().regex(NAME), z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]));

/** A file of text that the user named. @throws UsageError */
export async function textFile(context: CommandContext, flag: string, name: string): Promise<string> {
  const file = path.resolve(context.host.directory, name);
  const found = await stat(file).catch(() => null);
  if (found === null) throw new UsageError(`${flag}: ${plainText(name)} does not exist`);
  if (!found.isFile()) throw new UsageError(`${flag}: ${plainText(name)} is no file`);
  if (found.size > FILE_BYTES_MAX) throw new UsageError(`${flag}: ${plainText(name)} is larger than ${FILE_BYTES_MAX / 1024} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw new UsageError(error instanceof TypeError ? `${flag}: ${plainText(name)} is no UTF-8 text` : `${flag}: ${plainText(name)} cannot be read`);
  }
}

/** Values of a flag that takes `name=value` and files of a JSON object; a later one wins. @throws UsageError */
export async function namedValues(context: CommandContext, flag: string, texts: readonly string[]): Promise<Map<string, GivenValue>> {
  const values = new Map<string, GivenValue>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).trim();
    if (NAME.test(name)) {
      values.set(name, text.slice(equals + 1));
      continue;
    }
    if (equals >= 0 && !/[./\\]/.test(name)) throw new UsageError(`${flag}: '${plainText(name, 60)}' is no name`, `letters, digits and _, as in ${flag} month=2026-06-01`);
    const parsed = given.safeParse(parsedJson(await textFile(context, flag, text)));
    if (!parsed.success) throw new UsageError(`${flag}: ${plainText(text)} is no JSON object of texts, numbers and truths`, 'as in {"month": "2026-06-01", "limit": 10}');
    for (const [key, value] of Object.entries(parsed.data)) values.set(key, value);
  }
  return values;
}

/** The same as texts: of versions and watermarks, whose names may be anything. @throws UsageError */
export async function namedTexts(context: CommandContext, flag: string, texts: readonly string[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals > 0) {
      values[cleanText(flag, text.slice(0, equals))] = cleanText(flag, text.slice(equals + 1));
      continue;
    }
    const parsed = z.record(z.string(), z.union([z.string(), z.number()])).safeParse(parsedJson(await textFile(context, flag, text)));
    if (!parsed.success) throw new UsageError(`${flag} takes NAME=VALUE or a file of a JSON object, not '${plainText(text, 60)}'`);
    for (const [key, value] of Object.entries(parsed.data)) values[cleanText(flag, key)] = cleanText(flag, String(value));
  }
  return values;
}

const TEXT_LENGTH_MAX = 200;

/** A name or a note as it is kept: one harmless line. @throws UsageError where nothing is left of it */
export function cleanText(flag: string, text: string, length_max = TEXT_LENGTH_MAX): string {
  const clean = plainText(text, length_max);
  if (clean === '') throw new UsageError(`${flag} is empty`);
  return clean;
}

/** The key by which values are hashed that may not be kept: of this system and this user. */
export async function valueKey(context: CommandContext, prepared: Prepared): Promise<Uint8Array> {
  const folder = path.join(journalFolderOf(context, prepared, true) ?? '', 'report-runs');
  try {
    return await new PairFiles(folder, toolVersion()).secret();
  } catch (error) {
    throw stateProblemOf(folder, error);
  }
}

/** A keyed hash with the id of its key: whether it is the same value, told only where the key is. */
function keyed(value: string, name: string, key: Uint8Array): string {
  const id = createHash('sha256').update('tidemark key id\0').update(key).digest('hex').slice(0, 12);
  return `${id}:${createHmac('sha256', key).update(`${name}\0${value}`).digest('hex')}`;
}

export function isPersonal(value: GivenValue): value is string {
  return typeof value === 'string' && classifyLiteral(value) !== null;
}

/** Parameters as they may be kept. @param key asked for only where one of them is personal data or a secret */
export async function keptParameters(values: ReadonlyMap<string, GivenValue>, key: () => Promise<Uint8Array>): Promise<Record<string, ParameterValue>> {
  const kept: Record<string, ParameterValue> = {};
  for (const [name, value] of values) kept[name] = isPersonal(value) ? { keyed: keyed(value, name, await key()) } : value;
  return kept;
}

/**
 * The values of a run: those that it keeps, and those that are given again for what it keeps as a hash.
 * @returns a note for each that could not be compared with its hash
 * @throws UsageError
 */
export async function valuesAgain(kept: Readonly<Record<string, ParameterValue>>, again: ReadonlyMap<string, GivenValue>, key: () => Promise<Uint8Array>): Promise<{ values: Map<string, GivenValue>; notes: string[] }> {
  const values = new Map<string, GivenValue>();
  const notes: string[] = [];
  for (const name of again.keys()) if (typeof kept[name] !== 'object' || kept[name] === null) throw new UsageError(`--parameters: the run ${name in kept ? `keeps the value of ${name}` : `has no parameter ${name}`}`, 'leave it out: a run is verified with the values that it had');
  for (const [name, value] of Object.entries(kept)) {
    if (value === null || typeof value !== 'object') {
      values.set(name, value);
      continue;
    }
    const given = again.get(name);
    if (given === undefined) throw new UsageError(`the value of ${name} was personal data or a secret and is kept as a hash only`, `give it again: --parameters ${name}=…`);
    const hashed = keyed(String(given), name, await key());
    if (hashed.split(':')[0] !== value.keyed.split(':')[0]) notes.push(`the value of ${name} was hashed with the key of another user or machine: whether it is the same is not known`);
    else if (hashed !== value.keyed) throw new UsageError(`--parameters: the value of ${name} is another than the one that was recorded`);
    values.set(name, given);
  }
  return { values, notes };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
