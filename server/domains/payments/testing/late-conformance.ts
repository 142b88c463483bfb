import { newId } from '../../../kernel/ids.ts';
import type { GatewayTraits } from '../gateway-traits.ts';
import { RETURNED_BY_BANK } from '../rules.ts';
import type { Check, GatewayWorld } from './conformance.ts';

/** What gateways have to do whose money comes in days, or by hand; and which of the checks are for whom. */
const AMOUNT = 5_000n;
const CURRENCY = 'EUR';

const said = (outcome: unknown): string =>
  JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? `${value}` : value));

function asked(w: GatewayWorld) {
  const ids = { operationId: newId(), orderId: newId(), paymentId: newId() };
  return { ...ids, amountMinor: AMOUNT, currency: CURRENCY, token: w.tokens.accepted };
}

/** Of gateways that take the money in one piece when it comes. */
const AT_ONCE: Readonly<Record<string, Check>> = {
  'a debit is taken on, and has not come before the bank says so': async (w) => {
    const input = asked(w);
    const first = await w.provider.authorize(input);
    if (first.kind !== 'pending') return `it was ${said(first)}`;
    const about = { operationId: input.operationId, kind: 'authorize', providerRef: first.providerRef } as const;
    const waiting = await w.provider.query(about);
    if (waiting.kind !== 'pending') return `before its day it was ${said(waiting)}`;
    const again = await w.provider.authorize(input);
    if (again.kind !== 'pending' || again.providerRef !== first.providerRef) return `again it was ${said(again)}`;
    await w.comes?.(first.providerRef);
    const came = await w.provider.query(about);
    if (came.kind !== 'succeeded' || came.amountMinor !== AMOUNT) return `when it had come it was ${said(came)}`;
    const effects = w.effects(first.providerRef).join();
    return effects === 'debit,capture' ? null : `the provider did ${effects}`;
  },
  'a debit that the bank takes back is said to have been taken back': async (w) => {
    const input = asked(w);
    const first = await w.provider.authorize(input);
    if (first.kind !== 'pending') return `it was ${said(first)}`;
    await w.comes?.(first.providerRef);
    await w.returns?.(first.providerRef);
    const now = await w.provider.query({ operationId: input.operationId, kind: 'capture', providerRef: first.providerRef });
    return now.kind === 'failed' && now.code === RETURNED_BY_BANK ? null : `it was ${said(now)}`;
  },
};

/** Of gateways that ask nobody: what only a person can say they never say. */
const BY_HAND: Readonly<Record<string, Check>> = {
  'it answers what it decides by itself, and never what a person has to see': async (w) => {
    const input = asked(w);
    const first = await w.provider.authorize(input);
    const wanted = w.traits.takes === 'at_delivery' ? 'succeeded' : 'pending';
    if (first.kind !== wanted) return `it was ${said(first)}`;
    const providerRef = 'providerRef' in first && first.providerRef ? first.providerRef : '';
    if (!providerRef.includes(input.operationId)) return `it names the attempt ${providerRef}`;
    const again = await w.provider.authorize(input);
    if (said(again) !== said(first)) return `again it was ${said(again)}`;
    const amount = { amountMinor: AMOUNT, currency: CURRENCY, providerRef };
    const back = await w.provider.refund({ ...amount, operationId: newId(), orderId: input.orderId });
    if (back.kind !== 'pending') return `a refund that nobody paid out was ${said(back)}`;
    const released = await w.provider.void({ operationId: newId(), providerRef });
    return released.kind === 'succeeded' ? null : `a release was ${said(released)}`;
  },
  'it takes no money at once, reports nothing, and nobody can send it news': async (w) => {
    const charged = await w.provider.charge(asked(w));
    if (charged.kind !== 'failed' || !charged.notTried) return `a charge was ${said(charged)}`;
    const report = await w.provider.report(new Date(0), new Date());
    if (report.kind !== 'failed') return `a report was ${said(report)}`;
    try {
      w.provider.verifyWebhook('{}', {});
      return 'it believed a webhook';
    } catch {
      return null;
    }
  },
};

/** Checks of money that is held first and taken later. */
const OF_HELD_MONEY = /increment|holds the amount|capture|void|lapsed|cardholder|beyond what is held/;

/** The checks that are for a gateway of this kind, of those that there are for all. */
export function checksFor(all: Readonly<Record<string, Check>>, traits: GatewayTraits): Readonly<Record<string, Check>> {
  if (traits.asks === 'hand') return BY_HAND;
  if (traits.takes === 'leaving') return all;
  const others = Object.entries(all).filter(([name]) => !OF_HELD_MONEY.test(name));
  return { ...Object.fromEntries(others), ...AT_ONCE };
}
