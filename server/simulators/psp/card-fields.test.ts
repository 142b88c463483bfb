import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PspSimulator, startPspSimulator } from './server.ts';

const SHOP = 'http://localhost:3000';
const SECRETS = { secretKey: 'sk_test_sim', webhookSecret: 'whsec_sim', publishableKey: 'pk_test_sim' };
const VISA = { 'card[number]': '4242 4242 4242 4242', 'card[exp_month]': '12', 'card[exp_year]': '34', 'card[cvc]': '123' };

let psp: PspSimulator;
beforeEach(async () => {
  psp = await startPspSimulator({ port: 0, ...SECRETS, parents: [SHOP] });
});
afterEach(() => psp.close());

async function post(path: string, fields: Record<string, string>, key: string) {
  const reply = await fetch(`${psp.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: new URLSearchParams(fields),
  });
  return { status: reply.status, body: await reply.json() };
}
const tokenize = (fields: Record<string, string> = {}) => post('/v1/payment_methods', { ...VISA, ...fields }, 'pk_test_sim');
const authorize = (token: string, key = 'sk_test_sim') =>
  post('/v1/payment_intents', { amount: '1240', currency: 'eur', payment_method: token, confirm: 'true' }, key);

describe('card fields', () => {
  test('are shown to the sites they are made for, and may be framed by those only', async () => {
    const page = await fetch(`${psp.url}/elements/card?parent=${encodeURIComponent(SHOP)}&lang=de&scheme=dark`);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${SHOP}`);
    const text = await page.text();
    expect(text).toContain('Kartennummer');
    expect(text).toContain('data-scheme="dark"');
    expect((await fetch(`${psp.url}/elements/card?parent=https://evil.example`)).status).toBe(403);
    expect((await fetch(`${psp.url}/elements/card.js`)).headers.get('content-type')).toContain('text/javascript');
  });

  test('become a token that pays as the card does', async () => {
    const { body } = await tokenize();
    expect(body).toMatchObject({ object: 'payment_method', card: { brand: 'visa', last4: '4242' } });
    expect(await authorize(body.id)).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    const declined = await tokenize({ 'card[number]': '4000000000009995' });
    expect(await authorize(declined.body.id)).toMatchObject({
      status: 402,
      body: { error: { decline_code: 'insufficient_funds' } },
    });
    const challenged = await tokenize({ 'card[number]': '4000000000003220' });
    expect(await authorize(challenged.body.id)).toMatchObject({ status: 200, body: { status: 'requires_action' } });
  });

  test('leave no number behind: nobody can pay with one, and nothing that is kept holds one', async () => {
    await tokenize();
    expect((await authorize('4242424242424242')).status).toBe(400);
    expect(JSON.stringify([...psp.state.methods])).not.toContain('4242424242424242');
  });

  test.each([
    ['a wrong check digit', { 'card[number]': '4242424242424241' }, 'incorrect_number'],
    ['a card that could be somebody’s', { 'card[number]': '4111111111111111' }, 'not_a_test_card'],
    ['a month that is over', { 'card[exp_year]': '20' }, 'invalid_expiry_year'],
    ['a month that is none', { 'card[exp_month]': '13' }, 'invalid_expiry_month'],
    ['a short security code', { 'card[cvc]': '12' }, 'invalid_cvc'],
    ['the code of another brand', { 'card[number]': '378282246310005' }, 'invalid_cvc'],
  ])('are refused with %s', async (_, fields, code) => {
    expect(await tokenize(fields)).toMatchObject({ status: 402, body: { error: { code } } });
    expect(psp.state.methods.size).toBe(0);
  });

  test('are all that the publishable key opens', async () => {
    expect((await authorize('pm_card_visa', 'pk_test_sim')).status).toBe(401);
    expect((await post('/v1/payment_methods', VISA, 'sk_other')).status).toBe(401);
  });
});

test('the challenge page says what is paid as people read it, in their language', async () => {
  const fields = { amount: '1240', currency: 'eur', payment_method: 'pm_card_threeDSecure2Required', confirm: 'true' };
  const { body } = await post('/v1/payment_intents', fields, 'sk_test_sim');
  const { url } = body.next_action.redirect_to_url;
  expect(await (await fetch(url)).text()).toContain('€12.40');
  const german = await fetch(url, { headers: { 'accept-language': 'de-AT,de;q=0.9' } });
  expect(await german.text()).toContain('12,40\u00a0€');
});
