import { z } from 'zod';
import { json, type SimReply, type SimRequest } from '../http.ts';
import type { Dispute } from './bookings.ts';
import { closeDispute, escalate, findDispute, isOpen, openDispute } from './dispute-life.ts';
import { findIntent } from './intents.ts';
import { Refusal } from './refusal.ts';
import { planReport } from './report.ts';
import { disputeShape } from './shapes.ts';
import { Change, type PspState } from './state.ts';

const disputeInput = z.strictObject({
  payment_intent: z.string(),
  amount: z.int().min(1).optional(),
  reason: z.string().default('fraudulent'),
  /** The bank asks first, and takes nothing. */
  inquiry: z.boolean().optional(),
  /** How long it may be answered; seven days unless said. */
  due_in_hours: z.int().min(1).max(2_400).optional(),
});
const closeInput = z.strictObject({ status: z.enum(['won', 'lost', 'escalated']) });
const decideInput = closeInput.extend({ payment_intent: z.string() });
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
    const made = happen(request.path, state, change, body);
    if (made === undefined) return undefined;
    await finish(change);
    return json(200, disputeShape(made, state));
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body);
    throw error;
  }
}

function happen(path: string, state: PspState, change: Change, body: () => unknown): Dispute | undefined {
  const closing = CLOSE.exec(path)?.[1];
  if (closing !== undefined) return decide(state, change, findDispute(state, closing), closeInput.parse(body()).status);
  if (path === '/_sim/disputes/decide') {
    const { payment_intent: intent, status } = decideInput.parse(body());
    const open = [...state.disputes.values()].findLast((one) => one.intent === intent && isOpen(one));
    if (!open) throw new Refusal(404, 'invalid_request_error', 'No dispute of this payment is open.');
    return decide(state, change, open, status);
  }
  if (path !== '/_sim/disputes') return undefined;
  const { payment_intent: id, ...wish } = disputeInput.parse(body());
  const intent = findIntent(state, id);
  const charge = state.charges.get(intent.charge ?? '');
  if (charge === undefined) throw new Refusal(400, 'invalid_request_error', 'There is not so much of this payment to take back.');
  return openDispute(state, change, intent, charge, wish);
}

function decide(state: PspState, change: Change, known: Dispute, status: 'won' | 'lost' | 'escalated'): Dispute {
  const intent = findIntent(state, known.intent);
  return status === 'escalated' ? escalate(state, change, known, intent) : closeDispute(state, change, known, intent, status);
}
