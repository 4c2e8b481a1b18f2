import {
  callable, isUnknown, object, parseMacros, sqlFunction, unknown,
  type JinjaEnvironment, type JinjaFunction, type JinjaMacro, type JinjaObject, type JinjaSite, type JinjaValue,
} from '../../template/jinja.js';
import { isObject } from '../common/json.js';
import type { DbtConfig } from './shapes.js';
import type { DbtRelation, Profile } from './model.js';
import { packageMacro, plainText, RULED_NAMES } from './package-macros.js';
import { bareRelation, type Relations } from './relations.js';

/** Values of variables nest so deep at most. */
const DEPTH_MAX = 20;

/** What templates of one project can reach. */
export interface ProjectScope {
  name: string;
  relations: Relations;
  variables: Record<string, unknown>;
  profile: Profile;
  /** By the names that they are called by: `cents`, `shop.cents`, `dbt_utils.star`. */
  macros: ReadonlyMap<string, JinjaMacro>;
  /** Where its models are put: what hooks of a run get as `schemas`. */
  schemas: readonly string[];
}

/** The macros of a project and its packages; those of the project stand above those of packages. */
export function macroMap(files: readonly { package: string; text: string; isOwn: boolean }[]): Map<string, JinjaMacro> {
  const macros = new Map<string, JinjaMacro>();
  for (const { package: name, text, isOwn } of [...files.filter((file) => !file.isOwn), ...files.filter((file) => file.isOwn)]) {
    for (const [key, macro] of parseMacros(text)) {
      macros.set(`${name}.${key}`, macro);
      if (isOwn || !macros.has(key)) macros.set(key, macro);
    }
  }
  return macros;
}

/** The environment of the texts of a project, without what belongs to a single node. */
export class DbtEnvironment {
  readonly #shared: Map<string, JinjaValue>;

  constructor(readonly scope: ProjectScope) {
    this.#shared = sharedGlobals(scope);
  }

  /** `own`: the relation that `this` stands for, and the configuration that `config.get` reads. */
  of(own: { relation: DbtRelation; config: DbtConfig | null } | null): JinjaEnvironment {
    const globals = new Map(this.#shared);
    if (own !== null) globals.set('this', relationObject(own.relation));
    globals.set('config', configObject(own?.config ?? null));
    return {
      globals,
      macros: this.scope.macros,
      unknownCall: (path, args, kwargs) => packageMacro(path, args, kwargs, plainText),
    };
  }
}

function sharedGlobals(scope: ProjectScope): Map<string, JinjaValue> {
  const { profile, relations } = scope;
  const nothing = (name: string): [string, JinjaValue] => [name, callable(name, () => '')];
  const target = object(profile.target ?? 'target', known([
    ['name', profile.target],
    ['schema', profile.schema],
    ['dataset', profile.schema],
    ['type', profile.adapter],
    ['database', profile.database],
    ['dbname', profile.database],
    ['project', profile.database],
    ['profile_name', profile.connection.name],
  ], 'target'));
  return new Map<string, JinjaValue>([
    ['ref', callable('ref', (args, kwargs, site) => refValue(relations, args, kwargs.get('v') ?? kwargs.get('version'), site))],
    ['source', callable('source', (args, _kwargs, site) => sourceValue(relations, args, site))],
    ['metric', callable('metric', (args, _kwargs, site) => site.text(args[0]))],
    ['var', object('', [['has_var', callable('has_var', (args, _kwargs, site) => Object.hasOwn(scope.variables, site.text(args[0])))]], (args, kwargs, site) => variable(scope.variables, args, kwargs.get('default'), site))],
    ['env_var', callable('env_var', (args, _kwargs, site) => (args.length > 1 ? args[1] : unknown(`env_var('${site.text(args[0])}')`)))],
    ['is_incremental', callable('is_incremental', () => unknown('is_incremental()', { type: 'boolean' }))],
    ['should_full_refresh', callable('should_full_refresh', () => false)],
    ['execute', false],
    ['target', target],
    ['schema', profile.schema ?? unknown('schema')],
    ['database', profile.database ?? unknown('database')],
    ['run_query', callable('run_query', () => unknown('run_query()', { isEmptyUntouched: true }))],
    ['load_result', callable('load_result', () => unknown('load_result()', { isEmptyUntouched: true }))],
    ...['log', 'print', 'debug', 'doc', 'statement', 'set_sql_header', 'store_result'].map(nothing),
    ['exceptions', object('', ['raise_compiler_error', 'warn', 'raise_not_implemented'].map(nothing))],
    ['adapter', adapterObject(scope)],
    ...['modules', 'graph', 'model', 'flags', 'builtins', 'api', 'selected_resources'].map((name): [string, JinjaValue] => [name, unknown(name, { isEmptyUntouched: true })]),
    ['schemas', scope.schemas.length === 0 ? ['target_schema'] : [...scope.schemas]],
    ['database_schemas', (scope.schemas.length === 0 ? ['target_schema'] : scope.schemas).map((schema) => [profile.database ?? 'target_database', schema])],
    ['results', unknown('results', { isEmptyUntouched: true })],
    ['run_started_at', unknown('run_started_at', { type: 'timestamp' })],
    ['invocation_id', unknown('invocation_id', { type: 'text' })],
    ['dbt_version', unknown('dbt_version', { type: 'text' })],
    ['project_name', scope.name],
    ...['dbt', 'dbt_utils'].map((name): [string, JinjaValue] => [name, object(name, RULED_NAMES.map((macro) => [macro, ruled(`${name}.${macro}`)]))]),
  ]);
}

function known(entries: readonly [string, string | null][], path: string): [string, JinjaValue][] {
  return entries.map(([name, value]) => [name, value ?? unknown(`${path}.${name}`, { type: 'text' })]);
}

function ruled(path: string): JinjaValue {
  return callable(path, (args, kwargs, site) => packageMacro(path, args, kwargs, (value) => (value === undefined || value === null ? '' : site.text(value))) ?? sqlFunction(path, args, kwargs, (value) => site.text(value)));
}

function refValue(relations: Relations, args: readonly JinjaValue[], version: JinjaValue, site: JinjaSite): JinjaValue {
  const names = args.slice(0, 2);
  const open = names.find(isUnknown);
  if (open !== undefined || names.length === 0) return unknown(`ref(${open?.name ?? ''})`);
  const texts = names.map((name) => site.text(name));
  const name = texts.at(-1) ?? '';
  const wanted = version === undefined || version === null ? null : site.text(version);
  const relation = relations.ref(texts.length > 1 ? (texts[0] ?? null) : null, name, wanted);
  if (relation !== null) return relationObject(relation);
  const bare = wanted === null ? name : `${name}_v${wanted}`;
  site.assume(`${name.slice(0, 80)} is in none of these files: its name stands for its relation`);
  return relationObject(bareRelation(null, bare, null, relations.adapter));
}

function sourceValue(relations: Relations, args: readonly JinjaValue[], site: JinjaSite): JinjaValue {
  const [source, name] = args;
  if (isUnknown(source) || isUnknown(name) || args.length < 2) return unknown(`source(${args.map((value) => (isUnknown(value) ? value.name : site.text(value))).join(', ')})`);
  const [schema, identifier] = [site.text(source), site.text(name)];
  const relation = relations.source(schema, identifier);
  if (relation === null) site.assume(`the source ${schema.slice(0, 80)}.${identifier.slice(0, 80)} is in none of these files: its names stand for its relation`);
  return relationObject(relation ?? bareRelation(schema, identifier, null, relations.adapter));
}

/** A relation as templates use it: its text, its parts, and calls that give the relation again. */
export function relationObject(relation: DbtRelation): JinjaObject {
  const again: JinjaFunction = () => relationObject(relation);
  const { sql, identifier, schema, database } = relation;
  return object(sql, [
    ['identifier', identifier],
    ['name', identifier],
    ['table', identifier],
    ['alias', identifier],
    ['schema', schema ?? unknown(`${identifier}.schema`, { type: 'text' })],
    ['database', database ?? unknown(`${identifier}.database`, { type: 'text' })],
    ...['include', 'quote', 'incorporate', 'render', 'without_identifier'].map((name): [string, JinjaValue] => [name, callable(name, again)]),
  ]);
}

function variable(variables: Record<string, unknown>, args: readonly JinjaValue[], preset: JinjaValue, site: JinjaSite): JinjaValue {
  const name = site.text(args[0]);
  if (Object.hasOwn(variables, name)) return valueOf(variables[name], name, 0);
  if (args.length > 1) return args[1];
  if (preset !== undefined) return preset;
  site.problem('missing-reference', `the variable ${name.slice(0, 80)} has no value in dbt_project.yml and no default`);
  return unknown(`var('${name}')`);
}

/** A value of YAML as templates see it; a template within it is known only when dbt runs. */
export function valueOf(value: unknown, name: string, depth: number): JinjaValue {
  if (typeof value === 'string') return value.includes('{{') ? unknown(`var('${name}')`) : value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.slice(0, 1_000).map((item: unknown) => valueOf(item, name, depth + 1));
  if (isObject(value)) return new Map(Object.entries(value).map(([key, inner]) => [key, valueOf(inner, name, depth + 1)]));
  return undefined;
}

/** `config(…)` writes nothing; `config.get` reads what is known. */
function configObject(config: DbtConfig | null): JinjaObject {
  const get: JinjaFunction = (args, kwargs, site) => {
    const name = site.text(args[0]);
    const given: unknown = config === null ? undefined : Object.entries(config).find(([key]) => key === name)?.[1];
    const fallback = args[1] ?? kwargs.get('default') ?? null;
    return given === undefined || given === null ? fallback : valueOf(given, name, 0);
  };
  return object('', [['get', callable('get', get)], ['require', callable('require', get)], ['persist_relation_docs', callable('persist_relation_docs', () => false)]], () => '');
}

/** `adapter.dispatch` finds the implementation of a macro for the database; everything else asks the database. */
function adapterObject(scope: ProjectScope): JinjaObject {
  const dispatch: JinjaFunction = (args, kwargs, site) => {
    const name = site.text(args[0]);
    const namespace = site.text(args[1] ?? kwargs.get('macro_namespace') ?? '');
    const prefixes = [...(scope.profile.adapter === null ? [] : [`${scope.profile.adapter}__`]), 'default__'];
    const places = [`${scope.name}.`, ...(namespace === '' ? [] : [`${namespace}.`]), ''];
    for (const prefix of prefixes) {
      for (const place of places) {
        const macro = site.macro(`${place}${prefix}${name}`);
        if (macro !== null) return macro;
      }
    }
    return ruled(namespace === '' ? name : `${namespace}.${name}`);
  };
  return object('', [
    ['dispatch', callable('dispatch', dispatch)],
    ['quote', callable('quote', (args, _kwargs, site) => `"${site.text(args[0])}"`)],
    ...['get_columns_in_relation', 'get_relation', 'get_missing_columns', 'load_relation'].map((name): [string, JinjaValue] => [name, callable(name, () => unknown(`adapter.${name}()`, { isEmptyUntouched: true }))]),
  ]);
}
