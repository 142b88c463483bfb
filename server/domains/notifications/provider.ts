import { createSmtpTransport, type SmtpConfig } from './smtp.ts';

/**
 * The seam to whoever carries the house's mail. An adapter speaks one protocol and answers in these words; the sender calls it outside
 * any transaction. None of the usual carriers knows an idempotency key: what an adapter cannot rule out it must call `unknown`.
 */
export interface OutgoingMail {
  /** Derived from the notice's id, without angle brackets: a reader's program shows two copies as one. */
  readonly messageId: string;
  /** The merchant's name: who the customer knows. */
  readonly fromName: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly date: Date;
  /** Written by a machine: asks for no automatic answer. */
  readonly automatic: boolean;
}

/** `answer` is what the mail server said, or why it said nothing: for the attempt's record. */
export interface TransportOutcome {
  /**
   * accepted: it is the mail server's now. refused: it will never take it. deferred: it certainly has not taken it, and may later.
   * unknown: the mail was handed over and no answer came.
   */
  readonly kind: 'accepted' | 'refused' | 'deferred' | 'unknown';
  readonly answer: string;
}

export interface MailTransport {
  readonly name: string;
  /** What comes after the @ of a Message-ID. */
  readonly domain: string;
  /** Never throws. `signal` ends what was certainly not handed over yet; a mail that was is waited for. */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<TransportOutcome>;
}

export type { SmtpConfig } from './smtp.ts';

/** Every way to send mail by the scheme of its address. A new one is a file beside this and a line here. */
const TRANSPORTS = {
  'smtp:': createSmtpTransport,
  'smtps:': createSmtpTransport,
} as const satisfies Record<string, (config: SmtpConfig) => MailTransport>;

/** The way that the address names. Throws a sentence where there is none of that scheme. */
export function createMailTransport(config: SmtpConfig): MailTransport {
  const { protocol } = new URL(config.url);
  const create = Object.hasOwn(TRANSPORTS, protocol) ? TRANSPORTS[protocol as keyof typeof TRANSPORTS] : undefined;
  if (!create) throw new Error(`SMTP_URL starts with ${Object.keys(TRANSPORTS).join('// or ')}//, not ${protocol}//.`);
  return create(config);
}
