import type { PersonalClass } from '../../model/personal-column.js';

/**
 * The shape of the dictionary of personal data. It is data: adding a word or a language changes this folder only.
 *
 * Names are written as they look after normalisation: lower case, words apart, accents dropped, commas between
 * entries. The languages are ISO 639-1 codes.
 */

export type PrivacyClass = PersonalClass;

/** What a declared SQL type can hold, as far as the classification needs to know. */
export type TypeGroup =
  | 'text'
  | 'number'
  | 'date'
  | 'timestamp'
  | 'boolean'
  | 'network'
  | 'hardware'
  | 'binary'
  | 'document'
  | 'geometry'
  | 'uuid'
  | 'other';

export const LANGUAGES = ['en', 'es', 'fr', 'de', 'pt', 'it', 'nl', 'id', 'pl', 'tr', 'sv'] as const;
export type Language = (typeof LANGUAGES)[number];

export type Words = Partial<Record<Language, string>>;

export interface KindDefinition {
  /** The word that findings, configuration and rules use. */
  kind: string;
  /** For sentences: `looks like …`. */
  title: string;
  class: PrivacyClass;
  /** Types that can hold it. Every other type is evidence against it. */
  types: TypeGroup[];
  /** A type that by itself says what it holds, e.g. `inet`. */
  typical?: TypeGroup;
  /**
   * How much the table matters. `little`: the name speaks for itself. `some`: shops and machines have one too, a table
   * of things speaks against it. `needed`: nothing is said unless the table or its columns speak of persons.
   */
  context: 'little' | 'some' | 'needed';
  /** Names that say it. */
  strong: Words;
  /** Names that may say it, and only where the context speaks of persons. */
  weak?: Words;
  /** Names that contain a word of `strong` or `weak` and mean something else. */
  against?: Words;
}
