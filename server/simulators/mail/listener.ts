import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/** A refusal in SMTP's words. */
export interface SmtpReply {
  readonly code: number;
  readonly text: string;
}
/** Break the connection instead of answering. */
export const HANG_UP = 'hang up';
type Answer = SmtpReply | typeof HANG_UP | null;

export interface SmtpHandler {
  /** After RCPT TO; null takes the recipient. */
  readonly recipient: (address: string) => Answer;
  /** After the message; null takes it. */
  readonly message: (raw: Buffer, session: SMTPServerSession) => Promise<Answer>;
}

export interface SmtpListener {
  readonly port: number;
  /** Refuses connections for that long, as a host that is down does; open ones are broken. */
  goDown(forMs: number): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const SIZE_LIMIT = 2 * 1024 * 1024;

const failure = ({ code, text }: SmtpReply): Error => Object.assign(new Error(text), { responseCode: code });

async function read(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** An SMTP server that can really go away and come back. Port 0 takes any free one and keeps it. */
export async function listenSmtp(handler: SmtpHandler, port: number, host = '127.0.0.1'): Promise<SmtpListener> {
  let server: SMTPServer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let actual = port;

  const hangUp = (session: SMTPServerSession): void => {
    for (const connection of server?.connections ?? []) if (connection.session === session) connection._socket.destroy();
  };
  const settle = (answer: Answer, session: SMTPServerSession, callback: (error?: Error | null) => void): void => {
    if (answer === HANG_UP) hangUp(session);
    else callback(answer === null ? null : failure(answer));
  };
  const open = async (): Promise<void> => {
    const next = new SMTPServer({
      banner: 'Waybill catches mail',
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 1,
      size: SIZE_LIMIT,
      onRcptTo: ({ address }, session, callback) => settle(handler.recipient(address), session, callback),
      onData: (stream, session, callback) => {
        read(stream)
          .then((raw) => handler.message(raw, session))
          .then((answer) => settle(answer, session, callback), callback);
      },
    });
    // A client that goes away in the middle is what this is for.
    next.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      next.server.once('error', reject);
      next.listen(actual, host, () => {
        next.server.off('error', reject);
        resolve();
      });
    });
    actual = (next.server.address() as AddressInfo).port;
    server = next;
  };
  const shut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    for (const connection of closing.connections) connection._socket.destroy();
    await new Promise<void>((resolve) => closing.close(() => resolve()));
  };
  await open();
  const comeBack = async () => {
    clearTimeout(timer);
    if (!server) await open();
  };
  return {
    port: actual,
    comeBack,
    goDown: async (forMs) => {
      clearTimeout(timer);
      timer = setTimeout(() => void comeBack(), forMs);
      await shut();
    },
    close: async () => {
      clearTimeout(timer);
      await shut();
    },
  };
}
