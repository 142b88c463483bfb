import type pg from 'pg';
import { createCarriers } from '../server/domains/fulfilment/provider.ts';
import { createPartners } from '../server/domains/nodes/provider.ts';
import { createPaymentProviders } from '../server/domains/payments/provider.ts';
import { createFlows } from '../server/flows/flows.ts';
import { createOwnClock } from '../server/flows/own-clock.ts';
import { gatewayConfigs, gatewayNews } from '../server/payment-gateways.ts';
import { type Env, readEnv } from '../server/platform/env.ts';
import { findDueOfOrders } from '../server/platform/saga-rows.ts';
import { connectMarketplace } from './seed/channels.ts';
import { takeBack } from './seed/disputes.ts';
import { editAnOrder } from './seed/edits.ts';
import { payElsewhere } from './seed/gateways.ts';
import { giveGifts } from './seed/gifts.ts';
import { invoicing, sayWhoSells } from './seed/invoices.ts';
import { mapLimit } from './seed/map-limit.ts';
import { sendParcels } from './seed/parcels.ts';
import { askPartners } from './seed/partners.ts';
import { externalIdOf, type PlannedOrder, planOrders } from './seed/plan.ts';
import { sayPolicies } from './seed/policies.ts';
import { fillPrograms } from './seed/programs.ts';
import { sendBack } from './seed/returns.ts';
import { describeRouting } from './seed/routing.ts';
import { furnish } from './seed/shops.ts';
import { receiveStock } from './seed/stock.ts';
import { workOnStock } from './seed/stock-work.ts';
import { contextOf, live, type Stage } from './seed/stories.ts';
import { breakStock, leaveInDoubt, leaveStuck, muteWebhooks, type Simulators } from './seed/troubles.ts';
import { sellBeyondStock } from './seed/waiting.ts';
import { giveWallets } from './seed/wallets.ts';

/** Parts of stories that happen together; a lane's batch is as large. */
const TOGETHER = 256;
const SIMULATORS_WITHIN_MS = 30_000;

export interface SeedOptions {
  readonly pool: pg.Pool;
  readonly say: (line: string) => void;
}

/**
 * The demo: three shops and 2,000 orders in every state, all brought about by the real flows and the simulated providers over HTTP.
 * Everything is made from one seed under keys of its own, so a second run goes on where the first one was stopped.
 */
export async function seedDemo({ pool, say }: SeedOptions): Promise<void> {
  const env = readEnv(process.env);
  const simulators = { psp: env.PSP_URL, carrier: env.CARRIER_URL };
  await reach(simulators);
  const { base, shops, actors } = await furnish(pool, env.WAYBILL_REGION, env.WAYBILL_DATA_KEY);
  const outside = {
    payments: createPaymentProviders(gatewayConfigs(env), gatewayNews(pool)),
    carriers: createCarriers({
      parcel: { url: env.CARRIER_URL, apiKey: env.CARRIER_API_KEY, webhookSecret: env.CARRIER_WEBHOOK_SECRET },
    }),
  };
  const partners = createPartners(partnersOf(env));
  const time = createOwnClock();
  const home = env.WAYBILL_REGION;
  const flows = createFlows({
    pool,
    home,
    outside: { ...outside, partners },
    clock: time.clock,
    dataKey: env.WAYBILL_DATA_KEY,
    channels: { origins: env.MARKETPLACE_URL ? [new URL(env.MARKETPLACE_URL).origin] : [] },
    drivesSagas: true,
  });
  const stage: Stage = { pool, home, flows, time, base, actors };
  await muteWebhooks(simulators, true);
  try {
    await sayWhoSells(stage, shops);
    const planned = planOrders({ shops, base, actors });
    const receipts = await receiveStock(stage, shops, planned);
    say(`${shops.length} shops, ${receipts} stock records`);
    const plan = await giveGifts(stage, shops, planned);
    await tell(stage, plan, say);
    await giveWallets(stage);
    if (shops[0]) await fillPrograms(stage, shops[0]);
    if (shops[0]) await workOnStock(stage, shops[0]);
    if (shops[0]) await describeRouting(stage, shops[0]);
    if (shops[0]) await sayPolicies(stage, shops[0]);
    if (shops[0]) await sellBeyondStock(stage, shops[0]);
    if (shops[0]) await sendParcels(stage, shops[0]);
    if (shops[0]) await sendBack(stage, shops[0]);
    if (shops[0]) await takeBack(stage, shops[0], simulators);
    if (shops[0]) await editAnOrder(stage, shops[0]);
    const now = new Date();
    if (shops[0] && partners.size > 0) await askPartners(stage, shops[0], new Date(base.getTime() - 30 * 60_000));
    if (shops[0]) await breakStock(stage, shops[0], plan, new Date(base.getTime() - 10 * 60_000));
    if (shops[0] && env.MARKETPLACE_URL)
      await connectMarketplace(
        stage,
        shops[0],
        { url: env.MARKETPLACE_URL, secret: env.MARKETPLACE_SECRET },
        new Date(base.getTime() - 5 * 60_000),
      );
    await leaveStuck(stage, simulators, plan, base);
    await catchUp(stage, plan, now);
    await leaveInDoubt(stage, simulators, plan, new Date());
    const far = shops.at(-1);
    if (far && env.ADYEN_URL) await payElsewhere(stage, far);
    // What moved since the alerts were opened.
    await flows.stockWork.sweepLowStock(contextOf(stage, actors.warehouse, base));
  } finally {
    await muteWebhooks(simulators, false);
    await flows.idle();
    flows.channels.close();
    for (const provider of [...outside.payments.values(), ...outside.carriers.values(), ...partners.values()]) provider.close();
  }
}

/** The partners that run beside this; without them nothing is asked of anybody. */
function partnersOf(env: Env): Parameters<typeof createPartners>[0] {
  const { THIRD_PARTY_URL: third, DROP_SHIPPER_URL: drop } = env;
  return {
    ...(third
      ? { third_party: { url: third, apiKey: env.THIRD_PARTY_API_KEY, webhookSecret: env.THIRD_PARTY_WEBHOOK_SECRET } }
      : {}),
    ...(drop
      ? { drop_shipper: { url: drop, apiKey: env.DROP_SHIPPER_API_KEY, webhookSecret: env.DROP_SHIPPER_WEBHOOK_SECRET } }
      : {}),
  };
}

/** Waits for the simulators, which start beside this. */
async function reach(simulators: Simulators): Promise<void> {
  const deadline = Date.now() + SIMULATORS_WITHIN_MS;
  for (const url of [simulators.psp, simulators.carrier]) {
    for (;;) {
      try {
        await fetch(`${url}/_sim/switches`, { signal: AbortSignal.timeout(2_000) });
        break;
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`The simulator at ${url} does not answer. Start it first.`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}

/** Tells all stories along one time line: what happened first is written first, a few hundred parts at once. */
async function tell(stage: Stage, plan: readonly PlannedOrder[], say: (line: string) => void): Promise<void> {
  const waiting = new Timeline(plan.map((order) => ({ at: order.placedAt, story: live(stage, order) })));
  for (const entry of waiting.all()) await entry.story.next();
  const issueInvoices = invoicing(stage);
  let ended = 0;
  let said = 0;
  while (waiting.size > 0) {
    await mapLimit(waiting.take(TOGETHER), TOGETHER, async ({ story }) => {
      const { value, done } = await story.next();
      if (done) ended += 1;
      else waiting.add({ at: value, story });
    });
    await issueInvoices();
    if (ended - said < plan.length / 5) continue;
    said = ended;
    say(`${ended} of ${plan.length} orders`);
  }
}

interface Entry {
  readonly at: Date;
  readonly story: AsyncGenerator<Date, void, void>;
}

class Timeline {
  private entries: Entry[];

  constructor(entries: readonly Entry[]) {
    this.entries = [...entries];
  }

  get size(): number {
    return this.entries.length;
  }

  all(): readonly Entry[] {
    return this.entries;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
  }

  /** Removes the earliest entries. */
  take(count: number): Entry[] {
    this.entries.sort((a, b) => a.at.getTime() - b.at.getTime());
    return this.entries.splice(0, count);
  }
}

/** Sagas that wait look again now, as a worker would have had them do: what they wait for next lies in the future. */
async function catchUp(stage: Stage, plan: readonly PlannedOrder[], now: Date): Promise<void> {
  const spared = plan.filter((order) => order.story === 'in_doubt').map((order) => externalIdOf(order));
  const { rows } = await stage.pool.query<{ id: string }>(
    `SELECT DISTINCT s.order_id AS id FROM sagas s JOIN orders o ON o.id = s.order_id
     WHERE s.status NOT IN ('done', 'stuck') AND NOT o.external_id = ANY($1::text[])`,
    [spared],
  );
  const due = await findDueOfOrders(
    stage.pool,
    rows.map((row) => row.id),
    now,
  );
  await mapLimit(due, TOGETHER, (sagaId) => stage.time.at(now, () => stage.flows.advanceSaga(sagaId)));
}
