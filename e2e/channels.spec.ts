import { marketplace } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

test('a marketplace that has another number is found out, told ours again, and agrees', async ({ as }) => {
  const merchant = await as('merchant');
  await merchant.goto('/channels');
  await merchant.getByRole('main').getByRole('link', { name: 'Bazaar' }).click();
  await expect(merchant.getByRole('heading', { level: 1, name: 'Bazaar' })).toBeVisible();
  const connection = new URL(merchant.url()).pathname.split('/').at(-1) ?? '';
  const { listing_id: sku } = await marketplace.drift(connection, 4);

  const differences = merchant.getByRole('region', { name: /^Differences/ });
  const row = differences.getByRole('row').filter({ has: merchant.getByText(sku, { exact: true }) });
  await merchant.getByRole('button', { name: 'Compare now' }).click();
  await expect(row.first()).toContainText('Another quantity', { timeout: 15_000 });

  await row
    .first()
    .getByRole('button', { name: `Answer the difference of ${sku}` })
    .click();
  const dialog = merchant.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Send ours again' }).click();
  await expect(dialog).toBeHidden();
  await expect(row.first()).toContainText('Sent again');

  // What was wrong over there is right again, and the next report finds nothing of it.
  await merchant.getByRole('button', { name: 'Compare now' }).click();
  await expect.poll(() => marketplace.isAsTold(connection, sku)).toBe(true);
  await expect(row).toHaveCount(1);
});
