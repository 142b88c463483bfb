import { z } from 'zod';
import { json, type SimReply, type SimRequest } from '../http.ts';
import type { Dispute } from './bookings.ts';
import { findIntent } from './intents.ts';
import { Refusal } from './refusal.ts';
import { planReport } from './report.ts';
import { disputeShape } from './shapes.ts';
import { Change, newPspId, type PspState } from './state.ts';

/** What a lost or open dispute costs beside the money, in minor units. */
const DISPUTE_FEE = 1_500;

const disputeInput = z.strictObject({
  payment_intent: z.string(),
  amount: z.int().min(1).optional(),
  reason: z.string().default('fraudulent'),
});
const closeInput = z.strictObject({ status: z.enum(['won', 'lost']) });
const CLOSE = /^\/_sim\/disputes\/([A-Za-z0-9_]+)\/close$/;

/** The cardholder's side and the wrong report, which only tests and the demo's switchboard decide. Undefined: another address. */
export async function dispute(
  request: SimRequest,
  state: PspState,
  finish: (change: Change) => Promise<void>,
): Promise<SimReply | undefined> {
  if (request.method !== 'POST') return undefined;
  const body = (): unknown => (request.body === '' ? {} : JSON.parse(request.body));
  const change = new Change(state);
  try {
    if (request.path === '/_sim/report') {
      change.put(['report', planReport(state, body())]);
      await finish(change);
      return json(200, state.report);
    }
    const closing = CLOSE.exec(request.path)?.[1];
    if (request.path !== '/_sim/disputes' && closing === undefined) return undefined;
    const made = closing === undefined ? open(state, change, body()) : close(state, change, closing, body());
    await finish(change);
    return json(200, disputeShape(made));
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body);
    throw error;
  }
}

function open(state: PspState, change: Change, input: unknown): Dispute {
  const wish = disputeInput.parse(input);
  const intent = findIntent(state, wish.payment_intent);
  const charge = state.charges.get(intent.charge ?? '');
  const left = charge === undefined ? 0 : charge.captured - charge.refunded;
  const amount = wish.amount ?? left;
  if (charge === undefined || amount < 1 || amount > left)
    throw new Refusal(400, 'invalid_request_error', 'There is not so much of this payment to take back.');
  const id = newPspId('dp');
  const txn = book(state, change, {
    source: id,
    charge: charge.id,
    amount: -amount,
    fee: DISPUTE_FEE,
    currency: charge.currency,
  });
  const made: Dispute = {
    id,
    intent: intent.id,
    charge: charge.id,
    amount,
    currency: charge.currency,
    created: state.clock.seconds(),
    reason: wish.reason,
    status: 'needs_response',
    txns: [txn],
    metadata: intent.metadata,
  };
  change.put(['dispute', made]);
  change.log('dispute', intent, amount, null);
  change.event('charge.dispute.created', { of: 'dispute', id });
  return made;
}

function close(state: PspState, change: Change, id: string, input: unknown): Dispute {
  const { status } = closeInput.parse(input);
  const known = state.disputes.get(id);
  if (known === undefined) throw new Refusal(404, 'invalid_request_error', `No such dispute: '${id}'`);
  if (known.status !== 'needs_response')
    throw new Refusal(409, 'invalid_request_error', `This dispute was ${known.status} already.`);
  const { charge, amount, currency } = known;
  const back = status === 'won' ? [book(state, change, { source: id, charge, amount, fee: -DISPUTE_FEE, currency })] : [];
  const made: Dispute = { ...known, status, txns: [...known.txns, ...back] };
  change.put(['dispute', made]);
  if (status === 'won') change.log('dispute_won', findIntent(state, known.intent), amount, null);
  change.event('charge.dispute.closed', { of: 'dispute', id });
  return made;
}

function book(
  state: PspState,
  change: Change,
  money: {
    readonly source: string;
    readonly charge: string;
    readonly amount: number;
    readonly fee: number;
    readonly currency: string;
  },
): string {
  const id = newPspId('txn');
  change.put(['txn', { id, type: 'adjustment', created: state.clock.seconds(), ...money }]);
  return id;
}
