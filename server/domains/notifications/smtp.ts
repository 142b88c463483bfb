import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailTransport, OutgoingMail, TransportOutcome } from './provider.ts';

/**
 * SMTP, one connection per mail. nodemailer's own transports are not used on purpose: its pool sends a message again by itself when a
 * connection breaks, and its errors do not say on which side of DATA that was. Here the message's stream says so: it is read for the
 * first time when the server has answered DATA with 354 (docs/decisions/031-mail-at-most-once.md).
 */
export interface SmtpConfig {
  /** smtp://user:password@host:587 (STARTTLS) or smtps://…:465. */
  readonly url: string;
  /** The address that mail comes from. */
  readonly from: string;
  /** Of one attempt as a whole; the lease of whoever sends is longer. */
  readonly deadlineMs?: number;
  /** Without a sign from the server. */
  readonly silenceMs?: number;
}

/** Connecting, looking a name up and greeting are quick or broken. */
const CONNECT_MS = 10_000;
/** RFC 5321 would wait ten minutes for the answer to a message; nobody holds a worker that long. */
const SILENCE_MS = 90_000;
const DEADLINE_MS = 120_000;
const PORT = { 'smtp:': 587, 'smtps:': 465 } as const;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

interface SmtpError extends Error {
  readonly code?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** A 5xx is for good, a 4xx for now. Without an answer only what never reached DATA was certainly not taken. */
function outcomeOf(error: SmtpError, handedOver: boolean): TransportOutcome {
  const answer = error.response ?? error.message;
  const code = error.responseCode ?? 0;
  // A login that is refused is our mistake, not the mail's: it can be put right and the mail sent then.
  if (error.code === 'EAUTH') return { kind: 'deferred', answer };
  if (code >= 500) return { kind: 'refused', answer };
  if (code >= 400) return { kind: 'deferred', answer };
  // Nodemailer refuses by itself what the server said it would not take: too large, or an address it cannot write.
  if (!handedOver && (error.code === 'EMESSAGE' || error.code === 'EENVELOPE')) return { kind: 'refused', answer };
  return { kind: handedOver ? 'unknown' : 'deferred', answer };
}

/** The message as bytes, with CR, LF and everything else that could end a header encoded by the composer. */
function compose(mail: OutgoingMail, from: string): Promise<Buffer> {
  return new MailComposer({
    from: { name: mail.fromName, address: from },
    to: { name: '', address: mail.to },
    subject: mail.subject,
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    text: mail.text,
    html: mail.html,
    headers: mail.automatic ? { 'Auto-Submitted': 'auto-generated' } : {},
    // Nothing of what a mail says may name a file or an address to read from.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

export function createSmtpTransport(config: SmtpConfig): MailTransport {
  const url = new URL(config.url);
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  const pass = decodeURIComponent(url.password);
  const silenceMs = config.silenceMs ?? SILENCE_MS;
  const connect = () =>
    new SMTPConnection({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || PORT[secure ? 'smtps:' : 'smtp:'],
      secure,
      // A password is never sent in the clear over a network.
      requireTLS: !secure && user !== '' && !LOOPBACK.test(url.hostname),
      connectionTimeout: Math.min(CONNECT_MS, silenceMs),
      dnsTimeout: Math.min(CONNECT_MS, silenceMs),
      greetingTimeout: Math.min(CONNECT_MS, silenceMs),
      socketTimeout: silenceMs,
    });
  return {
    name: 'smtp',
    domain: config.from.split('@').at(-1) ?? 'localhost',
    async send(mail, signal) {
      const message = await compose(mail, config.from);
      return transmit(connect(), { from: config.from, to: [mail.to], size: message.length }, message, {
        ...(user === '' ? {} : { credentials: { user, pass } }),
        ...(signal ? { signal } : {}),
        deadlineMs: config.deadlineMs ?? DEADLINE_MS,
      });
    },
  };
}

interface Options {
  readonly credentials?: { readonly user: string; readonly pass: string };
  readonly signal?: AbortSignal;
  readonly deadlineMs: number;
}

/** One conversation, from the greeting to the answer after the message. */
function transmit(
  connection: SMTPConnection,
  envelope: { from: string; to: string[]; size: number },
  message: Buffer,
  { credentials, signal, deadlineMs }: Options,
): Promise<TransportOutcome> {
  return new Promise((resolve) => {
    let handedOver = false;
    let over = false;
    const stream = new Readable({
      read() {
        handedOver = true;
        this.push(message);
        this.push(null);
      },
    });
    const finish = (outcome: TransportOutcome): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (outcome.kind === 'accepted') connection.quit();
      else connection.close();
      resolve(outcome);
    };
    const fail = (error: unknown) => finish(outcomeOf(error as SmtpError, handedOver));
    const stop = () => {
      if (!handedOver) fail(new Error('The sender was asked to stop before the mail was handed over'));
    };
    const timer = setTimeout(() => fail(new Error(`No end after ${deadlineMs / 1_000} s`)), deadlineMs);
    // Errors after the end are those of a connection that nobody needs any more.
    connection.on('error', fail);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) return stop();
    const deliver = () =>
      connection.send(envelope, stream, (error, info) =>
        error ? fail(error) : finish({ kind: 'accepted', answer: info?.response ?? '' }),
      );
    connection.connect((error) => {
      if (over) return;
      if (error) return fail(error);
      if (!credentials) return deliver();
      connection.login({ credentials }, (refused) => (refused ? fail(refused) : deliver()));
    });
  });
}
