import { type Form, text } from '../form.ts';
import type { Faults } from '../switches.ts';
import { disputedOf } from './dispute-life.ts';
import { mergeMetadata, readInteger } from './fields.ts';
import { findIntent, operationOf } from './intents.ts';
import { newPspId } from './psp-id.ts';
import { invalid, missing } from './refusal.ts';
import type { Change, Charge, PspState, Refund } from './state.ts';

function findCharge(state: PspState, form: Form): Charge {
  const intentId = text(form, 'payment_intent');
  const chargeId = text(form, 'charge');
  if (intentId !== undefined) {
    const intent = findIntent(state, intentId);
    const charge = state.charges.get(intent.charge ?? '');
    if (charge === undefined || charge.captured === 0 || charge.debit?.state === 'failed') {
      throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, { param: 'payment_intent' });
    }
    return charge;
  }
  const charge = chargeId === undefined ? undefined : state.charges.get(chargeId);
  if (chargeId === undefined) throw invalid('One of the following params should be provided: payment_intent or charge.');
  if (charge === undefined) throw missing('charge', chargeId, 'charge');
  if (charge.captured === 0) throw invalid(`Charge ${charge.id} has not been captured.`, { param: 'charge' });
  return charge;
}

/** Refunds captured money, in whole or in part, never more than is left of the charge. */
export function createRefund(state: PspState, form: Form, change: Change, faults: Faults): Refund {
  const charge = findCharge(state, form);
  const left = charge.captured - charge.refunded;
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  const amount = readInteger(form, 'amount') ?? left;
  if (amount < 1) throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount > left - disputedOf(state, charge.id) && amount <= left)
    throw invalid(`The charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
  if (amount > left) {
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' });
  }
  if (faults.decline !== undefined) {
    const message = 'You have insufficient funds in your Stripe account for this transaction.';
    throw invalid(message, { code: 'balance_insufficient' });
  }
  const created = state.clock.seconds();
  const id = newPspId('re');
  const txn = newPspId('txn');
  change.put([
    'txn',
    {
      ...{ id: txn, source: id, charge: charge.id, type: charge.debit ? 'payment_refund' : 'refund' },
      ...{ amount: -amount, fee: 0, currency: charge.currency, created },
    },
  ]);
  const refund: Refund = {
    id,
    intent: charge.intent,
    charge: charge.id,
    amount,
    currency: charge.currency,
    created,
    metadata: mergeMetadata({}, form),
    reason: text(form, 'reason') ?? null,
    status: 'succeeded',
    txn,
  };
  change.put(['refund', refund]);
  change.put(['charge', { ...charge, refunded: charge.refunded + amount }]);
  const orderId = refund.metadata.order_id;
  change.log('refund', findIntent(state, charge.intent), amount, operationOf(form, change.key), { refund: id, orderId });
  change.event('refund.created', { of: 'refund', id });
  change.event('charge.refunded', { of: 'charge', id: charge.id });
  change.event('refund.updated', { of: 'refund', id });
  return refund;
}
