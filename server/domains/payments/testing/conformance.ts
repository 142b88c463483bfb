import { newId } from '../../../kernel/ids.ts';
import type { GatewayTraits } from '../gateway-traits.ts';
import type { PaymentProvider, ProviderOutcome, WebhookHeaders } from '../provider.ts';
import { AUTHORIZATION_LAPSED } from '../rules.ts';
import { INCREMENT_CHECKS } from './increment-conformance.ts';
import { checksFor } from './late-conformance.ts';
import {
  AMOUNT,
  authorize,
  authorized,
  capture,
  captured,
  done,
  effectsAre,
  ended,
  held,
  increment,
  type Op,
  PAUSE_MS,
  pause,
  refund,
  release,
  said,
  TRIES,
} from './operations.ts';
import { WEBHOOK_CHECKS } from './webhook-conformance.ts';

/** A webhook as it came in. */
export interface Delivery {
  readonly body: string;
  readonly headers: WebhookHeaders;
}

/** A gateway's world for the checks: the adapter connected to its simulator over HTTP, and hands that make the other side do things. */
export interface GatewayWorld {
  readonly provider: PaymentProvider;
  /** What its registry line says of it, which chooses the checks. */
  readonly traits: GatewayTraits;
  readonly tokens: {
    readonly accepted: string;
    /** Where each currency is paid with another. */
    readonly acceptedIn?: (currency: string) => string;
    /** Tokens that the bank refuses, and the code that says why. */
    readonly declined: readonly (readonly [token: string, code: string])[];
    /** Tokens of cards whose authorization cannot be raised, or whose bank refuses it; absent where none can. */
    readonly fixed?: readonly string[];
    /** Absent where no cardholder is ever asked. */
    readonly challenged?: string;
  };
  /** What a signature is over: the bytes as they were sent, or the values of some fields. */
  readonly signs: 'bytes' | 'fields';
  /** Amounts in currencies with 0, 2 and 3 decimals that it takes. */
  readonly amounts: readonly (readonly [currency: string, amountMinor: bigint])[];
  /** Amounts that it cannot take. */
  readonly refused: readonly (readonly [currency: string, amountMinor: bigint])[];
  /** The next call ends without an answer: before anything happened, or after it did. */
  breaks(when: 'before' | 'after'): Promise<void>;
  /** Whether it refuses connections. */
  down(is: boolean): Promise<void>;
  /** What was taken on comes, or is refused, as its token says; only where money comes in days. */
  comes?(paymentRef: string): Promise<void>;
  /** The bank takes back what had come. */
  returns?(paymentRef: string): Promise<void>;
  /** The bank lets go of what it held. */
  lapses(paymentRef: string): Promise<void>;
  /** The cardholder answers the bank's question. */
  answers(url: string, answer: 'complete' | 'fail'): Promise<void>;
  /** What really happened to a payment, oldest first, by the provider's own log. */
  effects(paymentRef: string): readonly string[];
  /** How many authorizations it ever made. */
  authorizations(): number;
  /** Its webhooks so far. */
  deliveries(): readonly Delivery[];
  /** The same as somebody else would sign it, who does not know the secret. */
  forged(delivery: Delivery): Delivery;
  /** The same, rightly signed for another merchant. */
  rerouted(delivery: Delivery): Delivery;
  close(): Promise<void>;
}

export type Check = (w: GatewayWorld) => Promise<string | null>;

/** The operations that come after an authorization, each with what must have happened before it, and all that has happened after it. */
const OPERATIONS: readonly (readonly [
  name: string,
  start: (w: GatewayWorld) => Promise<{ op: Op; ref: string }>,
  readonly string[],
])[] = [
  [
    'a capture',
    async (w) => {
      const ref = await authorized(w);
      return { op: capture(w, ref), ref };
    },
    ['authorization', 'capture'],
  ],
  [
    'an increment',
    async (w) => {
      const ref = await authorized(w);
      return { op: increment(w, ref), ref };
    },
    ['authorization', 'increment'],
  ],
  [
    'a void',
    async (w) => {
      const ref = await authorized(w);
      return { op: release(w, ref), ref };
    },
    ['authorization', 'void'],
  ],
  [
    'a refund',
    async (w) => {
      const ref = await captured(w);
      return { op: refund(w, ref, 2_000n), ref };
    },
    ['authorization', 'capture', 'refund'],
  ],
];

/** What every gateway has to do, each as a sentence of what it did instead. */
const CHECKS: Readonly<Record<string, Check>> = {
  'an authorization holds the amount, and tells the card and until when': async (w) => {
    const outcome = await done(w, authorize(w));
    if (outcome.amountMinor !== AMOUNT) return `it held ${outcome.amountMinor}`;
    if (!outcome.card || !/^\d{4}$/.test(outcome.card.last4)) return `it told no card: ${said(outcome.card)}`;
    if (!outcome.authorizationExpiresAt || outcome.authorizationExpiresAt.getTime() < Date.now()) return 'it told no day';
    return effectsAre(w, outcome.providerRef, ['authorization']);
  },
  'a decline is final, says why, and holds nothing': async (w) => {
    const before = w.authorizations();
    for (const [token, code] of w.tokens.declined) {
      const outcome = await ended(w, authorize(w, { token }));
      if (outcome.kind !== 'failed' || outcome.code !== code) return `${token} was ${said(outcome)}, not ${code}`;
      if (outcome.notTried) return `${token} was refused by the bank, and it says that no bank was asked`;
    }
    return w.authorizations() === before ? null : 'it held money';
  },
  'a token that nobody knows was put to no bank': async (w) => {
    const outcome = await ended(w, authorize(w, { token: 'tok_nobody_knows' }));
    return outcome.kind === 'failed' && outcome.notTried ? null : `it was ${said(outcome)}`;
  },
  'a cardholder is asked, and the answer decides': async (w) => {
    const token = w.tokens.challenged;
    if (token === undefined) return null;
    for (const answer of ['complete', 'fail'] as const) {
      const op = authorize(w, { token });
      const asked = await op.send();
      if (asked.kind !== 'requires_action') return `the cardholder was not asked: ${said(asked)}`;
      await w.answers(asked.nextAction.url, answer);
      const about: Op = { about: { ...op.about, providerRef: asked.providerRef }, send: op.send };
      const outcome = await answered(w, about);
      if (outcome.kind !== (answer === 'complete' ? 'succeeded' : 'failed')) return `${answer} was ${said(outcome)}`;
    }
    return null;
  },
  'a capture takes the whole, or a part': async (w) => {
    for (const amountMinor of [AMOUNT, 1_000n]) {
      const ref = await authorized(w);
      const outcome = await done(w, capture(w, ref, amountMinor));
      if (outcome.amountMinor !== amountMinor) return `it took ${outcome.amountMinor} instead of ${amountMinor}`;
      const wrong = effectsAre(w, ref, ['authorization', 'capture']);
      if (wrong) return wrong;
    }
    return null;
  },
  'a second capture is taken where it says so, and refused otherwise': async (w) => {
    const ref = await authorized(w);
    await done(w, capture(w, ref, 1_000n, !w.provider.multicapture));
    const second = await ended(w, capture(w, ref, 2_000n, !w.provider.multicapture));
    if (w.provider.multicapture) return effectsAre(w, ref, ['authorization', 'capture', 'capture']);
    if (second.kind !== 'failed') return `it was ${said(second)}`;
    return effectsAre(w, ref, ['authorization', 'capture']);
  },
  ...INCREMENT_CHECKS,
  'nothing is captured beyond what is held': async (w) => {
    const ref = await authorized(w);
    const outcome = await ended(w, capture(w, ref, AMOUNT + 1n));
    if (outcome.kind !== 'failed') return `it was ${said(outcome)}`;
    return effectsAre(w, ref, ['authorization']);
  },
  'a void releases, and nothing is taken afterwards': async (w) => {
    const ref = await authorized(w);
    await done(w, release(w, ref));
    const late = await ended(w, capture(w, ref));
    if (late.kind !== 'failed') return `a capture after it was ${said(late)}`;
    return effectsAre(w, ref, ['authorization', 'void']);
  },
  'refunds give back in parts, and never more than was taken': async (w) => {
    const ref = await captured(w);
    const first = await done(w, refund(w, ref, 2_000n));
    const second = await done(w, refund(w, ref, 3_000n));
    if (first.providerRef === second.providerRef) return 'two refunds have one name';
    const third = await ended(w, refund(w, ref, 1n));
    if (third.kind !== 'failed') return `a cent too much was ${said(third)}`;
    return effectsAre(w, ref, [held(w)[0] ?? '', 'capture', 'refund', 'refund']);
  },
  'repeated under its key an authorization is one, with one answer': async (w) => {
    const op = authorize(w);
    const before = w.authorizations();
    const first = await done(w, op);
    const second = await op.send();
    // What comes in days was answered with that it was taken on, and is again.
    const same = w.traits.takes === 'leaving' ? ['succeeded'] : ['succeeded', 'pending'];
    if (!same.includes(second.kind) || !('providerRef' in second) || second.providerRef !== first.providerRef)
      return `again it was ${said(second)}`;
    return w.authorizations() === before + 1 ? null : `it held the money ${w.authorizations() - before} times`;
  },
  'a key that was used for another amount is never guessed at': async (w) => {
    const operationId = newId();
    const { providerRef } = await done(w, authorize(w, {}, operationId));
    const other = await authorize(w, { amountMinor: 1n }, operationId).send();
    if (other.kind === 'succeeded' || other.kind === 'pending') return `it was ${said(other)}`;
    return effectsAre(w, providerRef, held(w));
  },
  'an authorization without an answer is in doubt, and found out': async (w) => {
    for (const when of ['before', 'after'] as const) {
      const before = w.authorizations();
      await w.breaks(when);
      const op = authorize(w);
      const first = await op.send();
      if (first.kind !== 'unknown') return `broken ${when}, it was ${said(first)}`;
      const { providerRef } = await done(w, op);
      const wrong = effectsAre(w, providerRef, held(w));
      if (wrong) return `broken ${when}: ${wrong}`;
      if (w.authorizations() !== before + 1) return `broken ${when}, it held the money ${w.authorizations() - before} times`;
    }
    return null;
  },
  ...Object.fromEntries(
    OPERATIONS.flatMap(([name, start, effects]): [string, Check][] => [
      [
        `${name} repeated under its key happens once`,
        async (w) => {
          if (name === 'an increment' && !w.provider.increments) return null;
          const { op, ref } = await start(w);
          const first = await done(w, op);
          const again = await ended(w, op);
          if (again.kind !== 'succeeded' || again.providerRef !== first.providerRef) return `again it was ${said(again)}`;
          return effectsAre(w, ref, [held(w)[0] ?? '', ...effects.slice(1)]);
        },
      ],
      [
        `${name} without an answer is in doubt, and found out`,
        async (w) => {
          if (name === 'an increment' && !w.provider.increments) return null;
          for (const when of ['before', 'after'] as const) {
            const { op, ref } = await start(w);
            await w.breaks(when);
            const first = await op.send();
            if (first.kind !== 'unknown') return `broken ${when}, it was ${said(first)}`;
            await done(w, op);
            const wrong = effectsAre(w, ref, [held(w)[0] ?? '', ...effects.slice(1)]);
            if (wrong) return `broken ${when}: ${wrong}`;
          }
          return null;
        },
      ],
    ]),
  ),
  'while it is down nothing was sent, and that is what it says': async (w) => {
    const before = w.authorizations();
    await w.down(true);
    const op = authorize(w);
    // A connection that was open already breaks under the first call, which may have been sent.
    let outcome = await op.send();
    for (let tries = 0; outcome.kind === 'unknown' && tries < 3; tries++) outcome = await op.send();
    await w.down(false);
    if (outcome.kind !== 'unreachable') return `it was ${said(outcome)}`;
    return w.authorizations() === before ? null : 'it held money';
  },
  'what lapsed cannot be taken, and is said to have lapsed': async (w) => {
    const ref = await authorized(w);
    await w.lapses(ref);
    const outcome = await ended(w, capture(w, ref));
    if (outcome.kind !== 'failed' || outcome.code !== AUTHORIZATION_LAPSED) return `it was ${said(outcome)}`;
    return effectsAre(w, ref, ['authorization', 'expiry']);
  },
  'amounts come back as they were sent, whatever the currency counts in': async (w) => {
    for (const [currency, amountMinor] of w.amounts) {
      const outcome = await done(w, authorize(w, { currency, amountMinor }));
      if (outcome.amountMinor !== amountMinor) return `${amountMinor} ${currency} came back as ${outcome.amountMinor}`;
    }
    const before = w.authorizations();
    for (const [currency, amountMinor] of w.refused) {
      const outcome = await authorize(w, { currency, amountMinor }).send();
      if (outcome.kind !== 'failed' || !outcome.notTried) return `${amountMinor} ${currency} was ${said(outcome)}`;
    }
    return w.authorizations() === before ? null : 'it held money of which it said that it cannot';
  },
  'its report has what it took and gave back': async (w) => {
    const ref = await captured(w);
    await done(w, refund(w, ref, 2_000n));
    const answer = await w.provider.report(new Date(Date.now() - 60_000), new Date(Date.now() + 60_000));
    if (answer.kind !== 'report') return `it was ${said(answer)}`;
    const own = answer.bookings.filter((booking) => booking.paymentRef === ref);
    const booked = own.map(({ type, amountMinor }) => `${type} ${amountMinor}`).sort();
    return booked.join() === `charge ${AMOUNT},refund -2000` ? null : `it booked ${booked.join(', ')}`;
  },
  ...WEBHOOK_CHECKS,
};

/** Asks until the cardholder's answer has arrived. */
async function answered(w: GatewayWorld, op: Op): Promise<ProviderOutcome> {
  for (let tries = 0; ; tries++) {
    const known = await w.provider.query(op.about);
    if (known.kind === 'succeeded' || known.kind === 'failed') return known;
    if (tries === TRIES) return known.kind === 'not_found' ? { kind: 'unknown', reason: 'It is not known.' } : known;
    await pause(PAUSE_MS);
  }
}

/** How a gateway breaks the rules that all share: one sentence each; none where it keeps them. `only` names the checks to run. */
export async function findBreaches(open: () => Promise<GatewayWorld>, only?: (check: string) => boolean): Promise<string[]> {
  const breaches: string[] = [];
  const w = await open();
  try {
    for (const [name, check] of Object.entries(checksFor(CHECKS, w.traits))) {
      if (only && !only(name)) continue;
      const breach = await check(w).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      if (breach !== null) breaches.push(`${name}: ${breach}`);
    }
  } finally {
    await w.close();
  }
  return breaches;
}
