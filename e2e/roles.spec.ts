import { NAVIGATION, navigationFor } from '../components/navigation.ts';
import { translate } from '../components/ui/messages/catalogue.ts';
import { ROLES, type Role } from '../server/kernel/vocabulary.ts';
import { demoUser, expect, signIn, test } from './fixtures/test.ts';

/** What only stands on this role's home. */
const HOME: Readonly<Record<Role, RegExp>> = {
  admin: /Health/,
  agent: /Needs a person/,
  warehouse: /Waiting to ship/,
  fraud_analyst: /Needs a person/,
  finance: /Open refunds/,
  merchant: /Sales/,
  customer: /My orders/,
};

for (const role of ROLES) {
  test(`${role}: signs in, comes home, sees its entries, and nothing of what is not theirs`, async ({ visitor }) => {
    const page = await visitor();
    const { email, password } = demoUser(role);
    await signIn(page, email, password);
    await expect(page.getByRole('main')).toContainText(HOME[role]);

    const expected = navigationFor(role, true).map((entry) => translate('en', entry.label));
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('listitem').getByRole('link');
    await expect(links).toHaveText(expected.map((label) => new RegExp(`^${label}`)));

    const foreign = NAVIGATION.filter((entry) => !entry.roles.includes(role));
    for (const entry of foreign) {
      await page.goto(entry.href);
      await expect(page.getByRole('main').getByRole('alert').first(), `${role} at ${entry.href}`).toBeVisible();
      await expect(page.getByRole('row'), `${role} at ${entry.href}`).toHaveCount(0);
    }
  });
}

test('nobody signed in is sent to the sign-in page, and comes back to where they wanted to go', async ({ visitor }) => {
  const page = await visitor();
  await page.goto('/orders?view=held');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  const { email, password } = demoUser('agent');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/orders\?view=held/);
});

test('another merchant’s order is not there for a merchant', async ({ as }) => {
  const admin = await as('admin');
  await admin.goto('/orders?sort=placed_at'); // the oldest are the demo's, whoever came since
  const foreign = admin.getByRole('row').filter({ hasText: 'Harbour & Lane' }).first();
  const number = (await foreign.getByRole('link').first().textContent()) ?? '';
  const merchant = await as('merchant');
  await merchant.goto(`/orders/${number}`);
  await expect(merchant.getByRole('main').getByRole('alert')).toContainText('There is nothing here');
  await expect(merchant.getByRole('main')).not.toContainText('Harbour');
});
