import { DomainError } from '../../kernel/errors.ts';
import type {
  AuthorizeInput,
  CaptureInput,
  ChargeInput,
  Disputes,
  Failed,
  IncrementInput,
  PaymentProvider,
  PaymentWebhook,
  Pending,
  ProviderOutcome,
  QueryInput,
  RefundInput,
  Report,
  Succeeded,
  VoidInput,
} from './provider.ts';

/**
 * What the gateways share that call nobody: people say what happened, and the verb that records it settles the attempt. So an attempt that
 * a person has to end is taken on and stays so; nothing can be in doubt, and nothing is told by anybody else.
 */
export abstract class ByHand implements PaymentProvider {
  abstract readonly name: string;
  readonly multicapture = true;
  readonly increments: boolean = false;
  readonly doubt = 'query';

  /** Nobody sends anything there. */
  get source(): string {
    return this.name;
  }

  healthy(): boolean {
    return true;
  }

  abstract authorize(input: AuthorizeInput): Promise<ProviderOutcome>;

  capture({ operationId, amountMinor }: CaptureInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.done(operationId, amountMinor));
  }

  increment({ operationId, amountMinor }: IncrementInput): Promise<ProviderOutcome> {
    return Promise.resolve(
      this.increments ? this.done(operationId, amountMinor) : this.cannot('What was asked for stays what it is.'),
    );
  }

  /** Nothing is held anywhere: that nobody will ask for it is all there is to a release. */
  void({ operationId }: VoidInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.done(operationId, 0n));
  }

  /** Somebody has to pay it out. */
  refund({ operationId }: RefundInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.awaited(operationId));
  }

  query({ operationId, kind, amountMinor = 0n }: QueryInput): Promise<ProviderOutcome> {
    return Promise.resolve(
      kind === 'capture' || kind === 'void' || kind === 'increment'
        ? this.done(operationId, amountMinor)
        : this.awaited(operationId),
    );
  }

  charge(_input: ChargeInput): Promise<ProviderOutcome> {
    return Promise.resolve(this.cannot('Money that is taken at once needs a provider.'));
  }

  disputes(): Promise<Disputes | Failed> {
    return Promise.resolve({ kind: 'disputes', disputes: [] });
  }

  report(): Promise<Report | Failed> {
    return Promise.resolve(this.cannot('Nobody reports what people recorded: compare it with the bank’s statement.'));
  }

  verifyWebhook(): readonly PaymentWebhook[] {
    throw new DomainError('unauthenticated', `Nobody sends webhooks for ${this.name}.`);
  }

  close(): void {}

  protected done(operationId: string, amountMinor: bigint): Succeeded {
    return { kind: 'succeeded', providerRef: this.refOf(operationId), amountMinor, feeMinor: 0n, response: { by: this.name } };
  }

  protected awaited(operationId: string): Pending {
    return { kind: 'pending', providerRef: this.refOf(operationId), response: { by: this.name } };
  }

  protected cannot(message: string): Failed {
    return { kind: 'failed', code: 'not_supported', message, notTried: true, response: {} };
  }

  private refOf(operationId: string): string {
    return `${this.name}_${operationId}`;
  }
}
