import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';
import { SALES_CHANNELS } from '../../kernel/vocabulary.ts';

/** Inputs of the routing verbs, and the shapes of what is kept as data. */

export const NODE_KINDS = ['warehouse', 'store', 'third_party', 'drop_shipper'] as const;
export const CAPACITY_UNITS = ['orders', 'units'] as const;
/** Why units are taken from a node again. */
export const REROUTE_REASONS = ['rejected', 'shortage', 'silent', 'late', 'lost', 'damaged', 'manual'] as const;
export type RerouteReason = (typeof REROUTE_REASONS)[number];

const MAX_MINOR = 1_000_000_000;
const minor = z.int().min(0).max(MAX_MINOR);
const country = z.string().regex(/^[A-Z]{2}$/, 'Use two-letter country codes, such as DE');
const day = z.iso.date('Use days such as 2026-12-24');

/** Countries, each whole or by the beginnings of its postal codes. Empty: everywhere. */
const area = z.array(z.object({ country, prefixes: z.array(text(20)).max(200) })).max(300);
export type Area = z.infer<typeof area>;

const band = z.object({ upToGrams: z.int().min(1).max(100_000_000).nullable(), priceMinor: minor });

/** What sending costs and how long it takes to a part of the world, by weight. What is heavier than the last band goes in several parcels. */
const zone = z.object({
  name: text(60),
  area,
  transitDays: z.int().min(0).max(60),
  bands: z.array(band).min(1, 'A zone has at least one price').max(20),
});
export type Zone = z.infer<typeof zone>;

export const nodeFacts = z.object({
  timeZone: text(60),
  /** Minutes after midnight there; orders after it leave a working day later. 1440: none. */
  cutoffMinutes: z.int().min(0).max(1_440),
  /** Working days from the order's arrival to the parcel's departure. */
  handlingDays: z.int().min(0).max(30),
  /** 1 is Monday, 7 is Sunday. */
  workingDays: z.array(z.int().min(1).max(7)).min(1, 'A node works on at least one day of the week').max(7),
  blackoutDays: z.array(day).max(400),
  /** Null: no limit. */
  capacityPerDay: z.int().min(0).max(10_000_000).nullable(),
  capacityUnit: z.enum(CAPACITY_UNITS),
  area,
  zones: z.array(zone).max(50),
  handlingOrderMinor: minor,
  handlingUnitMinor: minor,
  shipFrom: z.boolean(),
  pickUp: z.boolean(),
});
export type NodeFacts = z.infer<typeof nodeFacts>;

export const saveNodeSettingsInput = nodeFacts.extend({
  merchantId: z.uuid(),
  nodeId: z.uuid(),
  priority: z.int().min(0).max(100_000),
  /** The version that was read; 0 where the node had the defaults. */
  version: seenVersion,
});
export type SaveNodeSettingsInput = z.infer<typeof saveNodeSettingsInput>;

const targets = {
  /** Codes of nodes. */
  nodes: z.array(text(40)).max(100),
  kinds: z.array(z.enum(NODE_KINDS)).max(NODE_KINDS.length),
};

export const ruleEffect = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prefer'), ...targets, discountMinor: minor.min(1) }),
  z.object({ type: z.literal('exclude'), ...targets }),
  z.object({ type: z.literal('stores_off') }),
  z.object({ type: z.literal('max_nodes'), count: z.int().min(1).max(50) }),
  z.object({ type: z.literal('no_split') }),
  z.object({ type: z.literal('penalties'), splitMinor: minor.nullable(), lateDayMinor: minor.nullable() }),
]);

export const routingRule = z.object({
  name: text(80),
  active: z.boolean(),
  /** Every condition that is given must hold; an empty one holds always. */
  when: z.object({
    channels: z.array(z.enum(SALES_CHANNELS)).max(SALES_CHANNELS.length),
    countries: z.array(country).max(250),
    skuTags: z.array(text(40)).max(50),
    minGrams: z.int().min(0).max(100_000_000).nullable(),
    maxGrams: z.int().min(0).max(100_000_000).nullable(),
  }),
  effect: ruleEffect,
});
export type RoutingRule = z.infer<typeof routingRule>;

export const rulesContent = z.object({
  /** What each node beyond the first costs an order. */
  splitMinor: minor,
  /** What each day behind the promise costs, per node that is late. */
  lateDayMinor: minor,
  rules: z.array(routingRule).max(100),
});
export type RulesContent = z.infer<typeof rulesContent>;

export const saveRulesDraftInput = z.object({
  merchantId: z.uuid(),
  content: rulesContent,
  note: text(300).optional(),
  /** The draft's version that was read; 0 where there was none. */
  version: seenVersion,
});
export type SaveRulesDraftInput = z.infer<typeof saveRulesDraftInput>;

export const endRulesDraftInput = z.object({ merchantId: z.uuid(), version: seenVersion, reason: text(300) });
export type EndRulesDraftInput = z.infer<typeof endRulesDraftInput>;

export const rerouteOrderInput = z.object({
  orderId: z.uuid(),
  nodeId: z.uuid(),
  reason: z.enum(REROUTE_REASONS),
  note: text(300).optional(),
  fingerprint: z.string().max(200).optional(),
});
export type RerouteOrderInput = z.infer<typeof rerouteOrderInput>;

export const simulateRulesInput = z.object({
  merchantId: z.uuid(),
  /** How many of the last orders that found a node are replayed. */
  lastOrders: z.int().min(1).max(5_000),
  /** Only those of so many days until now. */
  lastDays: z.int().min(1).max(366).optional(),
  /** The draft's version that was seen. */
  version: seenVersion,
});
export type SimulateRulesInput = z.infer<typeof simulateRulesInput>;
