import type { ClosePeriodInput } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Closes the books up to an instant, for good: from then on nothing is posted with an earlier time, and a mistake in the closed period is
 * corrected by a transfer in an open one. The ledger stands still for the moment it takes; who was posting has finished, who comes next
 * knows.
 */
export interface ClosedPeriod {
  readonly until: string;
}

interface Closing extends Locked {
  closedUntil: Date | null;
  readonly closed: { until: Date; ctx: Ctx }[];
  readonly outbox: Outbox;
}

/** The row that says it is named by its instant, and an audit entity by an id: all closings are this one's history. */
const BOOKS = '00000000-0000-7000-8000-000000000000';

async function lock(tx: Tx): Promise<Closing> {
  return { applied: 0, closedUntil: await ledger.lockPeriods(tx), closed: [], outbox: newOutbox() };
}

function decide(world: Closing, { input: { until, reason }, ctx }: Request<ClosePeriodInput>): ClosedPeriod {
  if (until > ctx.now) throw new DomainError('invalid_request', 'Only a time that is over can be closed.', { field: 'until' });
  if (world.closedUntil && until <= world.closedUntil)
    throw new DomainError('state_refuses', `The books are closed until ${world.closedUntil.toISOString()} already.`);
  const before = { closedUntil: world.closedUntil?.toISOString() ?? null };
  world.closedUntil = until;
  world.closed.push({ until, ctx });
  world.applied++;
  const after = { closedUntil: until.toISOString() };
  audit(world.outbox, { action: 'ledger.period_closed', entity: 'ledger', entityId: BOOKS, before, after, reason }, ctx);
  return { until: until.toISOString() };
}

export const closePeriod: Verb<ClosePeriodInput, Closing, ClosedPeriod> = {
  name: 'close-period',
  lock,
  decide,
  async write(tx, world) {
    for (const { until, ctx } of world.closed) await ledger.closeUntil(tx, until, ctx);
    await writeOutbox(tx, world.outbox);
  },
};
