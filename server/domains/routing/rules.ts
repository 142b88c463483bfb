import { DomainError } from '../../kernel/errors.ts';
import type { Area, NodeFacts, RoutingRule, RulesContent } from './schema.ts';

/** A node as routing sees it: what it is, and what its settings say. */
export interface RoutedNode {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly priority: number;
  readonly facts: NodeFacts;
}

/** A node that nobody described: it sends everything everywhere, costs nothing and has no limit; customers fetch there if its kind has a counter. */
export const DEFAULT_FACTS: NodeFacts = {
  timeZone: 'UTC',
  cutoffMinutes: 1_440,
  handlingDays: 0,
  workingDays: [1, 2, 3, 4, 5],
  blackoutDays: [],
  capacityPerDay: null,
  capacityUnit: 'orders',
  area: [],
  zones: [],
  handlingOrderMinor: 0,
  handlingUnitMinor: 0,
  shipFrom: true,
  pickUp: true,
};

/** What holds where a merchant has node settings and no rules: a second parcel and a late one are worth avoiding. */
export const DEFAULT_RULES: RulesContent = { splitMinor: 300, lateDayMinor: 200, rules: [] };

/** A parcel to where no zone says how long it takes. */
export const DEFAULT_TRANSIT_DAYS = 2;

export interface NodeSettings extends NodeFacts {
  readonly nodeId: string;
  readonly merchantId: string;
  /** 0: the defaults, never saved. */
  readonly version: bigint;
}

/** What settings say of a node, without whose they are; the defaults where nothing was said. */
export function factsOf(settings: NodeSettings | undefined): NodeFacts {
  if (!settings) return DEFAULT_FACTS;
  const { nodeId: _node, merchantId: _merchant, version: _version, ...facts } = settings;
  return facts;
}

export type RuleSetStatus = 'draft' | 'active' | 'retired';

export interface RuleSet {
  readonly id: string;
  readonly merchantId: string;
  readonly number: number;
  readonly status: RuleSetStatus;
  readonly content: RulesContent;
  readonly note: string | null;
  readonly version: bigint;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly activatedBy: string | null;
  readonly retiredAt: Date | null;
}

const plain = (code: string): string => code.replaceAll(/[\s-]/g, '').toUpperCase();

/** Whether an address lies in an area. Without an address everything is near. */
export function reaches(area: Area, to: { readonly country: string; readonly postalCode: string } | null): boolean {
  if (area.length === 0 || to === null) return true;
  return area.some(
    ({ country, prefixes }) =>
      country === to.country &&
      (prefixes.length === 0 || prefixes.some((prefix) => plain(to.postalCode).startsWith(plain(prefix)))),
  );
}

const refuse = (field: string, why: string): never => {
  throw new DomainError('invalid_request', why, { field });
};

/** Refuses settings that could not be followed. `isTimeZone` knows the names of zones. */
export function checkFacts(facts: NodeFacts, isTimeZone: (name: string) => boolean): void {
  if (!isTimeZone(facts.timeZone)) refuse('timeZone', `${facts.timeZone} is not a time zone. Use a name such as Europe/Berlin.`);
  for (const { name, bands } of facts.zones) {
    bands.forEach((band, at) => {
      const before = bands[at - 1];
      if (!before) return;
      if (before.upToGrams === null || (band.upToGrams !== null && band.upToGrams <= before.upToGrams))
        refuse('zones', `In zone ${name} the weights must rise, and only the last one may be without a limit.`);
      if (band.priceMinor < before.priceMinor)
        refuse('zones', `In zone ${name} a heavier parcel costs less than a lighter one. Prices must not fall with the weight.`);
    });
  }
  const open = facts.zones.findIndex((zone) => zone.area.length === 0);
  if (open >= 0 && open < facts.zones.length - 1)
    refuse('zones', `Zone ${facts.zones[open]?.name} reaches everywhere, so those after it are never used. Put it last.`);
  if (new Set(facts.zones.map((zone) => zone.name)).size < facts.zones.length)
    refuse('zones', 'Two zones have the same name. Give each its own.');
}

/** Refuses rules that name nobody, or what does not exist, or contradict themselves. */
export function checkRules(content: RulesContent, nodeCodes: ReadonlySet<string>): void {
  content.rules.forEach((rule, at) => {
    const field = `rules.${at}`;
    const { effect, when } = rule;
    if ('nodes' in effect) {
      if (effect.nodes.length + effect.kinds.length === 0)
        refuse(field, `Rule “${rule.name}” names no node. Name a node or a kind of node.`);
      const unknown = effect.nodes.find((code) => !nodeCodes.has(code));
      if (unknown) refuse(field, `Rule “${rule.name}” names ${unknown}, and there is no node of that code.`);
    }
    if (effect.type === 'penalties' && effect.splitMinor === null && effect.lateDayMinor === null)
      refuse(field, `Rule “${rule.name}” changes no penalty. Give at least one amount.`);
    if (when.minGrams !== null && when.maxGrams !== null && when.maxGrams < when.minGrams)
      refuse(field, `Rule “${rule.name}” asks for at least ${when.minGrams} g and at most ${when.maxGrams} g.`);
  });
  const names = content.rules.map((rule) => rule.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) refuse('rules', `Two rules are called “${twice}”. An order's explanation names rules: give each its own name.`);
}

/** What a rule is asked about. */
export interface OrderTraits {
  readonly channel: string;
  readonly country: string | null;
  readonly grams: number;
  readonly tags: ReadonlySet<string>;
}

/** Whether a rule's conditions hold, its tags aside. */
export function appliesTo({ active, when }: RoutingRule, order: OrderTraits): boolean {
  if (!active) return false;
  if (when.channels.length > 0 && !when.channels.some((channel) => channel === order.channel)) return false;
  if (when.countries.length > 0 && (order.country === null || !when.countries.includes(order.country))) return false;
  if (when.minGrams !== null && order.grams < when.minGrams) return false;
  if (when.maxGrams !== null && order.grams > when.maxGrams) return false;
  return when.skuTags.length === 0 || when.skuTags.some((tag) => order.tags.has(tag));
}

/** Whether a rule speaks of this node. */
export function names(effect: RoutingRule['effect'], node: Pick<RoutedNode, 'code' | 'kind'>): boolean {
  if (effect.type === 'stores_off') return node.kind === 'store';
  if (!('nodes' in effect)) return false;
  return effect.nodes.includes(node.code) || effect.kinds.some((kind) => kind === node.kind);
}

/** What settings or rules were and will be, by the fields that differ; null where none does. */
export function planEdit<T extends object>(
  was: T,
  wanted: T,
): { readonly before: Partial<T>; readonly after: Partial<T> } | null {
  const differing = (Object.keys(wanted) as (keyof T)[]).filter(
    (field) => JSON.stringify(was[field]) !== JSON.stringify(wanted[field]),
  );
  if (differing.length === 0) return null;
  const pick = (from: T) => Object.fromEntries(differing.map((field) => [field, from[field]])) as Partial<T>;
  return { before: pick(was), after: pick(wanted) };
}
