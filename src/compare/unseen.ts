import { gapFile } from '../findings/suppressions/gap-identity.js';
import type { Area, Finding } from '../model/finding.js';
import type { Gap } from '../model/snapshot.js';
import { count } from '../text/quantity.js';
import type { GapChanges } from './gaps.js';
import { nameOf, type Side } from './side.js';

/** Why a side could not have a finding of the other one, in words; null where it would have it. */
export type WhyUnseen = (finding: Finding) => string | null;

/** A gap of a store's statements speaks of one text; the others were read. */
const ONE_STATEMENT = /^(?:a part of )?what a statement of role /;

/**
 * Why `looked` may not have seen what `other` saw. What is gone is fixed only where this knows no reason.
 *
 * @param opened gaps of `looked` that `other` does not have
 */
export function whyGone(looked: Side, other: Side, opened: readonly Gap[]): WhyUnseen {
  const notLooked = whyNotLooked(looked, other, opened);
  const undetermined = new Map(looked.report.verdicts.flatMap(({ area, outcome, sentence }) => (outcome === 'undetermined' ? [[area, sentence] as const] : [])));
  return (finding) => {
    const open = undetermined.get(finding.area);
    return notLooked(finding) ?? partlySeen(finding, opened) ?? (open === undefined ? null : `${finding.area} is undetermined in ${nameOf(looked)}: ${open}`);
  };
}

/**
 * Why `looked` cannot have seen a finding of `other`: it did not look there at all. What is fresh is new in every other case, in doubt
 * too.
 */
export function whyNotLooked(looked: Side, other: Side, opened: readonly Gap[]): WhyUnseen {
  const stores = new Set(looked.report.stores.map(({ name }) => name));
  const statistics = lackingStatistics(looked, other);
  const blind = new Map(opened.flatMap((gap) => (gap.severity === 'blind' ? [[gap.subject, gap] as const] : [])));
  const dashboards = lackingDashboards(looked, other);
  const side = nameOf(looked);
  const isPart = looked.about.since !== null && looked.about.since !== other.about.since;
  return (finding) => {
    const { store, area, locations } = finding;
    if (isPart) return `${side} judges a change only`;
    if (store !== '' && !stores.has(store)) return `store ${store} is not in ${side}`;
    const gap = blind.get(store) ?? locations.map(({ file }) => covering(blind, file)).find((found) => found !== undefined);
    if (gap !== undefined) return `${gap.subject} could not be looked at in ${side}: ${gap.cause}`;
    const missing = locations.length === 0 ? null : dashboards(locations.map(({ file }) => file));
    if (missing !== null) return missing;
    const restsOnStatistics = area === 'workload' || (locations.length === 0 && finding.consumer !== '');
    return restsOnStatistics && statistics.has(store) ? `${side} has no statistics of what ran on ${store}` : null;
  };
}

/** What `looked` did not see of what `other` saw, each in words. */
export function unseenOf(looked: Side, other: Side, { opened }: GapChanges): string[] {
  const side = nameOf(looked);
  const stores = new Set(looked.report.stores.map(({ name }) => name));
  const seenAreas = new Set(other.report.verdicts.flatMap(({ area, outcome }) => (outcome === 'undetermined' ? [] : [area])));
  const lost = looked.report.verdicts.filter(({ area, outcome }) => outcome === 'undetermined' && seenAreas.has(area));
  const dashboards = lackingDashboards(looked, other)(null);
  return [
    ...other.report.stores.filter(({ name }) => !stores.has(name)).map(({ name }) => `store ${name} is not in ${side}`),
    ...opened.filter(({ severity }) => severity === 'blind').map(({ subject, missing, cause }) => `${missing} of ${subject}: ${cause}`),
    ...(dashboards === null ? [] : [dashboards]),
    ...[...lackingStatistics(looked, other)].map((store) => `${side} has no statistics of what ran on ${store}`),
    ...lost.map(({ area, sentence }) => `${areaInWords(area)} is undetermined: ${sentence}`),
  ];
}

function areaInWords(area: Area): string {
  return area.slice(0, 1).toUpperCase() + area.slice(1);
}

function covering(blind: ReadonlyMap<string, Gap>, file: string): Gap | undefined {
  return blind.get(file) ?? [...blind].find(([subject]) => subject !== '' && file.startsWith(`${subject.replace(/\/$/, '')}/`))?.[1];
}

/** A part of a store or file that only this side could not look at. */
function partlySeen({ store, consumer, locations }: Finding, opened: readonly Gap[]): string | null {
  const gap = opened.find(({ subject, missing }) => {
    const file = gapFile({ subject, missing, cause: '', remedy: null, severity: 'partial' }) ?? subject;
    if (locations.some((place) => place.file === file)) return subject === file || (consumer !== '' && subject.startsWith(consumer));
    return locations.length === 0 && store !== '' && subject === store && !ONE_STATEMENT.test(missing);
  });
  return gap === undefined ? null : `${gap.missing} of ${gap.subject} could not be looked at: ${gap.cause}`;
}

/** Stores that both have, and of which only the other one knows what ran. */
function lackingStatistics(looked: Side, other: Side): ReadonlySet<string> {
  const known = new Set((looked.report.workload ?? []).map(({ store }) => store));
  const stores = new Set(looked.report.stores.map(({ name }) => name));
  return new Set((other.report.workload ?? []).flatMap(({ store, classes }) => (stores.has(store) && !known.has(store) && classes.some(({ work }) => work.calls > 0) ? [store] : [])));
}

/**
 * Why dashboards in these files, or any at all, were not looked at. A folder that has another name, and is one of as many, is taken
 * for the same.
 */
function lackingDashboards(looked: Side, other: Side): (files: readonly string[] | null) => string | null {
  const side = nameOf(looked);
  const [own, its] = [looked.report.coverage.queries.total, other.report.coverage.queries.total];
  if (own === 0 && its > 0) return () => `${side} has no query of dashboards, ${nameOf(other)} has ${count(its, 'query', 'queries')}`;
  const [sources, all] = [looked.snapshot?.sources, other.snapshot?.sources];
  if (sources === undefined || all === undefined || sources.length >= all.length) return () => null;
  const paths = new Set(sources.map(({ path }) => path));
  const lacking = all.map(({ path }) => path).filter((path) => !paths.has(path));
  return (files) => {
    const path = lacking.find((one) => files === null || files.every((file) => file === one || file.startsWith(`${one.replace(/\/$/, '')}/`)));
    return path === undefined ? null : `the dashboards of ${path} are not in ${side}`;
  };
}
