import { parseArgs } from 'node:util';
import { DEMO_SHOPS, demoApiKey } from '../../cli/demo-shops.ts';
import { backOffice, shopClient } from './shop-client.ts';
import { startTraffic } from './traffic.ts';

/** The demo's customers as a process: `node server/simulators/traffic/main.ts --data DIR`, beside the stack of the same environment. */
const { values } = parseArgs({ options: { data: { type: 'string' } } });
const setting = (name: string, fallback: string): string => process.env[name] || fallback;

const port = setting('PORT', '3000');
const url = `http://127.0.0.1:${port}`;
try {
  const traffic = await startTraffic({
    shop: shopClient(url, setting('WAYBILL_ORIGIN', `http://localhost:${port}`)),
    offices: new Map(DEMO_SHOPS.map(({ slug }) => [slug, backOffice(url, demoApiKey(slug, setting('WAYBILL_DATA_KEY', '')))])),
    pspUrl: setting('PSP_URL', 'http://127.0.0.1:3011'),
    publishableKey: 'pk_test_waybill',
    port: Number(setting('TRAFFIC_PORT', '3031')),
    dir: values.data,
    databaseUrl: process.env.DATABASE_URL,
    say: (line) => console.log(line),
  });
  console.log(`Traffic: ${traffic.url}`);
  const stop = async () => {
    await traffic.close();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  console.error(error);
  process.exit(1);
}
