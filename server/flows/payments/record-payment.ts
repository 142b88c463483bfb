import { z } from 'zod';
import { chart } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import { traitsOf } from '../../domains/payments/provider.ts';
import { capturableMinor, type Operation, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { amountMinor, text } from '../../kernel/inputs.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { recordOutcome } from '../payment-operation.ts';
import { settleLeg } from '../refund-saga.ts';
import { lockWorld, orderOf, tell, type World, wake, writeWorld } from '../world.ts';
import { takeAtOnce } from './at-once.ts';
import { liftSettled } from './hold-unpaid.ts';

/**
 * A person says what happened to money that no provider tells of: a transfer that the bank's statement shows, a refund that was paid out by
 * hand. It ends the attempt that waits for it, under the order's lock; where an order owes and nothing waits it is a payment of its own.
 */
const facts = {
  orderId: z.uuid(),
  amountMinor: amountMinor.refine((value) => value > 0n, 'must be above zero'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** As the bank's statement says. */
  reference: text(140),
  occurredOn: z.iso.date(),
  note: text(500).optional(),
};
/** Without an attempt it is money that came; with one, the refund that was paid out. */
export const recordPaymentInput = z.object({ ...facts, operationId: z.uuid().optional() });
export type RecordPaymentInput = z.infer<typeof recordPaymentInput>;

export interface RecordedPayment {
  readonly orderId: string;
  readonly number: string;
  readonly paymentId: string;
  readonly operationId: string;
}

interface Recording extends World {
  readonly records: payments.PaymentRecord[];
}

/** Money that comes although nothing waits for it is this gateway's. */
const BY_HAND = 'manual';

async function lock(tx: Tx, requests: readonly Request<RecordPaymentInput>[]): Promise<Recording> {
  const orderIds = requests.map(({ input }) => input.orderId);
  const accounts = requests.map(({ input }) => chart.pspClearing(BY_HAND, input.currency));
  const { ctx } = requests[0] as Request<RecordPaymentInput>;
  const numbers = { refund: (locked: readonly Order[]) => locked.length };
  return { ...(await lockWorld(tx, { orderIds, ledger: true, accounts, numbers }, ctx)), records: [] };
}

function decide(world: Recording, { input, ctx }: Request<RecordPaymentInput>): RecordedPayment {
  const order = orderOf(world, input.orderId);
  const { currency, number } = order.row;
  if (input.currency !== currency)
    throw new DomainError('invalid_request', `The order is in ${currency}: record what came in that currency.`, {
      field: 'currency',
    });
  if (input.occurredOn > ctx.now.toISOString().slice(0, 10))
    throw new DomainError('invalid_request', 'That day has not come yet.', { field: 'occurredOn' });
  const ended = input.operationId ? payOut(world, order, input, input.operationId, ctx) : receive(world, order, input, ctx);
  keep(world, order, input, ended, ctx);
  for (const saga of sagasOf(world.sagas, input.orderId)) wake(world, saga, ctx);
  return { orderId: input.orderId, number, paymentId: ended.payment.id, operationId: ended.operation.id };
}

interface Ended {
  readonly payment: Payment;
  readonly operation: Operation;
}

const isByHand = ({ provider }: Payment): boolean => traitsOf(provider).asks === 'hand';

/** The attempt that waits for a person's word. */
function awaited(world: World, order: Order, kind: Operation['kind']): Ended[] {
  const tenders = payments.ofOrder(world.payments, order.row.id).filter(isByHand);
  return tenders.flatMap((payment) => {
    const operation = payments.openOperation(world.payments, payment);
    return operation?.kind === kind ? [{ payment, operation }] : [];
  });
}

function demandAmount(asked: bigint, given: bigint, currency: string): void {
  if (asked === given) return;
  const wanted = `${toMajor({ amountMinor: asked, currency })} ${currency}`;
  throw new DomainError('invalid_request', `${wanted} is waited for. Record it when all of it is there, and in one amount.`, {
    field: 'amountMinor',
    awaitedMinor: Number(asked),
  });
}

function receive(world: Recording, order: Order, input: RecordPaymentInput, ctx: Ctx): Ended {
  const [waiting] = awaited(world, order, 'authorize');
  if (waiting) {
    demandAmount(waiting.operation.amountMinor, input.amountMinor, input.currency);
    return came(world, order, waiting, input, ctx);
  }
  const tenders = payments.ofOrder(world.payments, order.row.id);
  const comes = tenders.some((one) => capturableMinor(one) > 0n || payments.openOperation(world.payments, one));
  const owedMinor = order.row.confirmedAt ? order.row.receivableMinor : 0n;
  if (comes || owedMinor <= 0n)
    throw new DomainError(
      'state_refuses',
      comes ? 'Another payment of this order is under way. Wait for it.' : 'This order owes nothing that could come by hand.',
    );
  if (input.amountMinor > owedMinor) demandAmount(owedMinor, input.amountMinor, input.currency);
  const { id: orderId, merchantId, currency } = order.row;
  const tender = { orderId, merchantId, provider: BY_HAND, method: 'bank_transfer', token: null, currency };
  const payment = payments.addPayment(world.payments, { ...tender, amountMinor: input.amountMinor }, ctx);
  const operation = payments.startOperation(world.payments, payment, 'authorize', input.amountMinor, null, ctx);
  return came(world, order, { payment, operation }, input, ctx);
}

function came(world: World, order: Order, ended: Ended, { amountMinor, reference }: RecordPaymentInput, ctx: Ctx): Ended {
  const said = { providerRef: reference, amountMinor, feeMinor: 0n, response: { recorded: true, reference } };
  recordOutcome(world, ended.payment, ended.operation, { kind: 'succeeded', ...said }, ctx);
  takeAtOnce(world, order, ended, said, ctx);
  liftSettled(world, order, ctx);
  return ended;
}

function payOut(world: World, order: Order, input: RecordPaymentInput, operationId: string, ctx: Ctx): Ended {
  const waiting = awaited(world, order, 'refund').find(({ operation }) => operation.id === operationId);
  if (!waiting) throw new DomainError('state_refuses', 'No refund waits to be paid out by hand. Look at the order again.');
  const { payment, operation } = waiting;
  demandAmount(operation.amountMinor, input.amountMinor, input.currency);
  const { amountMinor, reference } = input;
  const response = { recorded: true, reference };
  recordOutcome(
    world,
    payment,
    operation,
    { kind: 'succeeded', providerRef: reference, amountMinor, feeMinor: 0n, response },
    ctx,
  );
  settleLeg(world, order, { payment, operation }, ctx);
  return waiting;
}

function keep(world: Recording, order: Order, input: RecordPaymentInput, { payment, operation }: Ended, ctx: Ctx): void {
  const { amountMinor, currency, reference, occurredOn, note } = input;
  const kind = operation.kind === 'refund' ? 'paid_out' : 'received';
  const { id: orderId, merchantId } = order.row;
  const ids = { id: newId(), orderId, merchantId, paymentId: payment.id, operationId: operation.id };
  const said = { kind, amountMinor, currency, reference, occurredOn, note: note ?? null } as const;
  world.records.push({ ...ids, ...said, recordedBy: ctx.actor, recordedAt: ctx.now });
  const about = { paymentId: payment.id, operationId: operation.id, kind, amountMinor };
  tell(world, order, 'payment.recorded', { ...about, occurredOn }, ctx);
  const entry = { action: 'payment.recorded', entity: 'payment', entityId: payment.id, merchantId };
  audit(
    world.outbox,
    {
      ...entry,
      after: { kind, amountMinor: Number(amountMinor), currency, reference, occurredOn },
      ...(note ? { reason: note } : {}),
    },
    ctx,
  );
}

export const recordPayment: Verb<RecordPaymentInput, Recording, RecordedPayment> = {
  name: 'record-payment',
  lock,
  decide,
  async write(tx, world) {
    await payments.writeRecords(tx, world.records);
    await writeWorld(tx, world);
  },
};
