import { bookkeeping, isThingWord, UNMISTAKABLE, nameSet, neutral, type TableContext } from './context.js';
import { kinds } from './kinds/index.js';
import { personWords, roleWords } from './kinds/vocabulary.js';
import { type Match, WEIGHT } from './match.js';
import { typeLimits } from './types.js';
import { entriesOf, entriesOfAll } from './words.js';

const gluedNames = new Set(entriesOfAll(personWords).flatMap((person) => [...nameSet].flatMap((name) => [person.join('') + name, person.join('').replace(/[ea]$/, '') + name])));

/** `name` alone needs a table of persons; beside a word for a person it speaks for itself, beside a thing it is the thing's. */
export function matchFullName(words: string[], person: (word: string) => boolean, context: TableContext): Match | null {
  const strong = { strength: 'strong', weight: WEIGHT.strong.full, bare: false, ofPerson: true, ofThing: null } as const;
  if (words.length === 1 && gluedNames.has(words[0] ?? '')) return { ...strong, rest: [] };
  const index = words.findIndex((word) => nameSet.has(word));
  if (index < 0) return null;
  const rest = words.filter((_, position) => position !== index);
  const others = rest.filter((word) => (!neutral.has(word) && !/^\d+$/.test(word)) || person(word));
  if (others.length === 0) return { strength: 'weak', weight: WEIGHT.weak.full, rest, bare: rest.length === 0, ofPerson: false, ofThing: null };
  if (others.every((word) => person(word) || isRole(word))) return { ...strong, rest };
  // `store_manager_name`: what stands next to `name` has it.
  if ([words[index - 1] ?? '', words[index + 1] ?? ''].some((word, after) => isRole(word) && !isThingWord(word, context.foreign) && (after === 0 || context.foreign)) && !others.some((word) => bookkeeping.has(word))) return { ...strong, weight: WEIGHT.strong.qualifiedSome, rest };
  const unknown = others.filter((word) => !person(word));
  if (unknown.some((word) => isThingWord(word, context.foreign) || bookkeeping.has(word))) return null;
  // `recruteur_nom`: a word that the dictionary does not know, but made like one for who does something.
  if (unknown.every((word) => isAgentNoun(word, context.foreign)) || (others.some(person) && context.score > -1)) return { ...strong, weight: WEIGHT.strong.qualifiedSome, rest };
  // Any other word before `name` is more often a thing's than a person's.
  return null;
}

/** Endings of words for who does something, or to whom it is done. English ones stand in too many words for machines. */
const AGENT = /(?:ee|ist|ian|woman|man)$/;
const AGENT_FOREIGN = /(?:eur|euse|eure|rice|ador|adora|edor|edora|idor|idora|tore|trice|ante|ente|ataire|ist|ista|iste|erin|steller|geber|nehmer|inhaber|leiter|halter|ciel|nik|arz|owca|are|ende|ant|[dkglnt]er|reiziger)$/;
const NO_AGENT = new Set(['committee', 'fee', 'employee fee', 'tree', 'coffee', 'degree', 'list', 'checklist', 'wishlist', 'playlist', 'whitelist', 'blacklist', 'allowlist', 'denylist', 'median', 'guardian', 'human', 'domain', 'serveur', 'valeur', 'secteur', 'couleur', 'moteur', 'compteur', 'ordinateur', 'capteur', 'hauteur', 'largeur', 'longueur', 'indicateur', 'fournisseur', 'servidor', 'fornecedor', 'proveedor', 'contador', 'sensor', 'componente', 'ambiente', 'incidente', 'vigente', 'corrente', 'variante', 'seguente', 'fuente', 'recente', 'software', 'hardware', 'firmware', 'middleware', 'share', 'square', 'leverantor', 'behalter', 'schalter', 'schedulare', 'batterie', 'behinderung', 'variant', 'tenant', 'constant', 'restaurant', 'plant', 'grant', 'quadrant', 'legende', 'agende', 'unita', 'techniek', 'nawadniacz', 'kalendarz', 'cmentarz', 'arkusz', 'dziennik', 'pojemnik', 'zbiornik', 'wskaznik', 'silnik', 'przewoznik', 'server', 'folder', 'computer', 'nummer', 'kamer', 'filter', 'container', 'cluster', 'register', 'venster', 'theater', 'winter', 'sommer', 'router', 'muster', 'monster', 'parameter', 'zimmer', 'eimer', 'feder', 'lager', 'anlager', 'treiber', 'behaelter', 'zaehler', 'sender', 'verteiler', 'schalter', 'anhanger', 'anhaenger', 'ordner', 'drucker', 'rechner', 'center', 'master', 'meter', 'leiter stufe', 'fenster', 'oder', 'oder nummer', 'andere', 'under', 'order', 'render', 'trigger', 'logger', 'layer', 'adapter', 'provider', 'vendor']);

function isAgentNoun(word: string, foreign: boolean): boolean {
  return word.length >= 5 && !NO_AGENT.has(word) && (AGENT.test(word) || (foreign && AGENT_FOREIGN.test(word)));
}

/** `doctor`, `berichterstatter`: a text that is named after a person's part alone is that person's name. */
export function matchRole(words: readonly string[], type: string, context: TableContext): Match | null {
  // `officer_number` is what an officer is called by, not how.
  const rest = words.filter((word) => !ROLE_QUALIFIERS.has(word) && !/^\d+$/.test(word));
  const { group, length } = typeLimits(type);
  if (rest.length === 0 || rest.length > 2 || group !== 'text' || (length !== null && length < ROLE_LENGTH_MIN)) return null;
  const [first = '', second] = rest;
  const found: Omit<Match, 'weight'> = { strength: 'strong', rest: [], bare: false, ofPerson: true, ofThing: null };
  if (rest.every(isRole)) return { ...found, weight: WEIGHT.strong.qualified };
  if (!context.foreign && !rest.every((word) => word.length >= UNMISTAKABLE)) return null;
  if (rest.every((word) => isRole(word) || foreignPersons.has(word))) return { ...found, weight: WEIGHT.strong.qualifiedSome };
  // `medico_refertante`, `narmaste_chef`: which one of them, said by a word that the dictionary does not know.
  const other = second === undefined ? null : isRole(first) || foreignPersons.has(first) ? second : isRole(second) ? first : null;
  if (other !== null) return other.length < 3 || isThingWord(other, true) || bookkeeping.has(other) || neutral.has(other) || knownWords.has(other) ? null : { ...found, weight: WEIGHT.strong.half };
  return rest.length === 1 && !knownWords.has(first) && !bookkeeping.has(first) && !isThingWord(first, true) && isAgentNoun(first, true) && CERTAIN_AGENT.test(first) ? { ...found, weight: WEIGHT.strong.half } : null;
}

/** Endings that hardly any word but one for a person has. */
const CERTAIN_AGENT = /(?:nehmer|inhaber|leiter|halter|houder|steller|geber|ariusz|ciel|owca|ataire|euse|sokande|begiftad)$/;
/** Words for persons of other languages; English ones stand for programs and companies too often. */
const foreignPersons = new Set(Object.entries(personWords).filter(([language]) => language !== 'en').flatMap(([, list]) => entriesOf(list)).filter(({ length }) => length === 1).flat());
for (const word of entriesOf(personWords.en ?? '').flat()) foreignPersons.delete(word);
const knownWords = new Set(kinds.flatMap((kind) => [...entriesOfAll(kind.strong), ...entriesOfAll(kind.weak)]).filter(({ length }) => length === 1).flat());

/** Names of persons are given so many characters and more; codes and logins fewer. */
const ROLE_LENGTH_MIN = 30;
const ROLE_QUALIFIERS = new Set(['primary', 'main', 'assigned', 'responsible', 'current', 'new', 'old', 'previous', 'other', 'second', 'attending', 'referring', 'treating', 'legal']);
const roles = new Set(entriesOf(roleWords).filter(({ length }) => length === 1).flat());
const isRole = (word: string): boolean => roles.has(word);
