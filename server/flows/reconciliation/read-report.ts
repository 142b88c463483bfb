import type pg from 'pg';
import * as ledger from '../../domains/ledger/service.ts';
import * as payments from '../../domains/payments/service.ts';
import {
  type Booking,
  type Found,
  matchRows,
  type OurRow,
  type Period,
  REPORT_DELAY_MS,
  type TheirRow,
  widened,
} from '../../domains/reconciliation/rules.ts';
import type { Reconciled } from '../../domains/reconciliation/schema.ts';
import * as reconciliation from '../../domains/reconciliation/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { emit, newOutbox, writeOutbox } from '../../platform/outbox.ts';
import { addJobs } from '../../platform/queue.ts';
import type { Outside } from '../outside.ts';
import { undoWriteOffs, WRITE_OFF_UNDONE } from './write-off.ts';

/**
 * Reads a provider's report and compares it with the books. The provider is asked outside any transaction; what was found is stored in
 * one, once: two workers that read the same run store one result. A report that cannot be had is asked for again, later and later.
 */
export interface ReportReader {
  read(runId: string, ctx: Ctx, signal?: AbortSignal): Promise<void>;
  /** Has runs read whose job was lost. Returns how many. */
  sweep(ctx: Ctx): Promise<number>;
}

const MAX_ATTEMPTS = 10;
const BACKOFF_MS = 1_000;
const BACKOFF_CAP_MS = 30_000;
/** Longer than any report takes to read. */
const STALE_MS = 120_000;

/** What posts to a clearing account and is no booking of the provider's. */
const OUR_OWN: ReadonlySet<string> = new Set(['write_off', WRITE_OFF_UNDONE]);
const CLEARING: Readonly<Record<Reconciled, string>> = {
  card: 'psp_clearing:card:',
  adyen: 'psp_clearing:adyen:',
  bank: 'bank_clearing:',
};

export function createReportReader({ pool, outside }: { readonly pool: pg.Pool; readonly outside: Outside }): ReportReader {
  return {
    async read(runId, ctx, signal) {
      const run = await reconciliation.run(pool, runId);
      if (run?.status !== 'running') return;
      const period = { from: run.from, to: run.to };
      const theirs = await askReport(outside, run.provider, period, signal);
      if ('reason' in theirs) return giveUpForNow(pool, run, theirs.reason, ctx);
      const ours = await readOurs(pool, run.provider, period);
      const found = await withLate(pool, run.provider, theirs.rows, matchRows(theirs.rows, ours, period), period, ctx.now);
      await withTx(pool, async (tx) => {
        forgetLocks(tx);
        const ended = await reconciliation.finish(tx, runId, found, ctx.now);
        if (!ended) return;
        const outbox = newOutbox();
        const { matched, missingHere, missingThere, amountDiffers, provider, version } = ended.run;
        const data = { provider, matched, missingHere, missingThere, amountDiffers };
        const about = { aggregate: 'reconciliation', aggregateId: runId, aggregateVersion: version, merchantId: null } as const;
        emit(outbox, { ...about, type: 'reconciliation.finished', data }, ctx);
        await undoWriteOffs(tx, ended.undone, outbox, ctx);
        await writeOutbox(tx, outbox);
      });
    },
    async sweep(ctx) {
      const stale = (await reconciliation.runsUnderWay(pool)).filter(
        (run) => ctx.now.getTime() - run.startedAt.getTime() > STALE_MS,
      );
      await addJobs(
        pool,
        stale.map(({ id: runId }) => ({ task: 'read-report', payload: { runId }, jobKey: `report:${runId}` })),
      );
      return stale.length;
    },
  };
}

/**
 * A second look at what stands alone. Their booking may be one that we posted on another day, which its payment tells; ours may be one that
 * agreed with the report of another day. Only equal amounts count here, and no journal twice.
 */
async function withLate(
  pool: pg.Pool,
  provider: Reconciled,
  theirs: readonly TheirRow[],
  found: readonly Found[],
  period: Period,
  now: Date,
): Promise<Found[]> {
  const lone = new Set(found.flatMap(({ kind, externalId }) => (kind === 'missing_here' && externalId ? [externalId] : [])));
  const rows = theirs.filter(({ externalId }) => lone.has(externalId));
  const others = provider === 'bank' ? [] : await readLate(pool, provider, rows);
  const ownJournals = found.flatMap(({ journalId }) => journalId ?? []);
  const elsewhere = await reconciliation.agreed(pool, [...ownJournals, ...others.map((one) => one.journalId)], period);
  const taken = new Set([...ownJournals, ...elsewhere]);
  const free = others.filter(({ journalId }) => !taken.has(journalId));
  const late = new Map(matchRows(rows, free, period).flatMap((one) => (one.kind === 'matched' ? [[one.key, one] as const] : [])));
  return found
    .map((one) => late.get(one.key) ?? one)
    .filter((one) => !isTooFresh(one, now) && !(one.kind === 'missing_there' && elsewhere.has(one.journalId ?? '')));
}

/** What we posted for these payments, whenever that was. */
async function readLate(pool: pg.Pool, provider: Exclude<Reconciled, 'bank'>, rows: readonly TheirRow[]): Promise<OurRow[]> {
  const orderIds = await payments.ordersByRef(
    pool,
    rows.flatMap(({ reference }) => reference ?? []),
  );
  return asOurs(pool, provider, await ledger.movementsOfOrders(pool, CLEARING[provider], orderIds));
}

/** What we booked in the last minutes is not missing there yet. */
const isTooFresh = ({ kind, occurredAt }: Found, now: Date): boolean =>
  kind === 'missing_there' && now.getTime() - occurredAt.getTime() < REPORT_DELAY_MS;

async function askReport(
  outside: Outside,
  provider: Reconciled,
  period: Period,
  signal: AbortSignal | undefined,
): Promise<{ readonly rows: TheirRow[] } | { readonly reason: string }> {
  const { from, to } = widened(period);
  if (provider !== 'bank') {
    const gateway = outside.payments.get(provider);
    if (!gateway) return { reason: `No payment gateway called ${provider} is connected.` };
    const answer = await gateway.report(from, to, signal);
    if (answer.kind !== 'report') return { reason: 'message' in answer ? answer.message : answer.reason };
    const rows = answer.bookings.map(({ externalId, type, paymentRef, amountMinor, feeMinor, currency, at }) => ({
      externalId,
      booking: type,
      reference: paymentRef,
      netMinor: amountMinor - feeMinor,
      currency,
      at,
    }));
    return { rows };
  }
  if (!outside.bank) return { reason: 'No bank is connected: set BANK_URL.' };
  const answer = await outside.bank.movements(from, to, signal);
  if (answer.kind !== 'movements') return { reason: 'message' in answer ? answer.message : answer.reason };
  const rows = answer.movements.map(({ id, type, source, amountMinor, currency, at }) => ({
    externalId: id,
    booking: bankBooking(type),
    reference: source,
    netMinor: amountMinor,
    currency,
    at,
  }));
  return { rows };
}

const bankBooking = (type: string): Booking => (type.startsWith('pay_in') ? 'pay_in' : 'payout');

/** What our books have on the clearing accounts, under the names that the provider uses. */
async function readOurs(pool: pg.Pool, provider: Reconciled, period: Period): Promise<OurRow[]> {
  return asOurs(pool, provider, await ledger.movements(pool, CLEARING[provider], widened(period)));
}

type Moved = Awaited<ReturnType<typeof ledger.movements>>;

async function asOurs(pool: pg.Pool, provider: Reconciled, moved: Moved): Promise<OurRow[]> {
  const refs = await payments.providerRefs(
    pool,
    moved.flatMap(({ paymentId }) => paymentId ?? []),
  );
  return moved
    .filter(({ kind }) => !OUR_OWN.has(kind))
    .map(({ journalId, kind, orderId, paymentId, reference, currency, netMinor, at }) => ({
      journalId,
      orderId,
      booking: provider === 'bank' ? ownBankBooking(kind) : cardBooking(kind),
      reference: (paymentId && refs.get(paymentId)) || reference,
      netMinor,
      currency,
      at,
    }));
}

const cardBooking = (kind: string): Booking =>
  kind.startsWith('chargeback') ? 'dispute' : kind.startsWith('refund') || kind === 'top_up_refund' ? 'refund' : 'charge';

const ownBankBooking = (kind: string): Booking =>
  kind.startsWith('withdrawal') || kind.startsWith('payout') ? 'payout' : 'pay_in';

async function giveUpForNow(pool: pg.Pool, run: { readonly id: string; readonly attempts: number }, reason: string, ctx: Ctx) {
  const attempts = run.attempts + 1;
  const ended = attempts >= MAX_ATTEMPTS;
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    if (!(await reconciliation.noteFailure(tx, run.id, reason, ended, ctx.now))) return;
    const outbox = newOutbox();
    if (ended) {
      const about = {
        aggregate: 'reconciliation',
        aggregateId: run.id,
        aggregateVersion: BigInt(attempts),
        merchantId: null,
      } as const;
      emit(outbox, { ...about, type: 'reconciliation.failed', data: { attempts } }, ctx);
    } else {
      const runAt = new Date(ctx.now.getTime() + Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** attempts));
      outbox.jobs.push({ task: 'read-report', payload: { runId: run.id }, jobKey: `report:${run.id}`, runAt });
    }
    await writeOutbox(tx, outbox);
  });
}
