import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';
import type { SMTPServerSession } from 'smtp-server';
import { SimClock } from '../clock.ts';
import { type Controlled, control } from '../control.ts';
import { json, listen, type SimReply, type SimRequest, sleep } from '../http.ts';
import { type Faults, Switches } from '../switches.ts';
import { HANG_UP, listenSmtp, type SmtpListener, type SmtpReply } from './listener.ts';

/**
 * A mail server that delivers nothing and keeps the newest mails in memory, for people to look at. It goes wrong on demand: by a
 * switch, or once by an address such as ana+drop_reply@example.com.
 */
export interface MailOptions {
  readonly port: number;
  readonly host?: string;
  readonly controlPort?: number;
}

export interface CaughtMail {
  readonly seq: number;
  readonly at: number;
  readonly message_id: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly size: number;
}

export interface MailSimulator {
  /** smtp://host:port */
  readonly url: string;
  readonly controlUrl: string;
  readonly switches: Switches;
  /** Newest first. */
  readonly mails: () => readonly CaughtMail[];
  close(): Promise<void>;
}

/** Enough to look back a day in a demo; it is a memory, not an archive. */
const KEPT = 200;
const TAG = /\+([a-z0-9_]+)(?:-[^@]*)?@/;

const REPLIES = {
  decline: { code: 550, text: '5.1.1 No such mailbox here' },
  rate_limit: { code: 451, text: '4.7.1 Greylisted, try again later' },
  error_5xx: { code: 554, text: '5.6.0 The message is refused' },
} as const satisfies Record<string, SmtpReply>;

class MailCatcher {
  readonly clock = new SimClock();
  readonly counters: Record<string, number> = { requests: 0, mail: 0, refused: 0 };
  readonly switches: Switches;
  readonly controlled: Controlled;
  readonly kept: CaughtMail[] = [];
  private seq = 0;
  /** What RCPT TO decided for the message that follows. */
  private readonly pending = new Map<string, Faults>();

  constructor(listener: () => SmtpListener | undefined) {
    this.switches = new Switches(
      ['mail'],
      async (forMs) => listener()?.goDown(forMs),
      async () => listener()?.comeBack(),
    );
    this.controlled = {
      name: 'mail',
      clock: this.clock,
      switches: this.switches,
      counters: this.counters,
      settings: () => ({}),
      changeSettings: async () => {},
      recentLog: (limit) => this.kept.slice(0, limit).map(({ seq, at, message_id }) => ({ seq, at, kind: 'mail', message_id })),
      clockMoved: async () => {},
      extra: (request) => this.extra(request),
    };
  }

  recipient(address: string): SmtpReply | typeof HANG_UP | null {
    this.count('requests');
    const faults = this.switches.decide({ kind: 'mail', operationId: address, metadata: TAG.exec(address)?.[1] });
    this.pending.set(address, faults);
    if (faults.drop_before !== undefined) return HANG_UP;
    const refusal = faults.decline !== undefined ? REPLIES.decline : faults.rate_limit !== undefined ? REPLIES.rate_limit : null;
    if (refusal) this.count('refused');
    return refusal;
  }

  async message(raw: Buffer, session: SMTPServerSession): Promise<SmtpReply | typeof HANG_UP | null> {
    const to = session.envelope.rcptTo[0]?.address ?? '';
    const faults = this.pending.get(to) ?? {};
    this.pending.delete(to);
    if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
    if (faults.error_5xx !== undefined) {
      this.count('refused');
      return REPLIES.error_5xx;
    }
    await this.keep(raw, to);
    return faults.drop_reply === undefined ? null : HANG_UP;
  }

  private async keep(raw: Buffer, to: string): Promise<void> {
    const mail = await PostalMime.parse(raw);
    const from = mail.from && 'address' in mail.from ? mail.from : undefined;
    this.kept.unshift({
      seq: ++this.seq,
      at: this.clock.now(),
      message_id: mail.messageId?.replace(/^<|>$/g, '') ?? randomUUID(),
      from: { name: from?.name ?? '', address: from?.address ?? '' },
      to,
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      headers: mail.headers.map(({ key, value }) => ({ name: key, value })),
      size: raw.length,
    });
    this.kept.length = Math.min(this.kept.length, KEPT);
    this.count('mail');
  }

  /** GET /_sim/mails, of one recipient with ?to=, with one Message-ID with ?message_id=: newest first. */
  private extra(request: SimRequest): SimReply | undefined {
    if (request.method !== 'GET' || request.path !== '/_sim/mails') return undefined;
    const query = new URLSearchParams(request.query);
    const [to, id] = [query.get('to'), query.get('message_id')];
    return json(200, {
      data: this.kept.filter((mail) => (to === null || mail.to === to) && (id === null || mail.message_id === id)),
    });
  }

  private count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }
}

/** Starts the mail server and its control listener. */
export async function startMailSimulator(options: MailOptions): Promise<MailSimulator> {
  const host = options.host ?? '127.0.0.1';
  let smtp: SmtpListener | undefined;
  const catcher = new MailCatcher(() => smtp);
  smtp = await listenSmtp(
    { recipient: (address) => catcher.recipient(address), message: (raw, session) => catcher.message(raw, session) },
    options.port,
    host,
  );
  const controls = await listen((request) => control(catcher.controlled, request), options.controlPort ?? 0, host);
  const listener = smtp;
  return {
    url: `smtp://${host}:${listener.port}`,
    controlUrl: controls.url,
    switches: catcher.switches,
    mails: () => catcher.kept,
    close: async () => {
      await Promise.all([listener.close(), controls.close()]);
    },
  };
}
