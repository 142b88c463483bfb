import { parseArgs } from 'node:util';
import { startAdyenSimulator } from './adyen/server.ts';
import { startBankSimulator } from './bank/server.ts';
import { startCarrierSimulator } from './carrier/server.ts';
import { startMailSimulator } from './mail/server.ts';
import { startMarketplaceSimulator } from './marketplace/server.ts';
import { type PartnerSimulator, startPartnerSimulator } from './partner/server.ts';
import { startPspSimulator } from './psp/server.ts';

/**
 * All simulators in one process: `node server/simulators/main.ts --data DIR`. Addresses and secrets come from the same variables
 * that the application reads, so that the two sides agree. SIM_HOST widens the interface it listens on, for containers. The mail
 * catcher is there where SMTP_CONTROL_PORT says that SMTP_URL is meant to be one, the bank and the partners where BANK_URL,
 * THIRD_PARTY_URL and DROP_SHIPPER_URL say where, the marketplace where
 * MARKETPLACE_URL does, and the second payment provider where ADYEN_URL does.
 */
const { values } = parseArgs({ options: { data: { type: 'string' } } });
const setting = (name: string, fallback: string): string => process.env[name] || fallback;

const webhookBase = setting('WEBHOOK_BASE', `http://127.0.0.1:${setting('PORT', '3000')}`);
/** WEBHOOK_BASE=none: nobody listens, and none are sent. */
const webhookTo = (source: string): string | undefined =>
  webhookBase === 'none' ? undefined : `${webhookBase}/api/webhooks/${source}`;
const host = setting('SIM_HOST', '127.0.0.1');
const pspUrl = setting('PSP_URL', 'http://127.0.0.1:3011');
const carrierUrl = setting('CARRIER_URL', 'http://127.0.0.1:3012');
const portOf = (url: string): number => Number(new URL(url).port || 80);
/** The control listeners stay up while a simulator is switched down; by default ten ports above the API. */
const controlPort = (name: string, url: string): number => Number(setting(name, String(portOf(url) + 10)));

try {
  const psp = await startPspSimulator({
    port: portOf(pspUrl),
    host,
    publicUrl: pspUrl,
    controlPort: controlPort('PSP_CONTROL_PORT', pspUrl),
    dir: values.data,
    webhookUrl: webhookTo('psp'),
    webhookSecret: setting('PSP_WEBHOOK_SECRET', 'whsec_waybill_demo'),
    secretKey: setting('PSP_SECRET_KEY', 'sk_test_waybill'),
    parents: [new URL(setting('WAYBILL_ORIGIN', 'http://localhost:3000')).origin],
    multicapture: setting('PSP_MULTICAPTURE', '1') === '1',
  });
  const carrier = await startCarrierSimulator({
    port: portOf(carrierUrl),
    host,
    publicUrl: carrierUrl,
    controlPort: controlPort('CARRIER_CONTROL_PORT', carrierUrl),
    dir: values.data,
    webhookUrl: webhookTo('carrier'),
    webhookSecret: setting('CARRIER_WEBHOOK_SECRET', 'whsec_carrier_demo'),
    apiKey: setting('CARRIER_API_KEY', 'carrier_test_waybill'),
  });
  const bankUrl = process.env.BANK_URL;
  const bank = bankUrl
    ? await startBankSimulator({
        port: portOf(bankUrl),
        host,
        controlPort: controlPort('BANK_CONTROL_PORT', bankUrl),
        dir: values.data,
        webhookUrl: webhookTo('bank'),
        webhookSecret: setting('BANK_WEBHOOK_SECRET', 'whsec_bankdemo'),
        apiKey: setting('BANK_API_KEY', 'bank_test_waybill'),
      })
    : undefined;
  const partners: (PartnerSimulator & { readonly name: string })[] = [];
  for (const name of ['third_party', 'drop_shipper'] as const) {
    const prefix = name.toUpperCase();
    const url = process.env[`${prefix}_URL`];
    if (!url) continue;
    const partner = await startPartnerSimulator({
      name,
      port: portOf(url),
      host,
      controlPort: controlPort(`${prefix}_CONTROL_PORT`, url),
      dir: values.data,
      webhookUrl: webhookTo(name),
      webhookSecret: setting(`${prefix}_WEBHOOK_SECRET`, `whsec_${name.replace('_', '')}demo`),
      apiKey: setting(`${prefix}_API_KEY`, `${name}_test_waybill`),
    });
    partners.push({ name, ...partner });
  }
  const adyenUrl = process.env.ADYEN_URL;
  const adyen = adyenUrl
    ? await startAdyenSimulator({
        port: portOf(adyenUrl),
        host,
        publicUrl: adyenUrl,
        controlPort: controlPort('ADYEN_CONTROL_PORT', adyenUrl),
        dir: values.data,
        webhookUrl: webhookTo('adyen'),
        webhookSecret: setting('ADYEN_HMAC_KEY', '57415942494C4C57415942494C4C57415942494C4C57415942494C4C57415942'),
        webhookUser: setting('ADYEN_WEBHOOK_USER', 'waybill'),
        webhookPassword: setting('ADYEN_WEBHOOK_PASSWORD', 'adyen_notify_demo'),
        merchantAccount: setting('ADYEN_MERCHANT_ACCOUNT', 'WaybillECOM'),
        apiKey: setting('ADYEN_API_KEY', 'adyen_test_waybill'),
        // One page of card fields keeps cards for both gateways, as a vault does that belongs to neither.
        vault: (token) => psp.state.cardToken(token),
      })
    : undefined;
  const marketUrl = process.env.MARKETPLACE_URL;
  const market = marketUrl
    ? await startMarketplaceSimulator({
        port: portOf(marketUrl),
        host,
        controlPort: controlPort('MARKETPLACE_CONTROL_PORT', marketUrl),
        dir: values.data,
        webhookUrl: webhookTo('marketplace'),
        webhookSecret: setting('MARKETPLACE_SECRET', 'whsec_marketplacedemosecret'),
      })
    : undefined;
  const mailControl = process.env.SMTP_CONTROL_PORT;
  const mail = mailControl
    ? await startMailSimulator({
        port: portOf(setting('SMTP_URL', 'smtp://127.0.0.1:3013')),
        host,
        controlPort: Number(mailControl),
      })
    : undefined;
  console.log(
    `Simulators: PSP ${psp.url} (control ${psp.controlUrl}), carrier ${carrier.url} (control ${carrier.controlUrl})${bank ? `, bank ${bank.url} (control ${bank.controlUrl})` : ''}${partners.map(({ name, url, controlUrl }) => `, ${name} ${url} (control ${controlUrl})`).join('')}${adyen ? `, second PSP ${adyen.url} (control ${adyen.controlUrl})` : ''}${market ? `, marketplace ${market.url} (control ${market.controlUrl})` : ''}${mail ? `, mail ${mail.url} (control ${mail.controlUrl})` : ''}`,
  );
  const stop = async () => {
    await Promise.all([
      psp.close(),
      carrier.close(),
      bank?.close(),
      ...partners.map((partner) => partner.close()),
      adyen?.close(),
      market?.close(),
      mail?.close(),
    ]);
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
  console.error(
    taken
      ? `Port ${error.port} is taken: set PSP_URL, ADYEN_URL, CARRIER_URL, BANK_URL, THIRD_PARTY_URL, DROP_SHIPPER_URL, MARKETPLACE_URL and SMTP_URL to free ports.`
      : error,
  );
  process.exit(1);
}
