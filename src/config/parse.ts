import path from 'node:path';
import type { Configuration, SourceConfiguration } from '../model/configuration.js';
import { carriesPassword, SECRET_CREDENTIALS } from './credentials.js';
import { remoteSource } from './remote-source.js';
import { defaultThresholds } from './defaults.js';
import { gateConfigurationOf } from './gate.js';
import { liveConfigurationOf } from './live.js';
import { metricProblems, metricsConfigurationOf } from './metrics.js';
import { readDocument, type ConfigurationDocument } from './document.js';
import { resolveReferences } from './interpolate.js';
import { pathText, problemsOf } from './issues.js';
import { suggestion } from '../text/nearest-name.js';
import { ConfigurationError, type Problem } from './problem.js';
import { confirmedOf, reviewConfigurationOf } from './review.js';
import { problemsOfStore, storeOf } from './stores.js';
import { fileSchema, jsonSchema, ZONES, type FileConfiguration } from './schema.js';

/** How many nodes aliases may expand to before it is taken for an attack. */
const EXPANSIONS_MAX = 1_000;
/** Under these keys a source holds what only its tool may know. */
const SOURCE_SECRETS = ['token', 'password'] as const;

export interface LoadOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** False where no store will be connected to, as with a bundle: URLs stay null and their variables need not be set. */
  connects: boolean;
  /** How messages name the file. */
  displayName: string;
}

export interface LoadedConfiguration {
  configuration: Configuration;
  /** The folder that relative paths of the file start from. */
  directory: string;
  /** Refuses rule ids that no rule has, with their place. Throws ConfigurationError. */
  checkRuleIds: (ids: readonly string[]) => void;
}

/** The configuration that a YAML text in the folder `directory` holds. Throws ConfigurationError with every problem. */
export function parseConfiguration(
  text: string,
  directory: string,
  options: LoadOptions,
): LoadedConfiguration {
  const document = readDocument(text, options.displayName);
  refuseWrittenPasswords(document);
  if (!options.connects) removeUrls(document);
  const unresolved = resolveReferences(document, options.environment);
  if (unresolved.length > 0) throw new ConfigurationError(unresolved);
  const value = valueOf(document, options.displayName);
  const checked = fileSchema.safeParse(value ?? {});
  if (!checked.success) throw new ConfigurationError(problemsOf(checked.error.issues, value, jsonSchema(), document));
  const problems = [...emptyProblems(checked.data, options), ...storeProblems(checked.data, document, options), ...metricProblems(checked.data, document)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    configuration: configurationOf(checked.data, zoneOrderOf(value), directory, options.displayName),
    directory,
    checkRuleIds: (ids) => {
      const unknown = Object.keys(checked.data.rules ?? {}).filter((id) => !ids.includes(id));
      if (unknown.length === 0) return;
      throw new ConfigurationError(
        unknown.map((id) => ({
          message: `there is no rule '${id}'${suggestion(id, ids)}`,
          place: document.placeOfKey(['rules'], id),
        })),
      );
    },
  };
}

function valueOf(document: ConfigurationDocument, file: string): unknown {
  try {
    return document.yaml.toJS({ maxAliasCount: EXPANSIONS_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw new ConfigurationError([{ message: `${file} expands its aliases (*name) without end`, place: null }], { cause: error });
  }
}

function refuseWrittenPasswords(document: ConfigurationDocument): void {
  const written = [
    ...eachUrl(document).filter(({ text }) => carriesPassword(text)),
    ...[...SOURCE_SECRETS.flatMap((key) => eachText(document, 'sources', key)), ...credentialTexts(document)].filter(({ text }) => !text.includes('${env:')),
  ];
  const problems = written.map(({ path: at }) => ({
    message: `${pathText(at)} holds a ${SECRET_WORDS[String(at.at(-1))] ?? 'password'}, and this file is read by many; write \${env:NAME} in its place`,
    place: document.placeOf(at),
  }));
  if (problems.length > 0) throw new ConfigurationError(problems);
}

const SECRET_WORDS: Readonly<Record<string, string>> = { token: 'token', private_key_passphrase: 'passphrase', client_secret: 'secret' };

function credentialTexts(document: ConfigurationDocument): WrittenText[] {
  return SECRET_CREDENTIALS.flatMap((key) => eachText(document, 'stores', 'credentials', key));
}

function removeUrls(document: ConfigurationDocument): void {
  for (const { path: at } of eachText(document, 'stores', 'url')) document.yaml.deleteIn(at);
  for (let index = 0; document.yaml.hasIn(['stores', index]); index += 1) {
    if (document.yaml.hasIn(['stores', index, 'credentials'])) document.yaml.deleteIn(['stores', index, 'credentials']);
  }
  // What is not asked needs no address either, but its entry stays what it is.
  for (const { path: at } of eachText(document, 'sources', 'url').filter(({ text }) => text.includes('${env:'))) document.yaml.setIn(at, 'https://not.asked');
  for (const key of SOURCE_SECRETS) for (const { path: at } of eachText(document, 'sources', key)) document.yaml.deleteIn(at);
  // Webhooks are secrets too, and without a live store there is nothing to tell.
  document.yaml.delete('notify');
}

interface WrittenText {
  text: string;
  path: (string | number)[];
}

function eachUrl(document: ConfigurationDocument): WrittenText[] {
  return [...eachText(document, 'stores', 'url'), ...eachText(document, 'sources', 'url')];
}

/** The texts under one key, or a key within a key, in every entry of a list. */
function eachText(document: ConfigurationDocument, list: string, ...key: string[]): WrittenText[] {
  const found: WrittenText[] = [];
  for (let index = 0; document.yaml.hasIn([list, index]); index += 1) {
    const at = [list, index, ...key];
    const text: unknown = document.yaml.getIn(at);
    if (typeof text === 'string') found.push({ text, path: at });
  }
  return found;
}

function emptyProblems(file: FileConfiguration, options: LoadOptions): Problem[] {
  if ((file.stores ?? []).length + (file.sources ?? []).length > 0) return [];
  const message = `${options.displayName} names no store and no source, so there is nothing to look at; tidemark schema prints what it may hold`;
  return [{ message, place: null }];
}

function storeProblems(file: FileConfiguration, document: ConfigurationDocument, options: LoadOptions): Problem[] {
  const stores = file.stores ?? [];
  const names = stores.map((store) => store.name);
  const problems: Problem[] = [];
  stores.forEach((store, index) => {
    if (names.indexOf(store.name) < index) {
      problems.push({ message: `there are two stores named '${store.name}'`, place: document.placeOf(['stores', index, 'name']) });
    }
    problems.push(...problemsOfStore(store, index, document, options.connects));
  });
  for (const { store, at } of namedStores(file)) {
    if (names.includes(store)) continue;
    const known = names.length === 0 ? '; the file names no store' : suggestion(store, names);
    problems.push({ message: `there is no store '${store}'${known}`, place: document.placeOf(at) });
  }
  return problems;
}

/** Every place that names a store. */
function namedStores(file: FileConfiguration): { store: string; at: (string | number)[] }[] {
  const lists = { sources: file.sources, migrations: file.migrations, metrics: file.metrics, data_products: file.data_products, streams: file.streams };
  const listed = Object.entries(lists).flatMap(([key, entries]) =>
    (entries ?? []).map(({ store }, index) => ({ store, at: [key, index, 'store'] })),
  );
  const landed = (file.streams ?? []).map((stream, index) => ({ store: stream.landed?.store, at: ['streams', index, 'landed', 'store'] }));
  const concepts = (file.concepts ?? []).map(({ authority }, index) => ({ store: authority?.store, at: ['concepts', index, 'authority', 'store'] }));
  const sides = (file.reconcile ?? []).flatMap(({ source, target }, index) => [
    { store: source.store, at: ['reconcile', index, 'source', 'store'] },
    { store: target.store, at: ['reconcile', index, 'target', 'store'] },
  ]);
  return [...listed, ...landed, ...concepts, ...sides].flatMap(({ store, at }) => (store === undefined ? [] : [{ store, at }]));
}

function configurationOf(file: FileConfiguration, zoneOrder: string[], directory: string, name: string): Configuration {
  const gate = gateConfigurationOf(file, directory);
  const zones = ZONES.filter((zone) => zoneOrder.includes(zone));
  return {
    file: name,
    stores: (file.stores ?? []).map((store) => storeOf(store, directory)),
    zones: zones
      .sort((left, right) => zoneOrder.indexOf(left) - zoneOrder.indexOf(right))
      .map((zone) => ({ zone, patterns: file.zones?.[zone] ?? [] })),
    sources: (file.sources ?? []).map(sourceOf),
    consumers: (file.consumers ?? []).map((consumer) => {
      const confirmed = confirmedOf(consumer);
      return { match: consumer.match, owner: consumer.owner ?? null, purpose: consumer.purpose ?? null, ...(confirmed === undefined ? {} : { confirmed }) };
    }),
    columns: Object.entries(file.columns ?? {}).map(([pattern, kind]) => ({ pattern, kind })),
    maskingFunctions: Object.fromEntries(Object.entries(file.masking?.functions ?? {}).map(([name, level]) => [name.toLowerCase(), level])),
    thresholds: file.thresholds ?? defaultThresholds,
    rules: file.rules ?? {},
    ruleFolders: (file.rule_folders ?? []).map((folder) => path.resolve(directory, folder)),
    live: liveConfigurationOf(file, directory),
    ...(file.metrics === undefined ? {} : { metrics: metricsConfigurationOf(file) }),
    ...(gate === undefined ? {} : { gate }),
    ...reviewConfigurationOf(file, directory),
  };
}


function sourceOf(source: NonNullable<FileConfiguration['sources']>[number]): SourceConfiguration {
  const { tool = null, store = null, url } = source;
  if (url === undefined) return { path: source.path ?? '', tool, store };
  return remoteSource(url, { tool, store, token: source.token ?? null, username: source.username ?? null, password: source.password ?? null });
}

/** The checker gives the zones in the order of its own list, but the first one written wins. */
function zoneOrderOf(value: unknown): string[] {
  const zones = typeof value === 'object' && value !== null && 'zones' in value ? value.zones : null;
  return typeof zones === 'object' && zones !== null ? Object.keys(zones) : [];
}
