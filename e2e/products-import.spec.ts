import { expect, test } from './fixtures/test.ts';

/** A file as a shop would send it: two good lines, one without a price, one code twice. */
const csv = (mark: string) =>
  ['sku,name,price', `${mark}-A,Kettle,19.90`, `${mark}-B,Cup,4.50`, `${mark}-C,Saucer,`, `${mark}-B,Cup again,5.00`].join('\n');

test('a product file is shown first, line by line; what is refused says why, and only the rest comes in', async ({ as }) => {
  const mark = `IMP${Date.now()}`;
  const page = await as('merchant');
  await page.goto('/products');
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import products' });
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'CSV file' }).click();
  await (await chooser).setFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(csv(mark)) });

  const rejected = dialog.getByRole('region', { name: /^Rejected lines/ });
  await expect(rejected.getByRole('row').filter({ hasText: `${mark}-C` })).toContainText(/price/i);
  const verb = dialog.getByRole('button', { name: /^Import \d+ products?$/ });
  await expect(verb).toHaveAttribute('aria-disabled', 'true');
  await expect(verb).toHaveAccessibleDescription(/Correct the rejected lines/);

  await dialog.getByRole('checkbox', { name: /Import the accepted lines/ }).check();
  await verb.click();
  await expect(dialog).toBeHidden();

  await page.goto(`/products?q=${mark}`);
  await expect(page.getByRole('row').filter({ hasText: `${mark}-A` })).toContainText('€19.90');
  await expect(page.getByRole('row').filter({ hasText: `${mark}-C` })).toHaveCount(0);
});
