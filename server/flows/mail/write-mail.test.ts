import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAIL_LOCALES, mailLocale } from '../../domains/notifications/rules.ts';
import type { MailContent, MailOrder, OrderConfirmed } from './content.ts';
import { mailMoney } from './format.ts';
import { CANNED, MAIL_WORDS } from './words.ts';
import { oneLine, writeMail } from './write-mail.ts';

const order: MailOrder = {
  number: 'EU-10432',
  merchantName: 'Nordlicht',
  customerName: 'Nora Prüfer',
  currency: 'EUR',
  trackingUrl: 'https://shop.example/track/abc.def',
};
const returned = {
  ...{ returnNumber: 'EU-A1', items: [{ name: 'Tent', units: 1 }], sendBy: new Date('2026-12-11T11:00:00Z') },
  ...{ labelUrl: 'https://carrier.example/label', declineReason: 'It was worn', resolution: 'refund' },
  ...{ dueMinor: 19_999n, exchangedMinor: 500n, keptMinor: 100n, refundMinor: 19_399n, chargeMinor: 0n, advanceMinor: 500n },
};
const confirmed: OrderConfirmed = {
  kind: 'order_confirmed',
  order,
  later: [],
  placedAt: new Date('2026-11-27T10:00:00Z'),
  lines: [
    { kind: 'item', name: 'Two person tent', quantity: 2, totalMinor: 39_998n },
    { kind: 'shipping', name: 'Standard', quantity: 1, totalMinor: 490n },
  ],
  totalMinor: 40_488n,
  taxMinor: 6_464n,
  discountMinor: 1_000n,
  shipTo: ['Nora Prüfer', 'Seestraße 4', '24103 Kiel'],
  country: 'DE',
};
const link = 'https://shop.example/sign-in/reset?token=t';
const mine = { customerName: 'Carla Rossi', amountMinor: 1_250n, currency: 'EUR', url: 'https://shop.example/account/wallet' };
const EVERY: readonly MailContent[] = [
  confirmed,
  { kind: 'action_required', order, totalMinor: 40_488n, url: 'https://bank.example/ask' },
  { kind: 'shipped', order, parcel: { carrier: 'Simpost', trackingNumber: 'SP1', items: [{ name: 'Tent', units: 2 }] } },
  { kind: 'delivered', order, parcel: { carrier: null, trackingNumber: null, items: [{ name: 'Tent', units: 2 }] } },
  { kind: 'order_cancelled', order, reason: 'out_of_stock', charged: true },
  { kind: 'units_cancelled', order, reason: 'fraud', items: [{ name: 'Tent', units: 1 }], valueMinor: 19_999n },
  {
    kind: 'order_edited',
    order,
    came: [{ name: 'Lamp', units: 1 }],
    went: [{ name: 'Tent', units: 1 }],
    beforeMinor: 40_488n,
    afterMinor: 21_989n,
  },
  {
    kind: 'edit_to_pay',
    order,
    amountMinor: 1_999n,
    until: new Date('2026-11-29T11:00:00Z'),
    url: 'https://shop.example/waiting/t',
  },
  { kind: 'refunded', order, refundNumber: 'EU-R1', amountMinor: 19_999n },
  ...(['return_requested', 'return_approved', 'return_declined', 'return_received', 'return_settled', 'return_due'] as const).map(
    (kind): MailContent => ({ kind, order, ...returned }),
  ),
  { kind: 'message', order, subject: 'A word', body: 'Hello,\n\nit takes a day.' },
  { kind: 'payment_link', merchantName: 'Nordlicht', totalMinor: 40_488n, currency: 'EUR', url: 'https://shop.example/pay/t' },
  { kind: 'money_received', ...mine, person: 'Ben Carter', asked: false },
  { kind: 'money_received', ...mine, person: 'Ben Carter', asked: true },
  { kind: 'money_requested', ...mine, person: 'Ben Carter', expiresAt: new Date('2026-12-11T11:00:00Z') },
  { kind: 'bank_top_up', ...mine },
  { kind: 'withdrawal_failed', ...mine, account: { country: 'DE', last4: '3000' }, closed: false },
  { kind: 'withdrawal_returned', ...mine, account: { country: 'DE', last4: '3000' }, closed: true },
  {
    kind: 'stock_digest',
    merchantName: 'Acme',
    low: [{ code: 'MUG', name: 'Mug', node: null, point: 10 }],
    lowCount: 1,
    expiring: [{ code: 'TEA', name: 'Tea', node: 'HAM', lot: 'L-1', expiresOn: '2026-12-11', units: 4 }],
    expiringCount: 1,
    url: link,
  },
  { kind: 'reset_link', url: link, expiresAt: new Date('2026-11-27T11:00:00Z'), from: null },
  { kind: 'invitation', url: link, expiresAt: new Date('2026-12-04T11:00:00Z'), from: 'Ana' },
];

describe.each(MAIL_LOCALES)('every mail in %s', (locale) => {
  test.each(EVERY.map((content) => [content.kind, content] as const))(
    '%s says the same as HTML and as text',
    (_kind, content) => {
      const mail = writeMail(content, locale);
      expect(mail.subject.length).toBeGreaterThan(0);
      expect(mail.subject.length).toBeLessThanOrEqual(60);
      expect(mail.html).toContain(`<html lang="${locale}">`);
      const visible = mail.html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ');
      const links = mail.text.match(/https?:\S+/g) ?? [];
      for (const link of links) expect(mail.html).toContain(`href="${link}"`);
      for (const word of mail.text.replace(/https?:\S+/g, '').match(/[\p{L}\p{N}]{3,}/gu) ?? [])
        expect(visible, word).toContain(word);
    },
  );

  test('nothing is loaded: no picture, font, script or sheet from anywhere', () => {
    for (const content of EVERY)
      expect(writeMail(content, locale).html).not.toMatch(/<(img|script|link|iframe|object|form|base)\b|url\(|@import|\son\w+=/i);
  });

  test('every canned message names the order and ends with the merchant', () => {
    for (const name of CANNED) {
      const vars = { greeting: MAIL_WORDS[locale].greeting(null), number: 'EU-1', merchant: 'Nordlicht' };
      const { subject, body } = MAIL_WORDS[locale].canned[name];
      expect(subject(vars)).toContain('EU-1');
      expect(body(vars)).toMatch(/Nordlicht$/);
      expect(body(vars)).not.toMatch(/undefined|null|\{/);
    }
  });
});

test('the words and the formats are those of the customer’s language', () => {
  expect(writeMail(confirmed, 'de-AT')).toMatchObject({ sender: 'Nordlicht', subject: 'Bestellung EU-10432 bestätigt' });
  expect(writeMail(confirmed, 'de').text).toMatch(/Summe \.+ 404,88\s€/);
  expect(writeMail(confirmed, 'en').text).toMatch(/Total \.+ €404\.88/);
  expect(writeMail(confirmed, 'de').text).toContain('27. November 2026');
  expect(writeMail(confirmed, 'de').text).toContain('Deutschland');
  expect(writeMail(confirmed, 'fr').subject).toBe('Order EU-10432 confirmed');
  expect(mailLocale('DE_ch')).toBe('de');
});

test('amounts have the digits of their currency', () => {
  expect(mailMoney(1_200n, 'JPY', 'en')).toBe('¥1,200');
  expect(mailMoney(1_234n, 'KWD', 'en').replace(/\s/, ' ')).toBe('KWD 1.234');
  expect(mailMoney(9_007_199_254_740_993n, 'EUR', 'en')).toBe('€90,071,992,547,409.93');
});

test('the lines of an order add up to its total, or there is no mail', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 }), fc.bigInt(-1n, 1n), (totals, off) => {
      const lines = totals.map((totalMinor, index) => ({ kind: 'item' as const, name: `L${index}`, quantity: 1, totalMinor }));
      const totalMinor = totals.reduce((sum, one) => sum + one, 0n) + off;
      const write = () => writeMail({ ...confirmed, lines, totalMinor }, 'en');
      if (off === 0n) expect(write().text).toContain(mailMoney(totalMinor, 'EUR', 'en'));
      else expect(write).toThrow('add up');
    }),
  );
});

test('what comes from outside cannot become markup, wherever it stands', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;
  const shaped = { ...order, merchantName: evil, customerName: evil, number: evil };
  for (const content of [
    { ...confirmed, order: shaped, lines: [{ kind: 'item', name: evil, quantity: 1, totalMinor: 40_488n }], shipTo: [evil] },
    { kind: 'message', order: shaped, subject: evil, body: evil },
    { kind: 'shipped', order: shaped, parcel: { carrier: evil, trackingNumber: evil, items: [{ name: evil, units: 1 }] } },
    { kind: 'invitation', url: link, expiresAt: new Date(), from: evil },
    { kind: 'money_received', ...mine, customerName: evil, person: evil, asked: false },
  ] as const satisfies readonly MailContent[]) {
    const { html } = writeMail(content, 'en');
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script&gt;');
    expect(html).toContain('&amp;amp;');
  }
});

test('a link that runs something is no link', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'not an address'])
    expect(() => writeMail({ kind: 'payment_link', merchantName: 'N', totalMinor: 1n, currency: 'EUR', url }, 'en')).toThrow();
});

test('no text can start another header', () => {
  const { subject, sender } = writeMail(
    {
      kind: 'message',
      order: { ...order, merchantName: 'Nord\r\nBcc: all@x.example' },
      subject: 'Hi\r\nBcc: b@x.example',
      body: 'x',
    },
    'en',
  );
  expect(`${subject}${sender}`).not.toMatch(/[\r\n]/);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\r\n\0]/.test(oneLine(text)) && oneLine(text).length <= 150));
});
