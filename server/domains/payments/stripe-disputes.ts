import type Stripe from 'stripe';
import type { Answered, AnswerInput, Disputes, Failed, PaymentDispute } from './provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/** Disputes as Stripe has them: https://docs.stripe.com/disputes/how-disputes-work, and how they are answered. */
const STATUS: Readonly<Record<string, PaymentDispute['status']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'submitted',
  warning_closed: 'withdrawn',
  needs_response: 'open',
  under_review: 'submitted',
  won: 'won',
  lost: 'lost',
  prevented: 'withdrawn',
  // Lost; that somebody appeals on Stripe's pages changes it when it is won.
  appeal_needs_response: 'lost',
  appeal_under_review: 'lost',
};

/** What was asked about, or taken back, of a payment, with what that cost. */
export async function readDisputes(stripe: Stripe, paymentRef: string): Promise<Disputes> {
  const disputes: PaymentDispute[] = [];
  for await (const dispute of stripe.disputes.list({ payment_intent: paymentRef, limit: 100 }))
    disputes.push(await readDispute(stripe, dispute));
  return { kind: 'disputes', disputes };
}

async function readDispute(stripe: Stripe, dispute: Stripe.Dispute): Promise<PaymentDispute> {
  const currency = dispute.currency.toUpperCase();
  // The dispute itself holds its bookings as an older version of the API shaped them: the list of bookings says it in one form.
  const { data } = await stripe.balanceTransactions.list({ source: dispute.id, limit: 100 });
  const sum = (of: (txn: Stripe.BalanceTransaction) => number): bigint =>
    fromStripeAmount(
      data.reduce((total, txn) => total + of(txn), 0),
      currency,
    );
  const intent = dispute.payment_intent;
  const due = dispute.evidence_details?.due_by;
  const taken = -sum((txn) => txn.amount);
  return {
    ref: dispute.id,
    paymentRef: typeof intent === 'string' ? intent : (intent?.id ?? ''),
    amountMinor: fromStripeAmount(dispute.amount, currency),
    takenMinor: taken > 0n ? taken : 0n,
    feeMinor: sum((txn) => Math.max(txn.fee, 0)),
    feeBackMinor: sum((txn) => Math.max(-txn.fee, 0)),
    currency,
    status: STATUS[dispute.status] ?? 'open',
    reason: dispute.reason,
    openedAt: new Date(dispute.created * 1000),
    evidenceDueAt: due ? new Date(due * 1000) : null,
  };
}

/** What answers say, by Stripe's names for it: https://docs.stripe.com/api/disputes/evidence_object. */
const FIELDS: Readonly<Record<string, keyof Stripe.DisputeUpdateParams.Evidence>> = {
  product: 'product_description',
  customerName: 'customer_name',
  customerEmail: 'customer_email_address',
  shippingAddress: 'shipping_address',
  carrier: 'shipping_carrier',
  trackingNumber: 'shipping_tracking_number',
  shippedOn: 'shipping_date',
};
const FILES: Readonly<Record<string, keyof Stripe.DisputeUpdateParams.Evidence>> = {
  receipt: 'receipt',
  delivery: 'shipping_documentation',
  messages: 'customer_communication',
  other: 'uncategorized_file',
};
const NAMES: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'application/pdf': 'pdf' };
/** What Stripe takes of free text. */
const MAX_TEXT = 20_000;
/** Which answer a dispute was given. */
const MARK = 'answer_id';

/** Sends an answer under its own id. One that was sent before is found on the dispute, and nothing is sent again. */
export async function answerDispute(stripe: Stripe, input: AnswerInput): Promise<Answered | Failed> {
  const known = await stripe.disputes.retrieve(input.disputeRef);
  if (isAnswered(known, input)) return { kind: 'answered', dispute: await readDispute(stripe, known) };
  if (input.answer === 'accept') {
    const closed = await stripe.disputes.close(input.disputeRef, {}, { idempotencyKey: input.operationId });
    return { kind: 'answered', dispute: await readDispute(stripe, closed) };
  }
  const evidence: Stripe.DisputeUpdateParams.Evidence = {};
  for (const [field, value] of Object.entries(input.evidence)) {
    const name = FIELDS[field];
    if (name) Object.assign(evidence, { [name]: value });
  }
  for (const { kind, contentType, bytes } of input.files) {
    const name = FILES[kind];
    if (!name) continue;
    const uploaded = await stripe.files.create(
      { purpose: 'dispute_evidence', file: { data: bytes, name: `${kind}.${NAMES[contentType] ?? 'bin'}`, type: contentType } },
      { idempotencyKey: `${input.operationId}:${kind}` },
    );
    Object.assign(evidence, { [name]: uploaded.id });
  }
  const rest = restOf(input.evidence);
  if (rest !== '') evidence.uncategorized_text = rest;
  const answered = await stripe.disputes.update(
    input.disputeRef,
    { evidence, submit: true, metadata: { [MARK]: input.operationId } },
    { idempotencyKey: `${input.operationId}:submit` },
  );
  return { kind: 'answered', dispute: await readDispute(stripe, answered) };
}

/** Accepting leaves no mark: a dispute that is lost has been accepted, or is as good as. */
function isAnswered(dispute: Stripe.Dispute, { answer, operationId }: AnswerInput): boolean {
  return answer === 'accept' ? dispute.status === 'lost' : dispute.metadata?.[MARK] === operationId;
}

/** What Stripe has no field of its own for. */
function restOf({ statement = '', deliveredOn = '', messages = '' }: Readonly<Record<string, string>>): string {
  return [statement, deliveredOn && `Delivered: ${deliveredOn}`, messages && `Messages:\n${messages}`]
    .filter(Boolean)
    .join('\n\n')
    .slice(0, MAX_TEXT);
}
