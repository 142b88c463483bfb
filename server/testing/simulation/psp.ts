import type {
  AuthorizeInput,
  CaptureInput,
  Failed,
  IncrementInput,
  NotFound,
  PaymentProvider,
  ProviderOutcome,
  QueryInput,
  RefundInput,
  RequiresAction,
  Succeeded,
  VoidInput,
} from '../../domains/payments/provider.ts';
import type { ProviderCapture } from '../../views/integrity/provider-captures.ts';
import type { Faults } from './faults.ts';
import type { Line } from './outside-call.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** A payment at the provider, as the provider sees it. */
export interface Intent {
  readonly ref: string;
  readonly orderId: string;
  readonly authorizeId: string;
  amountMinor: bigint;
  readonly currency: string;
  status: 'requires_action' | 'authorized' | 'declined' | 'closed';
  /** How it closed: nothing is held any more. */
  voided: boolean;
  readonly captures: Map<string, bigint>;
  readonly raises: Map<string, bigint>;
  readonly refunds: Map<string, { readonly ref: string; readonly amountMinor: bigint }>;
}

/** What the simulation does not try. */
const elsewhere = (): never => {
  throw new Error('The simulation has orders only');
};

/** Tokens by what becomes of them. */
export const CARDS = {
  accepted: 'pm_accepted',
  declined: 'pm_declined',
  challenged: 'pm_challenged',
  abandoned: 'pm_abandoned',
} as const;

const SHARE_WITH_MULTICAPTURE = 0.7;
const FEE_MINOR = 30n;
const CHALLENGE_MS = { from: 1_000, to: 45_000 };
/** Of the customers who answer the bank's question, this many answer it wrong. */
const WRONG_ANSWERS = 0.2;

type Done = Succeeded | RequiresAction | Failed;

/**
 * A payment provider in memory that does each operation once, whatever arrives how often, and remembers what it did. Its own log is what
 * the house's books are compared with.
 */
export class SimulatedPsp {
  readonly intents = new Map<string, Intent>();
  readonly captureLog: ProviderCapture[] = [];
  /** Told when a challenge is over: the webhook. */
  challengeOver: (orderId: string) => void = () => {};
  /** Whether it takes one authorization in several parts. */
  private readonly multicapture: boolean;
  private readonly answers = new Map<string, Done>();
  private readonly scheduler: Scheduler;
  private readonly faults: Faults;
  private readonly random: Random;
  private readonly line: Line;

  constructor(options: { scheduler: Scheduler; faults: Faults; random: Random; line: Line }) {
    this.scheduler = options.scheduler;
    this.faults = options.faults;
    this.random = options.random;
    this.multicapture = options.random.chance(SHARE_WITH_MULTICAPTURE);
    this.line = options.line;
  }

  /** The provider as one process reaches it. */
  for(owner: Owner): PaymentProvider {
    const call = (what: string, id: string, effect: () => Done, signal?: AbortSignal): Promise<ProviderOutcome> =>
      this.line.call<Done>(owner, `${what} ${id.slice(-4)}`, () => this.once(id, effect), signal);
    return {
      name: 'card',
      source: 'psp',
      doubt: 'query',
      healthy: () => true,
      multicapture: this.multicapture,
      increments: true,
      authorize: (input, signal) => call('authorize', input.operationId, () => this.authorize(input), signal),
      increment: (input, signal) => call('increment', input.operationId, () => this.increment(input), signal),
      capture: (input, signal) => call('capture', input.operationId, () => this.capture(input), signal),
      void: (input, signal) => call('void', input.operationId, () => this.void(input), signal),
      refund: (input, signal) => call('refund', input.operationId, () => this.refund(input), signal),
      query: (input, signal) =>
        this.line.call<Done | NotFound>(owner, `query ${input.operationId.slice(-4)}`, () => this.query(input), signal),
      charge: elsewhere,
      disputes: elsewhere,
      report: elsewhere,
      verifyWebhook: () => {
        throw new Error('The simulation sends no signed webhooks');
      },
      close: () => {},
    };
  }

  /** What is held of a payment and neither taken nor released. */
  heldMinor(intent: Intent): bigint {
    return intent.status === 'authorized' && !intent.voided ? intent.amountMinor - sum(intent.captures.values()) : 0n;
  }

  /** The provider's idempotency: the same key is answered as it was the first time. */
  private once(id: string, effect: () => Done): Done {
    const known = this.answers.get(id);
    if (known) return known;
    const done = effect();
    this.answers.set(id, done);
    return done;
  }

  private authorize({ operationId, orderId, amountMinor, currency, token }: AuthorizeInput): Done {
    const intent: Intent = {
      ref: `pi_${operationId}`,
      orderId,
      authorizeId: operationId,
      amountMinor,
      currency,
      status: token === CARDS.declined ? 'declined' : token === CARDS.accepted ? 'authorized' : 'requires_action',
      voided: false,
      captures: new Map(),
      raises: new Map(),
      refunds: new Map(),
    };
    this.intents.set(intent.ref, intent);
    if (token === CARDS.challenged) {
      const { from, to } = CHALLENGE_MS;
      this.scheduler.time.after(this.random.between(from, to), 'challenge', () => this.answerChallenge(intent));
    }
    return this.authorization(intent);
  }

  private answerChallenge(intent: Intent): void {
    if (intent.status !== 'requires_action') return;
    intent.status = this.random.chance(WRONG_ANSWERS) ? 'declined' : 'authorized';
    this.scheduler.say(`outside: the challenge of ${intent.ref.slice(-4)} is over: ${intent.status}`);
    this.challengeOver(intent.orderId);
  }

  private authorization(intent: Intent): Done {
    const base = { providerRef: intent.ref, response: { status: intent.status } };
    if (intent.status === 'requires_action')
      return { ...base, kind: 'requires_action', nextAction: { type: 'redirect', url: 'https://bank.example/challenge' } };
    if (intent.status === 'authorized') return { ...base, kind: 'succeeded', amountMinor: intent.amountMinor, feeMinor: 0n };
    return { ...base, kind: 'failed', code: intent.status === 'declined' ? 'card_declined' : 'canceled', message: 'No.' };
  }

  private increment({ operationId, providerRef, amountMinor }: IncrementInput): Done {
    const intent = this.intents.get(providerRef);
    if (intent?.status !== 'authorized' || intent.voided || intent.captures.size > 0 || amountMinor <= intent.amountMinor)
      return refused('payment_intent_unexpected_state');
    if (this.faults.strikes('call_refused')) return refused('increment_refused');
    intent.amountMinor = amountMinor;
    intent.raises.set(operationId, amountMinor);
    return raised(intent, amountMinor);
  }

  private capture({ operationId, providerRef, amountMinor, currency, final }: CaptureInput): Done {
    const intent = this.intents.get(providerRef);
    if (!intent || this.heldMinor(intent) < amountMinor) return refused('payment_intent_unexpected_state');
    if (this.faults.strikes('call_refused')) return refused('capture_refused');
    intent.captures.set(operationId, amountMinor);
    if (final) intent.voided = true;
    this.captureLog.push({ operationId, paymentRef: providerRef, amountMinor, currency });
    return captured(intent, amountMinor);
  }

  private void({ providerRef }: VoidInput): Done {
    const intent = this.intents.get(providerRef);
    if (!intent) return refused('no_such_payment');
    if (intent.captures.size > 0 && this.heldMinor(intent) === 0n) return refused('payment_intent_unexpected_state');
    const released = this.heldMinor(intent);
    intent.voided = true;
    if (intent.status === 'requires_action') intent.status = 'closed';
    return { kind: 'succeeded', providerRef, amountMinor: released, feeMinor: 0n, response: {} };
  }

  private refund({ operationId, providerRef, amountMinor }: RefundInput): Done {
    const intent = this.intents.get(providerRef);
    if (!intent) return refused('no_such_payment');
    const left = sum(intent.captures.values()) - sum([...intent.refunds.values()].map((refund) => refund.amountMinor));
    if (amountMinor > left) return refused('charge_already_refunded');
    if (this.faults.strikes('call_refused')) return refused('refund_refused');
    const refund = { ref: `re_${operationId}`, amountMinor };
    intent.refunds.set(operationId, refund);
    return { kind: 'succeeded', providerRef: refund.ref, amountMinor, feeMinor: 0n, response: {} };
  }

  private query({ kind, operationId, providerRef }: QueryInput): Done | NotFound {
    const intent =
      providerRef === null
        ? [...this.intents.values()].find((candidate) => candidate.authorizeId === operationId)
        : this.intents.get(providerRef);
    if (!intent) return { kind: 'not_found' };
    if (kind === 'authorize') return this.authorization(intent);
    if (kind === 'void')
      return intent.voided
        ? { kind: 'succeeded', providerRef: intent.ref, amountMinor: 0n, feeMinor: 0n, response: {} }
        : { kind: 'not_found' };
    if (kind === 'increment') {
      const amount = intent.raises.get(operationId);
      return amount === undefined ? { kind: 'not_found' } : raised(intent, amount);
    }
    if (kind === 'capture') {
      const amount = intent.captures.get(operationId);
      return amount === undefined ? { kind: 'not_found' } : captured(intent, amount);
    }
    const refund = intent.refunds.get(operationId);
    if (!refund) return { kind: 'not_found' };
    return { kind: 'succeeded', providerRef: refund.ref, amountMinor: refund.amountMinor, feeMinor: 0n, response: {} };
  }
}

const raised = (intent: Intent, amountMinor: bigint): Succeeded => ({
  kind: 'succeeded',
  providerRef: intent.ref,
  amountMinor,
  feeMinor: 0n,
  response: {},
});

const captured = (intent: Intent, amountMinor: bigint): Succeeded => ({
  kind: 'succeeded',
  providerRef: intent.ref,
  amountMinor,
  feeMinor: FEE_MINOR < amountMinor ? FEE_MINOR : 0n,
  response: {},
});

const refused = (code: string): Failed => ({ kind: 'failed', code, message: `The provider says ${code}.`, response: {} });

/** The sum of amounts in minor units. */
export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
