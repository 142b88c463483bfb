import type { Page } from '@playwright/test';
import { DEMO_USERS } from '../server/platform/auth/demo-users.ts';
import { violationsOn } from './fixtures/axe.ts';
import { choose } from './fixtures/choose.ts';
import { typeCard } from './fixtures/shop.ts';
import { bank, mail } from './fixtures/simulators.ts';
import { demoUser, expect, signIn, test } from './fixtures/test.ts';

// All of the wallet is in one file: tests of one file run one after the other, and these measure the same person's balance.

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** How late the bank's messages come. */
const LATE_MS = 2_000;

/** The demo's second customer, on a phone of their own. */
async function friendOf(visitor: (options?: object) => Promise<Page>): Promise<Page> {
  const friend = DEMO_USERS.filter((user) => user.role === 'customer')[1];
  if (!friend) throw new Error('The demo has two customers');
  const page = await visitor(PHONE);
  await signIn(page, friend.email, friend.password);
  return page;
}

/** The euros in the wallet that the page shows. */
async function euros(page: Page): Promise<number> {
  return Number(((await page.getByTestId('balance').textContent()) ?? '').replaceAll(/[^\d.]/g, ''));
}

async function fresh(page: Page): Promise<number> {
  await page.goto('/account/wallet');
  return euros(page);
}

const noProblems = async (page: Page) => expect(await violationsOn(page)).toEqual([]);

test('money goes to a friend whose page moves by itself, and a request is paid', async ({ as, visitor }) => {
  const [carla, ben] = [await as('customer', PHONE), await friendOf(visitor)];
  const before = await fresh(ben);

  const carlaBefore = await fresh(carla);
  await carla.getByRole('link', { name: 'Send', exact: true }).click();
  await carla.getByLabel('E-mail or handle').fill('@nobody_here');
  await carla.getByRole('button', { name: 'Continue' }).click();
  await expect(carla.getByText('Nobody is called @nobody_here.')).toBeVisible();
  await carla.getByLabel('E-mail or handle').fill('@ben');
  await carla.getByRole('button', { name: 'Continue' }).click();

  await expect(carla.getByRole('heading', { name: 'How much?' })).toBeVisible();
  for (const key of ['3', '.', '2', '5'])
    await carla.getByRole('group', { name: 'Digits' }).getByRole('button', { name: key, exact: true }).click();
  await carla.getByLabel('What for? (optional)').fill('Ice cream');
  await noProblems(carla);
  await carla.getByRole('button', { name: 'Review' }).click();
  await expect(carla.getByText('“Ice cream”')).toBeVisible();
  await noProblems(carla);
  await carla.getByRole('button', { name: 'Send €3.25' }).dblclick();
  await expect(carla.getByText('Ben Carter has your €3.25.')).toBeVisible();
  await noProblems(carla);

  await expect(ben.getByText('€3.25 from Carla Rossi'), 'the friend is told').toBeVisible();
  await expect.poll(() => euros(ben)).toBeCloseTo(before + 3.25, 2);
  await expect(ben.getByText('Ice cream')).toBeVisible();
  const read = async () => (await mail.to('friend@waybill.example')).map(({ subject }) => subject);
  await expect.poll(read, 'and reads of it').toContain('Carla Rossi sent you €3.25');

  await ben.getByRole('link', { name: 'Ask', exact: true }).click();
  await ben.getByRole('button', { name: 'Carla Rossi' }).click();
  await ben.getByRole('textbox', { name: /^Amount in EUR/ }).fill('1.50');
  await ben.getByRole('button', { name: 'Review' }).click();
  await ben.getByRole('button', { name: 'Ask for €1.50' }).click();
  await expect(ben.getByText(/^Carla Rossi is asked for €1.50/)).toBeVisible();

  await carla.getByRole('link', { name: 'Back to wallet' }).click();
  await carla.getByRole('link', { name: /Ben Carter asks you.*€1\.50/s }).click();
  await carla.getByRole('button', { name: 'Pay €1.50' }).click();
  await expect(carla.getByText('Paid', { exact: true })).toBeVisible();
  await carla.goto('/account/wallet');
  await expect.poll(() => euros(carla)).toBeCloseTo(carlaBefore - 4.75, 2);
});

test('what is over a limit is refused with its reason, and a frozen wallet until it is unfrozen', async ({ visitor }) => {
  const ben = await friendOf(visitor);
  await ben.goto('/account/wallet/send');
  await ben.getByLabel('E-mail or handle').fill('customer@waybill.example');
  await ben.getByRole('button', { name: 'Continue' }).click();
  const amount = ben.getByRole('textbox', { name: /^Amount in EUR/ });
  await amount.fill('250.01');
  await expect(ben.getByText('At most €250.00 at a time.')).toBeVisible();
  await expect(ben.getByRole('button', { name: 'Review' })).toBeDisabled();
  await ben.goBack();
  await ben.goto('/account/wallet');

  await ben.getByRole('button', { name: 'Freeze' }).click();
  await ben.getByRole('dialog').getByRole('button', { name: 'Freeze', exact: true }).click();
  await expect(ben.getByText('You froze this wallet.')).toBeVisible();
  const send = ben.getByRole('button', { name: 'Send' });
  await expect(send).toHaveAttribute('aria-disabled', 'true');
  await expect(send).toHaveAccessibleDescription('This wallet is frozen');
  await noProblems(ben);
  await ben.getByRole('status').getByRole('button', { name: 'Unfreeze' }).click();
  await ben.getByRole('dialog').getByRole('button', { name: 'Unfreeze', exact: true }).click();
  await expect(ben.getByRole('link', { name: 'Send', exact: true })).toBeVisible();
});

test('a wallet in another currency is opened; staff freeze it and say why, and its owner is told', async ({ as }) => {
  const [carla, agent] = [await as('customer'), await as('agent')];
  await carla.goto('/account/wallet');
  await carla.getByRole('button', { name: 'Another currency' }).click();
  await choose(carla.getByRole('combobox', { name: 'Currency' }), /GBP/);
  await carla.getByRole('button', { name: 'Open a GBP wallet' }).click();
  await expect(carla.getByTestId('balance')).toHaveText('£0.00');

  await agent.goto('/wallets?q=%40carla&currency=GBP');
  await agent.getByRole('row').getByRole('link', { name: 'Carla Rossi' }).click();
  await agent.getByRole('button', { name: 'Freeze' }).click();
  const dialog = agent.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('The phone was stolen');
  await dialog.getByRole('button', { name: 'Freeze', exact: true }).click();
  await expect(agent.getByText('Frozen by us: The phone was stolen')).toBeVisible();
  await expect(carla.getByText('We froze this wallet. Write to us to find out why.'), 'the page moves by itself').toBeVisible();
});

test('a transfer from the bank is announced, and the balance moves by itself when the late message comes', async ({ as }) => {
  const page = await as('customer', PHONE);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Top up', exact: true }).click();
  await page.getByLabel('Amount').fill('25');
  await page.getByText('By bank transfer').click();
  await page.getByRole('button', { name: 'Show where to transfer to' }).click();
  await expect(page.getByText('Waits for your transfer')).toBeVisible();
  const reference = ((await page.getByText(/^RF\d\d /).textContent()) ?? '').replaceAll(' ', '');
  await bank.calm(false, LATE_MS);
  try {
    const { id } = await bank.payIn(reference, 2_500);
    await expect(page.getByText('Arriving', { exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'Back to wallet' }).click();
    await expect(page.getByText('Arriving', { exact: true })).toBeVisible();
    expect(await euros(page)).toBe(before);
    await bank.settle(id);
    await expect.poll(() => euros(page), { timeout: 60_000 }).toBe(before + 25);
    await expect(page.getByText('Arriving', { exact: true })).toBeHidden();
  } finally {
    await bank.calm(true, 0);
  }
});

test('a card tops the wallet up, and what the limits refuse is said before anything is asked', async ({ as }) => {
  const page = await as('customer', PHONE);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Top up', exact: true }).click();
  await page.getByLabel('Amount').fill('9999999');
  await expect(page.getByText(/more than the limits/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Top up/ })).toBeDisabled();
  await page.getByLabel('Amount').fill('12.50');
  await typeCard(page, '4242 4242 4242 4242');
  await page.getByRole('button', { name: 'Top up €12.50' }).click();
  await expect(page.getByText('Credited', { exact: true })).toBeVisible();
  expect(await fresh(page)).toBe(before + 12.5);
});

test('money is withdrawn to an account whose number is checked while it is typed', async ({ visitor }) => {
  // An account is added by who signed in just now.
  const page = await visitor(PHONE);
  await signIn(page, demoUser('customer').email, demoUser('customer').password);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Withdraw', exact: true }).click();
  // An account that was added before is offered; this one is new.
  const another = page.getByRole('button', { name: 'Use another account' });
  await expect(another.or(page.getByLabel('IBAN'))).toBeVisible();
  if (await another.isVisible()) await another.click();
  await page.getByLabel('Account holder').fill('Carla Rossi');
  await page.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 01');
  await page.getByLabel('IBAN').blur();
  await expect(page.getByText('This number has a typing error.')).toBeVisible();
  await page.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00');
  await page.getByRole('button', { name: 'Add this account' }).click();
  await page.getByLabel('Amount').fill('5');
  await page.getByRole('button', { name: 'Withdraw €5.00' }).click();
  await expect(page.getByText(/It is on its way/)).toBeVisible();
  await page.getByRole('link', { name: 'Back to wallet' }).click();
  await expect.poll(() => euros(page), { timeout: 30_000 }).toBe(before - 5);
});
