import { child, type Form, text } from '../form.ts';
import type { Dispute, DisputeState } from './bookings.ts';
import { mergeMetadata } from './fields.ts';
import { newPspId } from './psp-id.ts';
import { missing, Refusal } from './refusal.ts';
import type { Change, Charge, Intent, PspState } from './state.ts';

/** The life of a dispute: https://docs.stripe.com/disputes/how-disputes-work. */

/** What a dispute costs beside the money, in minor units; it comes back when it is won. */
const DISPUTE_FEE = 1_500;
const OPEN: readonly DisputeState[] = ['warning_needs_response', 'warning_under_review', 'needs_response', 'under_review'];
const ANSWERED: Readonly<Partial<Record<DisputeState, DisputeState>>> = {
  warning_needs_response: 'warning_under_review',
  needs_response: 'under_review',
};

export const isOpen = ({ status }: Dispute): boolean => OPEN.includes(status);

/** What of a charge banks have taken back. */
export function disputedOf(state: PspState, chargeId: string): number {
  return [...state.disputes.values()]
    .filter(({ charge, status }) => charge === chargeId && ['needs_response', 'under_review', 'lost'].includes(status))
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** Opens one: the money and the fee are gone at once, unless the bank only asks. */
export function openDispute(
  state: PspState,
  change: Change,
  intent: Intent,
  charge: Charge,
  wish: {
    readonly amount?: number | undefined;
    readonly reason: string;
    readonly inquiry?: boolean | undefined;
    readonly due_in_hours?: number | undefined;
  },
): Dispute {
  const left = charge.captured - charge.refunded - disputedOf(state, charge.id);
  // A cardholder may dispute what was given back already.
  const amount = wish.amount ?? (left > 0 ? left : charge.captured);
  if (amount < 1 || amount > charge.captured)
    throw new Refusal(400, 'invalid_request_error', 'There is not so much of this payment to take back.');
  const made: Dispute = {
    id: newPspId('dp'),
    intent: intent.id,
    charge: charge.id,
    amount,
    currency: charge.currency,
    created: state.clock.seconds(),
    reason: wish.reason,
    status: wish.inquiry ? 'warning_needs_response' : 'needs_response',
    txns: [],
    metadata: intent.metadata,
    evidence: {},
    submissions: 0,
    ...(wish.due_in_hours === undefined ? {} : { due: state.clock.seconds() + wish.due_in_hours * 3_600 }),
  };
  const taken = wish.inquiry ? made : { ...made, txns: [book(state, change, made, -amount, DISPUTE_FEE)] };
  change.put(['dispute', taken]);
  if (!wish.inquiry) change.log('dispute', intent, amount, null);
  change.event('charge.dispute.created', { of: 'dispute', id: made.id });
  return taken;
}

/** A bank that only asked takes the money after all. */
export function escalate(state: PspState, change: Change, known: Dispute, intent: Intent): Dispute {
  if (!known.status.startsWith('warning_needs') && known.status !== 'warning_under_review') throw over(known);
  const txns = [...known.txns, book(state, change, known, -known.amount, DISPUTE_FEE)];
  const made: Dispute = { ...known, status: 'needs_response', txns };
  change.put(['dispute', made]);
  change.log('dispute', intent, known.amount, null);
  change.event('charge.dispute.updated', { of: 'dispute', id: known.id });
  change.event('charge.dispute.funds_withdrawn', { of: 'dispute', id: known.id });
  return made;
}

/** The bank has decided. An inquiry ends as closed, whatever it says. */
export function closeDispute(state: PspState, change: Change, known: Dispute, intent: Intent, status: 'won' | 'lost'): Dispute {
  if (!isOpen(known)) throw over(known);
  const asked = known.status.startsWith('warning_');
  const back = status === 'won' && !asked ? [book(state, change, known, known.amount, -DISPUTE_FEE)] : [];
  const made: Dispute = { ...known, status: asked ? 'warning_closed' : status, txns: [...known.txns, ...back] };
  change.put(['dispute', made]);
  if (back.length > 0) {
    change.log('dispute_won', intent, known.amount, null);
    change.event('charge.dispute.funds_reinstated', { of: 'dispute', id: known.id });
  }
  change.event('charge.dispute.closed', { of: 'dispute', id: known.id });
  return made;
}

export function findDispute(state: PspState, id: string): Dispute {
  const known = state.disputes.get(id);
  if (known === undefined) throw missing('dispute', id, 'id');
  return known;
}

/** `POST /v1/disputes/{id}`: keeps what is said, and hands it in where it says so. Text of Stripe's test cases decides at once. */
export function answer(state: PspState, change: Change, id: string, form: Form): Dispute {
  const known = findDispute(state, id);
  const submits = text(form, 'submit') === 'true';
  if (!isOpen(known)) throw over(known);
  if (submits && (known.submissions ?? 0) > 0)
    throw new Refusal(400, 'invalid_request_error', 'Evidence for this dispute was submitted already.', {
      code: 'dispute_already_submitted',
    });
  const given = child(form, 'evidence') ?? {};
  const evidence = { ...known.evidence };
  for (const name of Object.keys(given)) evidence[name] = text(given, name) ?? '';
  const status = submits ? (ANSWERED[known.status] ?? known.status) : known.status;
  const submissions = (known.submissions ?? 0) + (submits ? 1 : 0);
  const made: Dispute = { ...known, evidence, status, submissions, metadata: mergeMetadata(known.metadata, form) };
  change.put(['dispute', made]);
  change.event('charge.dispute.updated', { of: 'dispute', id });
  const intent = state.intents.get(known.intent);
  const said = evidence.uncategorized_text ?? '';
  if (!submits || intent === undefined) return made;
  if (said.includes('winning_evidence')) return closeDispute(state, change, made, intent, 'won');
  return said.includes('losing_evidence') ? closeDispute(state, change, made, intent, 'lost') : made;
}

/** `POST /v1/disputes/{id}/close`: the merchant lets it be. */
export function accept(state: PspState, change: Change, id: string): Dispute {
  const known = findDispute(state, id);
  const intent = state.intents.get(known.intent);
  if (intent === undefined) throw missing('dispute', id, 'id');
  return closeDispute(state, change, known, intent, 'lost');
}

const over = ({ status }: Dispute): Refusal =>
  new Refusal(400, 'invalid_request_error', `This dispute was ${status} already.`, { code: 'dispute_closed' });

function book(state: PspState, change: Change, dispute: Dispute, amount: number, fee: number): string {
  const id = newPspId('txn');
  const { id: source, charge, currency } = dispute;
  change.put(['txn', { id, type: 'adjustment', created: state.clock.seconds(), source, charge, amount, fee, currency }]);
  return id;
}
