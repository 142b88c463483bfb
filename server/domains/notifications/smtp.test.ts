import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { type MailSimulator, startMailSimulator } from '../../simulators/mail/server.ts';
import { createMailTransport, type OutgoingMail } from './provider.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});

async function catcher(): Promise<MailSimulator> {
  const started = await startMailSimulator({ port: 0 });
  open.push(started);
  return started;
}

const FROM = 'orders@shop.example';
const MAIL: OutgoingMail = {
  messageId: '0193-1@shop.example',
  fromName: 'Acme',
  to: 'ana@customer.example',
  subject: 'Order EU-1 confirmed',
  html: '<p>Grüße · 12,00 €</p>',
  text: 'Grüße · 12,00 €',
  date: new Date('2026-11-27T10:00:00Z'),
  automatic: true,
};

describe('what is sent', () => {
  test('arrives as it was written, in both shapes, with the notice’s id and no second recipient', async () => {
    const { url, mails } = await catcher();
    const outcome = await createMailTransport({ url, from: FROM }).send(MAIL);
    expect(outcome).toEqual({ kind: 'accepted', answer: expect.stringMatching(/^250 /) });
    expect(mails()).toHaveLength(1);
    expect(mails()[0]).toMatchObject({
      from: { name: 'Acme', address: FROM },
      to: MAIL.to,
      subject: MAIL.subject,
      message_id: MAIL.messageId,
      text: expect.stringContaining(MAIL.text),
      html: expect.stringContaining(MAIL.html),
    });
  });

  test('a name and a subject that would be headers are text', async () => {
    const { url, mails } = await catcher();
    const evil = 'Acme\r\nBcc: all@x.example\r\n\r\nbody';
    await createMailTransport({ url, from: FROM }).send({ ...MAIL, fromName: evil, subject: evil });
    const names = mails()[0]?.headers.map((header) => header.name);
    expect(names).not.toContain('bcc');
    expect(names).toContain('auto-submitted');
    expect(mails()[0]?.text.trim()).toBe(MAIL.text);
  });

  test('a message of a person asks for answers', async () => {
    const { url, mails } = await catcher();
    await createMailTransport({ url, from: FROM }).send({ ...MAIL, automatic: false });
    expect(mails()[0]?.headers.map((header) => header.name)).not.toContain('auto-submitted');
  });
});

describe('what an answer means', () => {
  test.each([
    ['decline', 'refused', /5\.1\.1/],
    ['error_5xx', 'refused', /^554 /],
    ['rate_limit', 'deferred', /4\.7\.1/],
    ['drop_before', 'deferred', /closed/],
    ['drop_reply', 'unknown', /closed/],
  ] as const)('%s is %s', async (fault, kind, answer) => {
    const { url, switches } = await catcher();
    await switches.set({ [fault]: { next: 1 } });
    const transport = createMailTransport({ url, from: FROM });
    expect(await transport.send(MAIL)).toEqual({ kind, answer: expect.stringMatching(answer) });
  });

  test('a server that is down, and one that nobody knows, took nothing', async () => {
    const { url, switches } = await catcher();
    await switches.set({ down: { for_ms: 60_000 } });
    expect(await createMailTransport({ url, from: FROM }).send(MAIL)).toMatchObject({ kind: 'deferred' });
    const nowhere = createMailTransport({ url: 'smtp://no-such-host.invalid:25', from: FROM, silenceMs: 3_000 });
    expect(await nowhere.send(MAIL)).toMatchObject({ kind: 'deferred' });
  });

  test('whoever is asked to stop leaves before the mail is handed over, and waits after it', async () => {
    const { url, switches, mails } = await catcher();
    const transport = createMailTransport({ url, from: FROM });
    expect(await transport.send(MAIL, AbortSignal.abort())).toMatchObject({ kind: 'deferred' });
    expect(mails()).toHaveLength(0);
    await switches.set({ slow_ms: { value: 300 } });
    const stop = new AbortController();
    const sending = transport.send(MAIL, stop.signal);
    await expect.poll(() => switches.fired.slow_ms).toBe(1);
    stop.abort();
    expect((await sending).kind).not.toBe('unknown');
  });
});

describe('a server that wants a login', () => {
  async function closed(): Promise<string> {
    const server = new SMTPServer({
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      authMethods: ['PLAIN'],
      onAuth: ({ username, password }, _session, done) =>
        username === 'wayb@ill' && password === 'p/w:d' ? done(null, { user: username }) : done(new Error('No')),
      onData: (stream, _session, done) => stream.resume().on('end', done),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise<void>((resolve) => server.close(resolve)) });
    return `127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  }

  test('is given the one of the address', async () => {
    const at = await closed();
    const url = `smtp://${encodeURIComponent('wayb@ill')}:${encodeURIComponent('p/w:d')}@${at}`;
    expect(await createMailTransport({ url, from: FROM }).send(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  test('and refuses it has refused no mail: it is tried again when the password is right', async () => {
    const url = `smtp://wayb:wrong@${await closed()}`;
    const outcome = await createMailTransport({ url, from: FROM }).send(MAIL);
    expect(outcome.kind).toBe('deferred');
    expect(outcome.answer).not.toContain('wrong');
  });
});

test('an address of another scheme is refused with a sentence', () => {
  expect(() => createMailTransport({ url: 'https://mail.example', from: FROM })).toThrow(
    'SMTP_URL starts with smtp:// or smtps://',
  );
});
