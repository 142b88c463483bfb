import { invite } from './fixtures/pages.ts';
import { expect, signIn, test } from './fixtures/test.ts';

const PASSWORD = 'three unrelated words';

test('somebody is invited, joins, works, and is out at once when an administrator shuts the door', async ({ as, visitor }) => {
  const email = `nina-${Date.now()}@example.com`;
  const admin = await as('admin');
  const url = await invite(admin, email);

  const page = await visitor();
  await page.goto(url);
  await page.getByLabel('Your name').fill('Nina Neu');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('status')).toContainText(email);

  await signIn(page, email, PASSWORD);
  await page.goto('/orders');
  await expect(page.getByRole('row').nth(1)).toBeVisible();

  await admin.goto(`/settings/users?q=${encodeURIComponent(email)}`);
  await admin.getByRole('row').filter({ hasText: email }).getByRole('button', { name: 'More actions' }).click();
  await admin.getByRole('menuitem', { name: 'Disable' }).click();
  await expect(admin.getByRole('row').filter({ hasText: email })).toContainText('Disabled');

  await page.goto('/orders');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a person sees their sessions and ends the others', async ({ as, visitor }) => {
  const email = `twice-${Date.now()}@example.com`;
  const url = await invite(await as('admin'), email);
  const first = await visitor();
  await first.goto(url);
  await first.getByLabel('Your name').fill('Tom Twice');
  await first.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await first.getByRole('button', { name: 'Create account' }).click();
  await expect(first.getByRole('status')).toContainText(email);
  await signIn(first, email, PASSWORD);
  const second = await visitor();
  await signIn(second, email, PASSWORD);

  await second.goto('/settings/profile');
  await second.getByRole('button', { name: 'End all others' }).click();
  await expect(second.getByText('The session has ended.')).toBeVisible();
  await first.goto('/orders');
  await expect(first).toHaveURL(/\/sign-in/);
});
