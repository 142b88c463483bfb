import * as edits from '../../domains/edits/service.ts';
import type { WithdrawEditInput } from '../../domains/orders/schema.ts';
import { isOpen } from '../../domains/payments/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import { endSaga } from '../../platform/saga.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, orderOf, type World, writeWorld } from '../world.ts';
import { endEdit } from './apply-edit.ts';
import { attemptFor } from './authorize-edit.ts';
import { editSagaOf } from './edit-intent.ts';

/**
 * Takes an edit back that waits: in the seconds in which it can be undone, or while its customer has not paid. The order stays as it is. Once
 * money is being asked for, or it was applied, it is refused and nothing changes.
 */
export interface WithdrawnEdit {
  readonly orderId: string;
  readonly number: string;
  readonly editId: string;
}

function decide(world: World, { input, ctx }: Request<WithdrawEditInput>): WithdrawnEdit {
  const order = orderOf(world, input.orderId);
  const edit = edits.waiting(world.edits, order.row.id);
  const saga = editSagaOf(world, order.row.id);
  if (!edit || !saga || (input.editId !== undefined && input.editId !== edit.id))
    throw new DomainError('state_refuses', 'The edit was carried out already, or somebody else has taken it back.');
  const attempt = attemptFor(world, edit);
  if (saga.state.calling === true || (attempt && isOpen(attempt.operation)))
    throw new DomainError(
      'state_refuses',
      'The bank is being asked for the difference at this moment. Try again in a few seconds.',
    );
  endSaga(saga);
  endEdit(world, order, edit, 'withdrawn', 'It was taken back.', ctx);
  return { orderId: order.row.id, number: order.row.number, editId: edit.id };
}

export const withdrawEdit: Verb<WithdrawEditInput, World, WithdrawnEdit> = {
  name: 'withdraw-edit',
  lock: (tx, requests) =>
    lockWorld(
      tx,
      {
        orderIds: requests.map(({ input }) => input.orderId),
        supply: true,
        editsOf: new Set(requests.map(({ input }) => input.orderId)),
      },
      (requests[0] as Request<WithdrawEditInput>).ctx,
    ),
  decide,
  write: writeWorld,
};
