import type pg from 'pg';
import * as rails from '../../domains/rails/service.ts';
import { readCreditorReference } from '../../kernel/iban.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { paymentProvider } from '../outside.ts';
import { createRailRunner, type RailDeps, type RailRunner } from './advance-rail.ts';
import { walletsToLock } from './find-owner.ts';
import { edgesOf, lockRails, outsideAccounts, writeRails } from './rails-world.ts';
import { settleDispute } from './settle-dispute.ts';
import { settlePayIn } from './settle-pay-in.ts';

/**
 * What the outside tells us. A message only says where to look: what is asked for then is the truth, whatever order messages came in, how
 * often, or how late.
 */
export interface RailNews extends RailRunner {
  /** Of a payment that is a top up. Returns whether it is one. */
  cardNews(news: {
    readonly paymentRef: string | null;
    readonly operationId: string | null;
    readonly topic: string;
  }): Promise<boolean>;
  /** Of a transfer, in or out. Returns whether it is one that we know, or know now. */
  bankNews(news: {
    readonly subject: 'payout' | 'pay_in';
    readonly bankRef: string;
    readonly attemptId: string | null;
  }): Promise<boolean>;
  /** Finds what is due and what was never told of. Returns how many were looked at. */
  sweep(): Promise<number>;
}

const SWEPT = 100;
/** How far back the bank is asked for transfers whose messages may have been lost. */
const LOOK_BACK_MS = 60 * 60_000;

export function createRailNews(deps: RailDeps): RailNews {
  const runner = createRailRunner(deps);
  const { pool } = deps;
  return {
    ...runner,
    async cardNews({ paymentRef, operationId, topic }) {
      const id = operationId ?? (await topUpOf(pool, paymentRef));
      if (id === undefined || !(await rails.readTopUp(pool, id))) return false;
      if (topic.startsWith('charge.dispute.')) await readDisputes(deps, id);
      else await runner.advance('top_up', id);
      return true;
    },
    async bankNews({ subject, bankRef, attemptId }) {
      if (subject === 'pay_in') return readPayIn(deps, bankRef);
      if (attemptId === null || !(await rails.readPayout(pool, attemptId))) return false;
      await runner.advance('payout', attemptId);
      return true;
    },
    async sweep() {
      const due = await rails.findDue(pool, deps.ctx().now, SWEPT);
      for (const { kind, id } of due) await runner.advance(kind, id);
      return due.length + (await readMissedPayIns(deps));
    },
  };
}

async function topUpOf(pool: pg.Pool, paymentRef: string | null): Promise<string | undefined> {
  if (paymentRef === null) return undefined;
  return (await rails.findTopUps(pool, { providerRefs: [paymentRef] }))[0]?.id;
}

/** Asks the bank what a transfer to us is, and books it. */
async function readPayIn({ pool, outside, ctx }: RailDeps, bankRef: string): Promise<boolean> {
  const { bank } = outside;
  if (!bank) return false;
  const said = await bank.payIn(bankRef);
  if (said.kind === 'not_found') return false;
  if (said.kind !== 'pay_in')
    throw new Error(`The bank did not say what ${bankRef} is: ${'reason' in said ? said.reason : said.message}`);
  const reference = readCreditorReference(said.reference);
  const [named] = reference === null ? [] : await rails.findTopUps(pool, { references: [reference] });
  // What was in suspense may have been given to a wallet since.
  const known = await rails.readPayIn(pool, bankRef);
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const { currency } = said;
    const customerId = known?.customerId ?? named?.customerId ?? null;
    const owner = customerId === null ? null : { customerId, currency };
    const walletIds = await walletsToLock(tx, owner, named?.walletId ?? null);
    const topUps = named ? [named.id] : [];
    const more = customerId === null ? outsideAccounts(currency) : edgesOf(customerId, currency);
    const world = await lockRails(tx, { walletIds, topUps, payIns: [bankRef], more }, ctx());
    settlePayIn(world, said, named && world.rails.topUps.byId.get(named.id), ctx());
    await writeRails(tx, world);
  });
  return true;
}

async function readDisputes({ pool, outside, ctx }: RailDeps, topUpId: string): Promise<void> {
  const topUp = await rails.readTopUp(pool, topUpId);
  if (!topUp?.providerRef) return;
  const answer = await paymentProvider(outside, 'card').disputes(topUp.providerRef);
  if (answer.kind !== 'disputes')
    throw new Error(`The provider did not say what was taken back: ${'reason' in answer ? answer.reason : answer.message}`);
  if (answer.disputes.length === 0) return;
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const disputes = answer.disputes.map(({ ref }) => ref);
    const walletIds = await walletsToLock(tx, topUp, topUp.walletId);
    const world = await lockRails(tx, { walletIds, topUps: [topUpId], disputes }, ctx());
    for (const said of answer.disputes) settleDispute(world, rails.found(world.rails.topUps, topUpId, 'top up'), said, ctx());
    await writeRails(tx, world);
  });
}

/** Transfers that nobody told us of: messages get lost. */
async function readMissedPayIns(deps: RailDeps): Promise<number> {
  const { pool, outside, ctx } = deps;
  if (!outside.bank) return 0;
  const newest = (await rails.newestPayIn(pool)) ?? ctx().now;
  const listed = await outside.bank.payInsSince(new Date(newest.getTime() - LOOK_BACK_MS));
  if (listed.kind !== 'pay_ins') return 0;
  let missed = 0;
  for (const said of listed.payIns) {
    const known = await rails.readPayIn(pool, said.bankRef);
    if (known?.state === said.state) continue;
    await readPayIn(deps, said.bankRef);
    missed += 1;
  }
  return missed;
}
