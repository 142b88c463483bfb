import { DEFAULT_FACTS } from '../../server/domains/routing/rules.ts';
import type { NodeFacts } from '../../server/domains/routing/schema.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;

/** What sending costs from a node: near, in the union, and to everywhere else. */
function zones(near: number, union: number, world: number): NodeFacts['zones'] {
  const bands = (light: number) => [
    { upToGrams: 2_000, priceMinor: light },
    { upToGrams: 10_000, priceMinor: Math.round(light * 1.6) },
    { upToGrams: 31_500, priceMinor: light * 3 },
  ];
  const whole = (...countries: string[]) => countries.map((country) => ({ country, prefixes: [] }));
  return [
    { name: 'Germany', area: whole('DE'), transitDays: 1, bands: bands(near) },
    {
      name: 'Neighbours',
      area: whole('AT', 'NL', 'BE', 'LU', 'DK', 'PL', 'CZ', 'FR', 'CH', 'IT'),
      transitDays: 3,
      bands: bands(union),
    },
    { name: 'World', area: [], transitDays: 7, bands: bands(world) },
  ];
}

/** The first shop's nodes are described, its rules have been changed once, and a draft waits to be replayed. */
export async function describeRouting(stage: Stage, shop: Shop): Promise<void> {
  const flows = stage.flows.routing;
  const [main, store] = shop.nodes;
  if (!main || !store) return;
  const at = (daysAgo: number) => contextOf(stage, stage.actors.admin, new Date(stage.base.getTime() - daysAgo * DAY_MS));
  const key = (name: string): string => `seed:routing:${shop.slug}:${name}`;
  const merchantId = shop.id;
  const own = { ...DEFAULT_FACTS, merchantId, timeZone: 'Europe/Berlin', version: 0n };
  // The night of a demo is nobody's cut-off: both send whenever they are asked.
  const warehouse = {
    zones: zones(420, 890, 1_490),
    handlingOrderMinor: 90,
    handlingUnitMinor: 25,
    workingDays: [1, 2, 3, 4, 5, 6],
  };
  const shopFloor = {
    zones: zones(540, 1_090, 1_890),
    handlingOrderMinor: 210,
    handlingUnitMinor: 60,
    capacityPerDay: 400,
    pickUp: true,
  };
  await flows.saveNode({ ...own, ...warehouse, nodeId: main.id, priority: 100 }, at(0), key('main'));
  await flows.saveNode({ ...own, ...shopFloor, nodeId: store.id, priority: 200 }, at(0), key('store'));
  const when = { channels: [], countries: [], skuTags: [], minGrams: null, maxGrams: null };
  const marketplace = {
    name: 'Marketplace parcels leave the warehouse',
    active: true,
    when: { ...when, channels: ['marketplace' as const] },
    effect: { type: 'prefer' as const, nodes: [main.code], kinds: [], discountMinor: 150 },
  };
  const first = await flows.saveDraft(
    { merchantId, content: { splitMinor: 300, lateDayMinor: 200, rules: [marketplace] }, note: 'First rules', version: 0n },
    at(0),
    key('draft'),
  );
  await flows.promote(
    { merchantId, version: BigInt(first.version), reason: 'As agreed with the warehouse' },
    at(0),
    key('promote'),
  );
}
