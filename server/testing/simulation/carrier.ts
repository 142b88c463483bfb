import type { Carrier, CarrierOutcome, CarrierQuery, LabelInput } from '../../domains/fulfilment/provider.ts';
import type { Faults } from './faults.ts';
import type { Line } from './outside-call.ts';
import type { Owner } from './scheduler.ts';

/** A label as the carrier has it. */
export interface Label {
  readonly ref: string;
  readonly attemptId: string;
  readonly shipmentId: string;
  voided: boolean;
}

/** A carrier in memory: one label for each attempt, however often it is asked for. */
export class SimulatedCarrier {
  readonly labels = new Map<string, Label>();
  private readonly refusals = new Map<string, CarrierOutcome>();
  private readonly faults: Faults;
  private readonly line: Line;

  constructor(options: { faults: Faults; line: Line }) {
    this.faults = options.faults;
    this.line = options.line;
  }

  /** The carrier as one process reaches it. */
  for(owner: Owner): Carrier {
    const call = <T>(what: string, id: string, effect: () => T, signal?: AbortSignal) =>
      this.line.call<T>(owner, `${what} ${id.slice(-4)}`, effect, signal);
    return {
      name: 'parcel',
      createLabel: (input, signal) => call('label', input.attemptId, () => this.create(input), signal),
      voidLabel: (input, signal) => call('void label', input.carrierRef, () => this.void(input.carrierRef), signal),
      query: (input, signal) =>
        call('query label', 'carrierRef' in input ? input.carrierRef : input.attemptId, () => this.query(input), signal),
      createManifest: () => notPlayed('manifests'),
      queryManifest: () => notPlayed('manifests'),
      fileClaim: () => notPlayed('claims'),
      queryClaim: () => notPlayed('claims'),
      verifyWebhook: () => {
        throw new Error('The simulation sends no signed webhooks');
      },
      close: () => {},
    };
  }

  private create({ attemptId, shipmentId }: LabelInput): CarrierOutcome {
    const known = this.refusals.get(attemptId);
    if (known) return known;
    const existing = [...this.labels.values()].find((label) => label.attemptId === attemptId);
    if (existing) return bought(existing);
    if (this.faults.strikes('call_refused')) {
      const refusal: CarrierOutcome = { kind: 'failed', code: 'bad_address', message: 'The carrier says no.', response: {} };
      this.refusals.set(attemptId, refusal);
      return refusal;
    }
    const label: Label = { ref: `lb_${attemptId}`, attemptId, shipmentId, voided: false };
    this.labels.set(label.ref, label);
    return bought(label);
  }

  private void(ref: string): CarrierOutcome {
    const label = this.labels.get(ref);
    if (!label) return { kind: 'failed', code: 'not_found', message: 'There is no such label.', response: {} };
    label.voided = true;
    return bought(label);
  }

  private query(input: CarrierQuery): CarrierOutcome | { readonly kind: 'not_found' } {
    const label =
      'carrierRef' in input
        ? this.labels.get(input.carrierRef)
        : [...this.labels.values()].find((candidate) => candidate.attemptId === input.attemptId);
    return label ? bought(label) : { kind: 'not_found' };
  }
}

const notPlayed = (what: string): never => {
  throw new Error(`The simulation plays no ${what}`);
};

const bought = (label: Label): CarrierOutcome => ({
  kind: 'succeeded',
  carrierRef: label.ref,
  trackingNumber: `TRK${label.ref.slice(-8)}`,
  labelUrl: `https://carrier.example/${label.ref}.pdf`,
  status: label.voided ? 'voided' : 'created',
  response: {},
});
