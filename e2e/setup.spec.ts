import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { stackPort } from '../server/cli/ports.ts';
import { expect, test } from './fixtures/test.ts';

const STARTS_WITHIN_MS = 120_000;
const PASSWORD = 'a lamp, a boat, a comma';

/** Starts an empty house and resolves with the link it prints. */
async function start(dataDir: string, port: number): Promise<{ child: ChildProcess; link: string }> {
  const args = ['server/cli/bootstrap.mjs', 'start', '--port', String(port), '--data', dataDir, '--no-demo'];
  const env = { ...process.env, WAYBILL_NEXT_DIR: process.env.WAYBILL_NEXT_DIR ?? '.next-test' };
  const child = spawn('node', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      const found = /(http:\S+\/setup\?token=\S+)[\s\S]*is ready/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`No link after ${STARTS_WITHIN_MS / 1000} s:\n${said}`)), STARTS_WITHIN_MS).unref();
  });
  return { child, link };
}

test('an empty house is set up by who has the printed link, once; its administrator needs a second factor', async ({
  visitor,
}) => {
  test.setTimeout(STARTS_WITHIN_MS + 60_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-setup-'));
  const { child, link } = await start(dataDir, await stackPort());
  try {
    const page = await visitor({ baseURL: new URL(link).origin });
    await page.goto(link);
    const you = page.getByRole('group', { name: 'You, the administrator' });
    await you.getByLabel('Your name').fill('Ida Erste');
    await you.getByLabel('E-mail').fill('ida@shop.example');
    await you.getByLabel('Password', { exact: true }).fill(PASSWORD);
    const merchant = page.getByRole('group', { name: 'The first merchant' });
    await merchant.getByLabel('Name', { exact: true }).fill('Ida’s Shop');
    await merchant.getByLabel('Short name').fill('idas-shop');
    await merchant.getByLabel('Currency').fill('EUR');
    await merchant.getByLabel('Country').fill('AT');
    await page.getByRole('group', { name: 'The first node' }).getByLabel('Name').fill('Vienna');
    const sku = page.getByRole('group', { name: 'The first product' });
    await sku.getByLabel('Name').fill('Blue cup');
    await sku.getByLabel('SKU').fill('CUP-BLUE');
    await sku.getByLabel('Price').fill('9.90');
    await page.getByRole('button', { name: 'Set up' }).click();
    await expect(page.getByRole('status')).toContainText('ida@shop.example');

    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail').fill('ida@shop.example');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Authenticator app' })).toBeVisible();
    await page.getByRole('button', { name: 'Set up' }).click();
    const secret = (await page.getByText(/^[A-Z2-7]{16,}$/).textContent()) ?? '';
    await page.getByLabel('Six-digit code').fill(new TOTP({ secret }).generate());
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await page.goto('/products');
    await expect(page.getByRole('row').filter({ hasText: 'CUP-BLUE' })).toContainText('€9.90');

    await page.goto(link);
    await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Set up' })).toHaveCount(0);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
});
