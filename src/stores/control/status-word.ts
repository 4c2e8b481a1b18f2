/** What a word says of a load or a data product. `partial`: it ended, and not all of it went well. */
export type StatusMeaning = 'good' | 'bad' | 'partial' | 'running' | 'skipped';

/**
 * Words of control tables and schedulers (Airflow, dbt, Azure Data Factory, SQL Agent) in English, then in German, French,
 * Spanish, Portuguese, Italian, Dutch and Polish. The first that fits wins, so that `unsuccessful` is not taken for success.
 */
const MEANINGS: readonly (readonly [StatusMeaning, RegExp])[] = [
  ['partial', /^partial|^incomplete|^warn|^degraded|^unstable|with (errors?|warnings?|issues)|^teil|^unvollst|^partiel|^parcial|^parzial|^gedeelt|^czesc/],
  ['bad', /^(un|not |nicht |non |no |niet |nie ?)(success|succes|ok|erfolg|healthy|exito|riuscit|gelukt|reussi|powodz|uda)/],
  ['bad', /fail|^err|^abort|^cancel|crash|time[ds]? ?out|^kill|^lost$|^invalid|^rejected|^broken|^terminated/],
  ['bad', /fehl|^abgebroch|^gescheit|^misslung|^echec|^echou|^erreur|^annule|^fall(o|id|it)|^fracas|^cancelad|^falh|^annullat|^misluk|^fout|^gefaald|^afgebrok|^blad|^przerwan/],
  ['skipped', /^skip|^no ?op$|^no (data|rows|changes?)|^nothing|^not (run|started|needed)|^ubersprung|^ignore|^omi(s|t)|^saltat|^overgeslag|^pomini/],
  ['running', /^(running|run|start(ed|ing)|in ?progress|pending|queued|executing|processing|loading|scheduled|waiting|retry(ing)?|up for retry)$/],
  ['running', /^(lauft|laeuft|gestartet|wartet|in arbeit|en cours|en (curso|proceso)|em (andamento|execucao)|in corso|bezig|w toku)/],
  ['good', /^(ok|okay|success|succe(ed|eded|ss|ssful|ssfully)|complet(e|ed)|done|finish(ed)?|pass(ed)?|healthy|fresh|green|loaded|good|valid(ated)?|published|committed|up to date|current)( |$)/],
  ['good', /^(erfolg|erledigt|fertig|abgeschlossen|beendet|geladen|gelungen|aktuell|succes|reussi|termine|exito|correct[oa]|completad|finalizad|sucesso|concluid|riuscit|completat|geslaagd|gelukt|voltooid|sukces|zakoncz)/],
];

/** Null for a word that is not known: what it says, only its table's owner can tell. */
export function statusMeaning(status: string): StatusMeaning | null {
  const folded = status
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    // Which is a letter of its own in Unicode.
    .replaceAll('ł', 'l')
    .replace(/[\s_.-]+/g, ' ')
    .trim();
  return MEANINGS.find(([, pattern]) => pattern.test(folded))?.[0] ?? null;
}
