import { chromium } from '@playwright/test';
import { browserOptions } from './fixtures/browser.ts';
import { settle } from './fixtures/pages.ts';
import { demoUser, signIn } from './fixtures/sign-in.ts';
import { stack } from './fixtures/stack.ts';
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const out = process.env.SCREENSHOTS ?? '/tmp/shots';
const browser = await chromium.launch(await browserOptions());
const jobs = process.argv.slice(2).map((a) => a.split('|')); // role|path|name|sizes|schemes|full
const pages = new Map();
for (const [role, path, name, sizes = 'wide,phone', schemes = 'light,dark', full = '1'] of jobs as string[][]) {
  let page = pages.get(role);
  if (!page) {
    const c = await browser.newContext({ baseURL: stack().origin, viewport: SIZES.wide });
    page = await c.newPage();
    page.on('pageerror', (e: Error) => console.log('pageerror', path, e.message));
    page.on('console', (m: any) => m.type() === 'error' && console.log('console', path, m.text().slice(0, 300)));
    const u = demoUser(role as never);
    await signIn(page, u.email, u.password);
    pages.set(role, page);
  }
  for (const size of (sizes as string).split(',')) {
    await page.setViewportSize(SIZES[size as 'wide']);
    await page.goto(path);
    await settle(page);
    await page.waitForTimeout(600);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) console.log('OVER', path, size, over);
    for (const colorScheme of (schemes as string).split(',')) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${out}/${name}-${size}-${colorScheme}.png`, fullPage: full === '1' });
    }
  }
}
await browser.close();
