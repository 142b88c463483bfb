import { arrivesOn, daysLate, leavesOn, localTime } from './calendar.ts';
import { appliesTo, DEFAULT_RULES, DEFAULT_TRANSIT_DAYS, names, type RoutedNode, reaches } from './rules.ts';
import type { RulesContent, Zone } from './schema.ts';
import { type Problem, type Site, shipping } from './solver-board.ts';

/** From an order, nodes, shelves and rules to a problem of numbers; and why a node is not part of it. */

/** Units of a line that wait for a node. */
export interface Piece {
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly skuId: string;
  /** Nodes they were taken from. */
  readonly barred: readonly string[];
}

export interface Question {
  /** ISO, UTC. */
  readonly now: string;
  readonly channel: string;
  readonly to: { readonly country: string; readonly postalCode: string } | null;
  /** A day, such as 2026-11-30. */
  readonly promisedBy: string | null;
  readonly pieces: readonly Piece[];
  readonly skus: Readonly<Record<string, { readonly grams: number; readonly tags: readonly string[] }>>;
  /** With what each has taken today, in the unit its capacity is counted in. */
  readonly nodes: readonly (RoutedNode & { readonly used: number })[];
  /** By `sku:node`: units that are free, and units of its safety stock. Absent: none. */
  readonly stock: Readonly<Record<string, { readonly free: number; readonly safety: number }>>;
  readonly rules: RulesContent | null;
  /** Nodes that other units of the order are at. */
  readonly inUse: readonly string[];
}

export type WhyNot = 'pick_up_only' | 'out_of_range' | 'blackout' | 'capacity' | 'rule' | 'rerouted' | 'no_stock';

export interface Candidate {
  readonly node: RoutedNode;
  /** Null: it is part of the problem. */
  readonly why: WhyNot | null;
  /** The rule that excludes it. */
  readonly rule: string | null;
  readonly zone: Zone | null;
  readonly arrives: string;
  readonly lateDays: number;
  /** What each day of being late costs. */
  readonly lateMinor: number;
  readonly discountMinor: number;
  readonly preferredBy: readonly string[];
  readonly site: Site | null;
}

export interface Model {
  readonly problem: Problem;
  readonly candidates: readonly Candidate[];
  /** Names of the rules that took part. */
  readonly rules: readonly string[];
  readonly splitMinor: number;
}

/** What the rules say of an order before any node is looked at. */
interface Policy {
  splitMinor: number;
  lateDayMinor: number;
  maxNodes: number | null;
  whole: boolean;
  readonly rules: RulesContent['rules'];
}

function policyOf(question: Question, grams: number): Policy {
  const content = question.rules ?? DEFAULT_RULES;
  const tags = new Set(Object.values(question.skus).flatMap((sku) => sku.tags));
  const traits = { channel: question.channel, country: question.to?.country ?? null, grams, tags };
  const rules = content.rules.filter((rule) => appliesTo(rule, traits));
  const policy: Policy = {
    splitMinor: content.splitMinor,
    lateDayMinor: content.lateDayMinor,
    maxNodes: null,
    whole: false,
    rules,
  };
  for (const { effect } of rules) {
    if (effect.type === 'max_nodes') policy.maxNodes = Math.min(policy.maxNodes ?? effect.count, effect.count);
    if (effect.type === 'no_split') policy.whole = true;
    if (effect.type === 'penalties') {
      policy.splitMinor = effect.splitMinor ?? policy.splitMinor;
      policy.lateDayMinor = effect.lateDayMinor ?? policy.lateDayMinor;
    }
  }
  return policy;
}

export const stockOf = (question: Question, skuId: string, nodeId: string): { free: number; safety: number } =>
  question.stock[`${skuId}:${nodeId}`] ?? { free: 0, safety: 0 };

/** What is left of a node's day: orders it may still begin, or units it may still take. */
export function roomOf(node: Question['nodes'][number]): number | null {
  const { capacityPerDay } = node.facts;
  return capacityPerDay === null ? null : Math.max(0, capacityPerDay - node.used);
}

function candidateOf(question: Question, policy: Policy, node: Question['nodes'][number]): Candidate {
  const { facts } = node;
  const now = new Date(question.now);
  const zone = facts.zones.find(({ area }) => reaches(area, question.to)) ?? null;
  const arrives = arrivesOn(leavesOn(facts, now), zone?.transitDays ?? DEFAULT_TRANSIT_DAYS);
  const lateDays = question.promisedBy === null ? 0 : daysLate(question.promisedBy, arrives);
  const preferring = policy.rules.filter((rule) => rule.effect.type === 'prefer' && names(rule.effect, node));
  const discount = preferring.reduce((sum, { effect }) => sum + (effect.type === 'prefer' ? effect.discountMinor : 0), 0);
  const bands = zone?.bands ?? [];
  const lateMinor = lateDays * policy.lateDayMinor;
  const dear = facts.handlingOrderMinor + lateMinor;
  // A preferred node may become free of charge, and never earns anything.
  const discountMinor = Math.min(discount, dear + (bands[0]?.priceMinor ?? 0));
  const excluding = policy.rules.filter(
    ({ effect }) => (effect.type === 'exclude' || effect.type === 'stores_off') && names(effect, node),
  );
  const general = excluding.find((rule) => rule.when.skuTags.length === 0);
  const forSku = (tags: readonly string[]) => excluding.find((rule) => rule.when.skuTags.some((tag) => tags.includes(tag)));
  const room = roomOf(node);
  const base = {
    node,
    rule: null,
    zone,
    arrives,
    lateDays,
    lateMinor,
    discountMinor,
    preferredBy: preferring.map((r) => r.name),
  };
  const no = (why: WhyNot, rule: string | null = null): Candidate => ({ ...base, why, rule, site: null });
  if (!facts.shipFrom) return no('pick_up_only');
  if (!reaches(facts.area, question.to) || (facts.zones.length > 0 && zone === null)) return no('out_of_range');
  if (general) return no('rule', general.name);
  if (facts.blackoutDays.includes(localTime(now, facts.timeZone).day)) return no('blackout');
  // An order that a node has begun already costs it no second place.
  const begun = facts.capacityUnit === 'orders' && question.inUse.includes(node.id);
  if (room === 0 && !begun) return no('capacity');
  const stock: Record<string, { free: number; safety: number }> = {};
  let barred: string | null = null;
  let rerouted = false;
  for (const [skuId, { tags }] of Object.entries(question.skus)) {
    const there = stockOf(question, skuId, node.id);
    if (there.free + there.safety <= 0) continue;
    const rule = forSku(tags);
    if (rule) barred = rule.name;
    else if (question.pieces.every((piece) => piece.skuId !== skuId || piece.barred.includes(node.id))) rerouted = true;
    else stock[skuId] = there;
  }
  if (Object.keys(stock).length === 0) return barred ? no('rule', barred) : rerouted ? no('rerouted') : no('no_stock');
  const site: Site = {
    id: node.id,
    priority: node.priority,
    fixed: dear - discountMinor,
    perUnit: facts.handlingUnitMinor,
    bands,
    room: facts.capacityUnit === 'units' ? room : null,
    stock,
  };
  return { ...base, why: null, site };
}

/** What a node would cost for so many units of such a weight. */
export function costAt(
  candidate: Candidate,
  units: number,
  grams: number,
): { shipping: number; handling: number; parcels: number } {
  const sent = shipping(candidate.zone?.bands ?? [], grams);
  const { handlingOrderMinor, handlingUnitMinor } = candidate.node.facts;
  return { shipping: sent.price, handling: handlingOrderMinor + handlingUnitMinor * units, parcels: sent.parcels };
}

export function modelOf(question: Question): Model {
  const units = (piece: Piece): number => piece.to - piece.from + 1;
  const gramsOf = (skuId: string): number => question.skus[skuId]?.grams ?? 0;
  const grams = question.pieces.reduce((sum, piece) => sum + units(piece) * gramsOf(piece.skuId), 0);
  const policy = policyOf(question, grams);
  const candidates = question.nodes.map((node) => candidateOf(question, policy, node));
  const items = new Map<string, Problem['items'][number]>();
  for (const piece of question.pieces) {
    const barred = [...piece.barred].sort();
    const key = itemKey(piece);
    const known = items.get(key);
    items.set(key, {
      key,
      sku: piece.skuId,
      units: (known?.units ?? 0) + units(piece),
      grams: gramsOf(piece.skuId),
      barred,
    });
  }
  const problem: Problem = {
    items: [...items.values()],
    sites: candidates.flatMap(({ site }) => site ?? []),
    split: policy.splitMinor,
    maxSites: policy.maxNodes,
    whole: policy.whole,
    inUse: question.inUse,
  };
  return { problem, candidates, rules: policy.rules.map((rule) => rule.name), splitMinor: policy.splitMinor };
}

/** Pieces of one SKU that may go to the same nodes are one wish. */
export const itemKey = (piece: Piece): string => [piece.skuId, ...[...piece.barred].sort()].join('|');
