import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adyenWorld } from '../../domains/payments/testing/gateway-worlds.ts';
import { newId } from '../../kernel/ids.ts';
import { railsHands } from '../testing/rails-hands.ts';
import { type Account, type RailsHouse, railsHouse } from '../testing/rails-house.ts';

/**
 * The fault grid's columns for money that belongs to no order: a top up by card, and a payout. Wallets are topped up through the first
 * gateway alone, and paid out by the bank, whichever gateway takes a merchant's payments: so the house has one row of each. What stands for
 * the second gateway is its adapter's own charge, driven as the house drives the first's. `WAYBILL_DEEP=1` runs every cell;
 * those of the quick tier stand in top-up.test.ts and bank.test.ts. `WAYBILL_EVIDENCE=<file>` writes what was run.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const FAULTS = {
  decline: { decline: true },
  'timeout before': { switches: 'drop_before' },
  'timeout after commit': { switches: 'drop_reply' },
  '5xx': { switches: 'error_5xx' },
  'duplicate webhook': { webhooks: { duplicate: 1 } },
  'webhook before reply': { switches: 'drop_reply', webhooks: { delay_ms: 0 } },
  reordered: { webhooks: { reorder: 1 } },
  'down 60 s': { down: true },
} as const satisfies Record<string, Fault>;
interface Fault {
  readonly decline?: true;
  readonly switches?: string;
  readonly webhooks?: Readonly<Record<string, number>>;
  readonly down?: true;
}
type FaultName = keyof typeof FAULTS;
const NAMES = Object.keys(FAULTS) as FaultName[];
const AMOUNT = 1_000n;

let h: RailsHouse;
const ran: { at: string; fault: string; on: string; effects: string; ms: number }[] = [];
beforeAll(async () => {
  if (DEEP) h = await railsHouse();
});
afterAll(async () => {
  await h?.close();
  if (process.env.WAYBILL_EVIDENCE) writeFileSync(process.env.WAYBILL_EVIDENCE, JSON.stringify(ran));
});
const { withdraw, statusOf } = railsHands(() => h);
const note = (at: string, fault: string, on: string, effects: string, since: number) =>
  ran.push({ at, fault, on, effects, ms: Math.round(performance.now() - since) });

/** Lets time pass until it has ended, with the simulator back in between where it was down. */
async function unfold(down: boolean, switches: RailsHouse['psp']['switches'], ended: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await h.settle();
    if (down && round === 2) await switches.set({ down: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (await ended()) return;
    h.advanceClock(61_000);
  }
}

describe.runIf(DEEP).each(NAMES)('a top up by card, %s', (name) => {
  it('is charged once or not at all, and the books agree', async () => {
    const started = performance.now();
    const fault: Fault = FAULTS[name];
    const who = await h.account();
    const { switches } = h.psp;
    await expect.poll(() => h.outside.payments.get('card')?.healthy(), { timeout: 10_000 }).toBe(true);
    if (fault.switches) await switches.set({ [fault.switches]: { on: 'authorize', next: 1 } });
    if (fault.webhooks) await switches.set({ webhooks: fault.webhooks });
    if (fault.down) await switches.set({ down: true });
    const token = fault.decline ? 'pm_card_chargeDeclined' : 'pm_card_visa';
    const { id } = await h.flows.rails.topUpByCard({ walletId: who.walletId, amountMinor: AMOUNT, token }, who.ctx());
    const status = async () => String((await h.topUp(id)).status);
    await unfold(fault.down === true, switches, async () => ['succeeded', 'failed'].includes(await status()));
    await switches.reset();
    const log = h.psp.state.log.filter((entry) => entry.operation_id === id).map(({ kind }) => kind);
    expect([await status(), log]).toEqual(fault.decline ? ['failed', ['decline']] : ['succeeded', ['authorization', 'capture']]);
    expect((await h.money(who)).balance).toBe(fault.decline ? 0n : AMOUNT);
    await h.expectBooksAgree();
    note('card', name, 'top-up', log.join(', '), started);
  });
});

describe.runIf(DEEP).each(NAMES)('a payout, %s', (name) => {
  it('is paid once or not at all, and the books agree', async () => {
    const started = performance.now();
    const fault: Fault = FAULTS[name];
    const who: Account = await h.account(AMOUNT);
    const { switches } = h.bank;
    const asked = fault.decline ? 'decline' : fault.switches;
    if (asked) await switches.set({ [asked]: { on: 'payout', next: 1 } });
    if (fault.webhooks) await switches.set({ webhooks: fault.webhooks });
    if (fault.down) await switches.set({ down: true });
    const { id } = await withdraw(who, AMOUNT);
    const is = async (...statuses: string[]) => statuses.includes(String(await statusOf(id)));
    await unfold(fault.down === true, switches, () => is('accepted', 'rejected'));
    const made = [...h.bank.state.payouts.values()].filter((payout) => payout.client_reference === id);
    expect(made).toHaveLength(fault.decline ? 0 : 1);
    if (made[0]) await h.advance(made[0].id, 'settled');
    await unfold(false, switches, () => is('settled', 'rejected'));
    await switches.reset();
    expect([await statusOf(id), (await h.money(who)).balance]).toEqual(fault.decline ? ['rejected', AMOUNT] : ['settled', 0n]);
    await h.expectBooksAgree();
    note('bank', name, 'payout', fault.decline ? 'none' : 'payout', started);
  });
});

describe.runIf(DEEP)('a charge through the second gateway’s adapter', () => {
  it.each(['decline', 'timeout before', 'timeout after commit', 'down 60 s'] as const)(
    '%s: is made once or not at all',
    async (name) => {
      const started = performance.now();
      const w = await adyenWorld();
      const operationId = newId();
      const token = name === 'decline' ? 'pm_card_chargeDeclined' : 'pm_card_visa';
      const input = { operationId, amountMinor: AMOUNT, currency: 'EUR', token, returnUrl: 'http://shop.test/done' };
      if (name === 'timeout before') await w.breaks('before');
      if (name === 'timeout after commit') await w.breaks('after');
      if (name === 'down 60 s') await w.down(true);
      let outcome = await w.provider.charge(input);
      if (name === 'down 60 s') {
        expect(outcome.kind).toBe('unreachable');
        await w.down(false);
      }
      for (let tries = 0; tries < 100 && ['unknown', 'unreachable', 'pending'].includes(outcome.kind); tries++) {
        const known = await w.provider.query({
          operationId,
          kind: 'charge',
          providerRef: null,
          amountMinor: AMOUNT,
          currency: 'EUR',
        });
        outcome = known.kind === 'not_found' ? await w.provider.charge(input) : known;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const ref = 'providerRef' in outcome && outcome.providerRef ? outcome.providerRef : '';
      const effects = w.effects(ref).join(', ');
      expect([outcome.kind, effects]).toEqual(
        name === 'decline' ? ['failed', 'decline'] : ['succeeded', 'authorization, capture'],
      );
      await w.close();
      note('adyen', name, 'top-up (adapter)', effects, started);
    },
  );
});
