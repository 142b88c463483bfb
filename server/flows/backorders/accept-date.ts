import { z } from 'zod';
import * as backorders from '../../domains/backorders/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, orderOf, tell, type World, writeWorld } from '../world.ts';

/** A customer agrees to the day that was promised last. `until` is the day they saw: another one is asked for again. */
export const acceptDateInput = z.object({ orderId: z.uuid(), until: z.iso.date() });
export type AcceptDateInput = z.infer<typeof acceptDateInput>;

export interface AcceptedDate {
  readonly orderId: string;
  readonly number: string;
  readonly acceptedOn: string;
}

function lock(tx: Tx, requests: readonly Request<AcceptDateInput>[]): Promise<World> {
  const orderIds = requests.map(({ input }) => input.orderId);
  return lockWorld(tx, { orderIds }, (requests[0] as Request<AcceptDateInput>).ctx);
}

function decide(world: World, { input, ctx }: Request<AcceptDateInput>): AcceptedDate {
  const order = orderOf(world, input.orderId);
  const rows = backorders.ofOrder(world.backorders, input.orderId, order.spans);
  const last = rows
    .map((row) => row.promisedOn)
    .sort()
    .at(-1);
  if (last === undefined) throw new DomainError('state_refuses', 'Nothing of this order waits any more.');
  if (last !== input.until)
    throw new DomainError('conflict', `The day has moved again, to ${last}. Look at it once more.`, { last });
  backorders.replace(
    world.backorders,
    input.orderId,
    rows.map((row) => ({ ...row, acceptedOn: row.promisedOn })),
  );
  tell(world, order, 'order.date_accepted', { acceptedOn: last }, ctx);
  const { id, number, merchantId } = order.row;
  audit(
    world.outbox,
    { action: 'order.date_accepted', entity: 'order', entityId: id, merchantId, after: { acceptedOn: last } },
    ctx,
  );
  return { orderId: id, number, acceptedOn: last };
}

export const acceptDate: Verb<AcceptDateInput, World, AcceptedDate> = { name: 'accept-date', lock, decide, write: writeWorld };
