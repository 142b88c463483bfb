import { type Form, list } from '../form.ts';
import type { Faults } from '../switches.ts';
import { accept, answer } from './dispute-life.ts';
import type { Intents } from './intents.ts';
import { createRefund } from './refunds.ts';
import type { Change, PspState, ReplyView } from './state.ts';

export const KINDS = ['authorize', 'increment', 'capture', 'void', 'refund', 'dispute'] as const;
export type Kind = (typeof KINDS)[number] | 'read';

/** What a POST below /v1 does. */
export interface Route {
  readonly kind: Kind;
  readonly intentId: string | undefined;
  readonly run: (form: Form, change: Change, faults: Faults) => ReplyView;
}

/** The route of an address, or undefined where there is none. */
export function routeOf(segments: readonly string[], intents: Intents, state: PspState): Route | undefined {
  const [noun, id, verb] = segments;
  const expandOf = (form: Form) => list(form, 'expand');
  const intent = (kind: Kind, run: (form: Form, change: Change, faults: Faults) => { readonly id: string }): Route => ({
    kind,
    intentId: id,
    run: (form, change, faults) => ({ of: 'intent', id: run(form, change, faults).id, expand: expandOf(form) }),
  });
  if (noun === 'refunds' && id === undefined) {
    const run: Route['run'] = (form, change, faults) => ({
      of: 'refund',
      id: createRefund(state, form, change, faults).id,
      expand: expandOf(form),
    });
    return { kind: 'refund', intentId: undefined, run };
  }
  if (noun === 'disputes' && id !== undefined && (verb === undefined || verb === 'close')) {
    const run: Route['run'] = (form, change) => ({
      of: 'dispute',
      id: (verb === 'close' ? accept(state, change, id) : answer(state, change, id, form)).id,
    });
    return { kind: 'dispute', intentId: state.disputes.get(id)?.intent, run };
  }
  if (noun !== 'payment_intents') return undefined;
  if (id === undefined) return intent('authorize', (form, change, faults) => intents.create(form, change, faults));
  if (verb === 'confirm') return intent('authorize', (form, change, faults) => intents.confirm(id, form, change, faults));
  if (verb === 'increment_authorization')
    return intent('increment', (form, change, faults) => intents.increment(id, form, change, faults));
  if (verb === 'capture') return intent('capture', (form, change, faults) => intents.capture(id, form, change, faults));
  if (verb === 'cancel') return intent('void', (form, change) => intents.cancel(id, form, change));
  return undefined;
}
