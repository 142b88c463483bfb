import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { browserOptions } from './fixtures/browser.ts';
import { type Example, examplesOf, findExamples, settle } from './fixtures/pages.ts';
import { demoUser, signIn } from './fixtures/sign-in.ts';
import { stack } from './fixtures/stack.ts';

/**
 * `npm run screenshots`: every page of a running stack (E2E_DATA names its data folder), light and dark, wide and as narrow as a phone,
 * into a folder of the temporary directory. With `--only TEXT[,TEXT]` the pages whose address contains one of them. With `--docs` the few pictures of
 * docs/screenshots instead: take them from a demo that was just made.
 */
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;
const only = process.argv.includes('--only') ? process.argv.at(-1)?.split(',') : undefined;
const folder = process.env.SCREENSHOTS ?? join(tmpdir(), 'waybill-screenshots');

const fileName = ({ role, path, route }: Example) =>
  `${(route.includes('[') && !route.includes('[dialog]') ? route : path.replace(/EU-\d+/, 'order')).replaceAll(/[^a-z0-9]+/gi, '-')}-${role}`.replace(
    /^-/,
    '',
  );

async function pageOf(browser: Browser, role: Example['role']): Promise<Page> {
  const context = await browser.newContext({ baseURL: stack().origin, viewport: SIZES.wide });
  const page = await context.newPage();
  if (role !== 'nobody') {
    const { email, password } = demoUser(role);
    await signIn(page, email, password);
  }
  return page;
}

/** What hangs over the right edge of a phone: nobody scrolls sideways to find it. */
async function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function shoot(page: Page, example: Example): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(example.path);
    await settle(page);
    const over = await overhang(page);
    if (over > 0) console.log(`! ${example.path} (${size}) is ${over} px wider than the screen`);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder, `${fileName(example)}-${size}-${colorScheme}.png`) });
    }
  }
}

interface Picture {
  readonly name: string;
  readonly role: Example['role'];
  readonly size: keyof typeof SIZES;
  readonly scheme: (typeof SCHEMES)[number];
  readonly open: (page: Page) => Promise<void>;
}

async function openFirst(page: Page, list: string): Promise<void> {
  await page.goto(list);
  await page
    .getByRole('main')
    .locator('a[href^="/orders/"], a[href^="/account/orders/"]')
    .locator('visible=true')
    .first()
    .click();
  await page.waitForURL(/orders\/EU-/);
}

/** The pictures of the README. The merchant's pages show one shop: its names need no fonts that a small machine lacks. */
const PICTURES: readonly Picture[] = [
  {
    name: 'order-dark',
    role: 'merchant',
    size: 'wide',
    scheme: 'dark',
    open: (page) => openFirst(page, '/orders?fulfilment=DELIVERED&payment=PARTIALLY_REFUNDED'),
  },
  { name: 'dashboard', role: 'merchant', size: 'wide', scheme: 'light', open: (page) => page.goto('/m').then(() => undefined) },
  {
    name: 'integrity-dark',
    role: 'admin',
    size: 'wide',
    scheme: 'dark',
    open: (page) => page.goto('/ops/integrity').then(() => undefined),
  },
  {
    name: 'my-order-phone',
    role: 'customer',
    size: 'phone',
    scheme: 'light',
    open: (page) => openFirst(page, '/account/orders'),
  },
];

async function takePictures(): Promise<void> {
  const docs = join(import.meta.dirname, '..', 'docs', 'screenshots');
  mkdirSync(docs, { recursive: true });
  for (const { name, role, size, scheme, open: show } of PICTURES) {
    const page = await open(role);
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await show(page);
    await settle(page);
    await page.screenshot({ path: join(docs, `${name}.png`), animations: 'disabled' });
  }
  console.log(`${PICTURES.length} pictures in ${docs}`);
}

async function takeAll(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const examples = examplesOf(await findExamples(open)).filter(
    ({ path, route }) => !only || only.some((text) => `${path}${route}`.includes(text)),
  );
  for (const example of examples) await shoot(await open(example.role), example);
  console.log(`${examples.length} pages in ${folder}`);
}

const browser = await chromium.launch(await browserOptions());
const pages = new Map<Example['role'], Page>();
const open = async (role: Example['role']): Promise<Page> => {
  const page = pages.get(role) ?? (await pageOf(browser, role));
  pages.set(role, page);
  return page;
};
try {
  await (process.argv.includes('--docs') ? takePictures() : takeAll());
} finally {
  await browser.close();
}
