import type { Check } from './conformance.ts';
import { authorize, authorized, capture, done, effectsAre, ended, increment, RAISED, said } from './operations.ts';

/** What raising an authorization has to be, where a gateway does. */
export const INCREMENT_CHECKS: Readonly<Record<string, Check>> = {
  'an increment raises what is held to its amount, which can be taken then': async (w) => {
    const ref = await authorized(w);
    if (!w.provider.increments) {
      const refused = await ended(w, increment(w, ref));
      return refused.kind === 'failed' ? effectsAre(w, ref, ['authorization']) : `it was ${said(refused)}`;
    }
    const raised = await done(w, increment(w, ref));
    if (raised.amountMinor !== RAISED) return `it raised it to ${raised.amountMinor} instead of ${RAISED}`;
    const again = await done(w, increment(w, ref, RAISED + 1n));
    if (again.amountMinor !== RAISED + 1n) return `the second raised it to ${again.amountMinor}`;
    const taken = await done(w, capture(w, ref, RAISED + 1n));
    if (taken.amountMinor !== RAISED + 1n) return `it took ${taken.amountMinor}`;
    const late = await ended(w, increment(w, ref, RAISED + 2n));
    if (late.kind !== 'failed') return `one after the capture was ${said(late)}`;
    return effectsAre(w, ref, ['authorization', 'increment', 'increment', 'capture']);
  },
  'an increment that is refused leaves what was held, which can be taken': async (w) => {
    for (const token of w.tokens.fixed ?? []) {
      const { providerRef } = await done(w, authorize(w, { token }));
      const outcome = await ended(w, increment(w, providerRef));
      if (outcome.kind !== 'failed') return `of ${token} it was ${said(outcome)}`;
      await done(w, capture(w, providerRef));
      const wrong = effectsAre(w, providerRef, ['authorization', 'capture']);
      if (wrong) return wrong;
    }
    return null;
  },
};
