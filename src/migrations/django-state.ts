import { type DjangoField } from './django-fields.js';

export interface DjangoModel {
  app: string;
  table: string;
  /** By the name of the field; a relation of many to many has no column and is not here. */
  fields: Map<string, DjangoField>;
  /** What is unique together, and under which name: it keeps that of the columns for which it was made. */
  uniqueTogether: { fields: string[]; name: string }[];
  /** Names of unique constraints that are indexes, since they have a condition. */
  indexed: Set<string>;
}

/** The models of a project as the migrations read so far have made them. */
export class DjangoState {
  readonly #models = new Map<string, DjangoModel>();

  add(app: string, name: string, table: string | null): DjangoModel {
    const model: DjangoModel = { app, table: table ?? `${app}_${name.toLowerCase()}`, fields: new Map(), uniqueTogether: [], indexed: new Set() };
    this.#models.set(key(app, name), model);
    return model;
  }

  /** The model of a name; one that no migration made here is taken to be in the table that Django would give it. */
  model(app: string, name: string): DjangoModel {
    return this.#models.get(key(app, name)) ?? this.add(app, name, null);
  }

  /** `app.Model`, or `Model` of the same app. */
  referred(app: string, name: string): DjangoModel {
    const point = name.lastIndexOf('.');
    return point < 0 ? this.model(app, name) : this.model(name.slice(0, point), name.slice(point + 1));
  }

  remove(app: string, name: string): void {
    this.#models.delete(key(app, name));
  }

  rename(app: string, from: string, to: string): void {
    this.#models.set(key(app, to), this.model(app, from));
    this.#models.delete(key(app, from));
  }

  /** The type of the key of a model; of one that is not here that of Django's default since 3.2, and of its own users what they always had. */
  keyType(app: string, name: string): string {
    const fields = [...this.referred(app, name).fields.values()];
    return fields.find(({ primary }) => primary)?.type ?? (name.startsWith('auth.') ? 'integer' : 'bigint');
  }

  keyColumn(app: string, name: string): string {
    return [...this.referred(app, name).fields.values()].find(({ primary }) => primary)?.column ?? 'id';
  }
}

function key(app: string, name: string): string {
  return `${app}.${name}`.toLowerCase();
}
