import type pg from 'pg';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { type Draft, type GivenBack, type Party, planDocuments, sumOf } from '../../domains/invoices/rules.ts';
import type { Address } from '../../domains/invoices/schema.ts';
import * as invoices from '../../domains/invoices/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { CANCELLED } from '../../domains/refunds/rules.ts';
import * as refunds from '../../domains/refunds/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { emit, newOutbox, writeOutbox } from '../../platform/outbox.ts';

/**
 * Issues what orders lack of invoices and credit notes. It is told after something left or was given back, plans from the locked order what is
 * missing and writes that: twice, late or out of order makes no difference, and whoever ships or refunds does nothing for it.
 */
const BATCH = 100;

export async function issueInvoices(pool: pg.Pool, orderIds: readonly string[], ctx: Ctx): Promise<number> {
  const ids = [...new Set(orderIds)];
  let issued = 0;
  for (let at = 0; at < ids.length; at += BATCH) issued += await issueBatch(pool, ids.slice(at, at + BATCH), ctx);
  return issued;
}

async function issueBatch(pool: pg.Pool, orderIds: readonly string[], ctx: Ctx): Promise<number> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const locked = await orders.lock(tx, orderIds);
    const profiles = await invoices.profilesOf(
      tx,
      [...locked.byId.values()].map((order) => order.row.merchantId),
    );
    const own = [...locked.byId.values()].filter((order) => profiles.has(order.row.merchantId));
    if (own.length === 0) return 0;
    const facts = await readFacts(
      tx,
      own.map((order) => order.row.id),
    );
    const planned = own
      .flatMap((order) => {
        const profile = profiles.get(order.row.merchantId) as invoices.Profile;
        return draftsOf(order, facts, profile).map((draft) => ({ order, profile, draft }));
      })
      // Numbers rise with the days that they are for, as far as one batch knows.
      .sort((a, b) => rank(a.draft) - rank(b.draft) || a.draft.suppliedAt.getTime() - b.draft.suppliedAt.getTime());
    const rows = await invoices.issue(
      tx,
      planned.map(({ order, profile, draft }) => issuing(order, profile, draft, ctx)),
    );
    const outbox = newOutbox();
    for (const { id, merchantId, orderId, kind, number, lines, currency } of rows) {
      const about = { aggregate: 'invoice', aggregateId: id, aggregateVersion: 1n, merchantId } as const;
      emit(
        outbox,
        { ...about, type: 'invoice.issued', data: { orderId, kind, number, totalMinor: Number(sumOf(lines)), currency } },
        ctx,
      );
    }
    await writeOutbox(tx, outbox);
    return rows.length;
  });
}

/** Invoices before the credit notes that name them. */
const rank = ({ kind }: Draft): number => (kind === 'invoice' ? 0 : 1);

interface Facts {
  readonly shipments: fulfilment.FulfilmentState;
  readonly refunds: refunds.RefundsState;
  readonly units: Awaited<ReturnType<typeof refunds.readRefundedUnits>>;
  readonly issued: Awaited<ReturnType<typeof invoices.issuedOf>>;
  readonly fees: Awaited<ReturnType<typeof orders.readFees>>;
}

async function readFacts(tx: Tx, orderIds: readonly string[]): Promise<Facts> {
  return {
    refunds: await refunds.load(tx, orderIds),
    shipments: await fulfilment.load(tx, orderIds),
    units: await refunds.readRefundedUnits(tx, orderIds),
    issued: await invoices.issuedOf(tx, orderIds),
    fees: await orders.readFees(tx, orderIds),
  };
}

function draftsOf({ row, lines, spans }: orders.Order, facts: Facts, profile: invoices.Profile): Draft[] {
  const shipments = [...facts.shipments.byId.values()].flatMap(({ id, orderId, shippedAt }): [string, Date][] =>
    orderId === row.id && shippedAt !== null && shippedAt >= profile.since ? [[id, shippedAt]] : [],
  );
  const issued = facts.issued.get(row.id) ?? [];
  // What is kept of a cancellation, once nobody owes it any more.
  const fees = row.receivableMinor <= 0n ? facts.fees.filter((fee) => fee.orderId === row.id && fee.at >= profile.since) : [];
  return planDocuments({ lines, spans, shipments: new Map(shipments), refunds: givenBack(row.id, facts), issued, fees });
}

/** The order's refunds that ended and took back of its price: goodwill is no part of that, and what was cancelled was never invoiced. */
function givenBack(orderId: string, facts: Facts): GivenBack[] {
  return refunds.ofOrder(facts.refunds, orderId).flatMap((refund) => {
    if (refund.kind === 'goodwill' || refund.reason === CANCELLED || refund.settledAt === null) return [];
    if (refund.status !== 'succeeded' && refund.status !== 'failed') return [];
    const settled = refunds.legsOf(facts.refunds, refund.id).filter((leg) => leg.status === 'succeeded');
    const amountMinor = settled.reduce((sum, leg) => sum + leg.amountMinor, 0n);
    const units = facts.units.filter((range) => range.refundId === refund.id);
    return [{ id: refund.id, amountMinor, units, at: refund.settledAt }];
  });
}

function issuing({ row }: orders.Order, profile: invoices.Profile, draft: Draft, ctx: Ctx): invoices.Issuing {
  const place = (row.shipTo ?? {}) as Address;
  const { id: orderId, merchantId, currency, home, email } = row;
  return {
    id: newId(),
    ...{ home, merchantId, orderId, currency, draft, profile },
    corrects: [],
    // Goods bear the tax of the place that they go to.
    country: place.country ?? profile.address.country ?? '',
    region: place.region ?? null,
    issuedAt: ctx.now,
    buyer: buyerOf((row.billTo ?? row.shipTo) as Address | null, row.customerName, email),
  };
}

function buyerOf(address: Address | null, customerName: string | null, email: string | null): Party {
  return { name: address?.company ?? address?.name ?? customerName ?? email ?? '', address, email };
}
