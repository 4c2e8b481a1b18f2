import { neutraliseJinja } from '../../template/jinja.js';
import { quote } from '../../template/placeholder.js';
import type { DbtEnvironment } from './environment.js';
import type { Profile } from './model.js';

const CUSTOM_SCHEMA = 'generate_schema_name';

/** The names that dbt gives relations, before any template of a model is rendered. */
export class RelationNames {
  readonly #schemas = new Map<string | null, string | null>();

  constructor(
    readonly environment: DbtEnvironment,
    readonly profile: Profile,
  ) {}

  /** A name of a configuration, which may be a template of its own; null where only dbt knows it. */
  literal(name: string | null | undefined): string | null {
    if (!name) return null;
    if (!/\{[{%]/.test(name)) return name;
    const { variants, problems } = neutraliseJinja(name, this.environment.of(null), { branches: false });
    const text = variants[0]?.sql.trim() ?? '';
    return variants[0]?.assumptions.length === 0 && problems.length === 0 && /^[\w$-]{1,200}$/.test(text) ? text : null;
  }

  /** What a template of a switch says; on where only dbt knows it. */
  isEnabled(enabled: boolean | string | null | undefined): boolean {
    return typeof enabled === 'string' ? this.literal(enabled)?.toLowerCase() !== 'false' : enabled !== false;
  }

  /**
   * Where a model is put. dbt's own `generate_schema_name` makes `<target schema>_<custom schema>` (its documentation,
   * "Custom schemas"); a project may have its own. Null where nobody knows it: the name of the model stands alone then.
   */
  schema(custom: string | null | undefined): string | null {
    const key = custom ?? null;
    const known = this.#schemas.get(key);
    if (known !== undefined) return known;
    const found = this.#schema(key);
    this.#schemas.set(key, found);
    return found;
  }

  #schema(custom: string | null): string | null {
    const name = this.literal(custom);
    if (custom !== null && custom !== '' && name === null) return null;
    if (this.environment.scope.macros.has(CUSTOM_SCHEMA)) return this.literal(`{{ ${CUSTOM_SCHEMA}(${name === null ? 'none' : quote(name)}, none) }}`);
    if (this.profile.schema === null) return null;
    return name === null ? this.profile.schema : `${this.profile.schema}_${name}`;
  }
}
