import type { Page } from '@playwright/test';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

async function jump(page: Page, open: string, query: string, to: RegExp | string): Promise<void> {
  // The home has a search of its own under the slash.
  await page.goto(open === '/' ? '/approvals' : '/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press(open);
  await page.getByRole('textbox', { name: 'Search or jump to…' }).fill(query);
  await page.getByRole('dialog').getByRole('button', { name: to }).first().click();
}

test('the palette and the slash find an order by all that people know it by', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const email = `find-${Date.now()}@example.com`;
  const last4 = String(1000 + (Date.now() % 9000));
  const placed = await rest.placeOrder({ email, sku, token: `pm_sim_visa_${last4}`, wait: 20 });
  const admin = await as('admin');
  await admin.goto(`/orders/${placed.number}`);
  await admin.getByRole('button', { name: 'Ship', exact: true }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Ship 1 unit' }).click();
  await expect.poll(async () => (await rest.order(placed.number)).shipments[0]?.tracking_number).toBeTruthy();
  const order = await rest.order(placed.number);

  const agent = await as('agent');
  const known: Readonly<Record<string, string>> = {
    number: placed.number,
    email,
    tracking: order.shipments[0]?.tracking_number ?? '',
    last4,
    psp: order.payments[0]?.provider_ref ?? '',
  };
  for (const [index, [what, query]] of Object.entries(known).entries()) {
    await test.step(`by ${what}`, async () => {
      await jump(agent, index % 2 === 0 ? 'Control+k' : '/', query, new RegExp(placed.number));
      await expect(agent).toHaveURL(new RegExp(`/orders/${placed.number}$`));
    });
  }
});

test('the keyboard alone goes to the orders, down the list and into one', async ({ as }) => {
  const agent = await as('agent');
  await agent.goto('/');
  await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
  // On a busy machine the page's keys come to life a moment after its heading: whoever was too early presses again.
  await expect(async () => {
    await agent.keyboard.press('g');
    await agent.keyboard.press('o');
    await expect(agent).toHaveURL(/\/orders$/, { timeout: 3_000 });
  }).toPass();
  const links = agent.getByRole('row').getByRole('link');
  await expect(links.nth(2)).toBeVisible();
  const second = (await links.nth(1).textContent()) ?? '';
  await agent.keyboard.press('j');
  await agent.keyboard.press('j');
  await agent.keyboard.press('j');
  await agent.keyboard.press('k');
  await expect(links.nth(1)).toBeFocused();
  await agent.keyboard.press('Enter');
  await expect(agent).toHaveURL(new RegExp(`/orders/${second}$`));
});
