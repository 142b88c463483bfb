import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MarketplaceSimulator, startMarketplaceSimulator } from '../../../simulators/marketplace/server.ts';
import type { ChannelKind, ChannelPort } from '../provider.ts';
import type { MarketWorld, RawReport } from './conformance.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const CONNECTION = '00000000-0000-7000-8000-00000000c0de';
const PATIENCE_MS = 2_000;

async function post(sim: MarketplaceSimulator, path: string, body: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${sim.controlUrl}/_sim/${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** The marketplace simulator over HTTP, as a kind's adapter reaches it. `spoil` puts something between the two. */
export async function marketWorld(
  kind: ChannelKind,
  spoil: (port: ChannelPort) => ChannelPort = (port) => port,
): Promise<MarketWorld> {
  const heard: RawReport[] = [];
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ body: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  const sim = await startMarketplaceSimulator({ port: 0, webhookUrl, webhookSecret: SECRET });
  const port = kind.connect({ url: sim.url, secret: SECRET, timeoutMs: 1_000 });
  return {
    port: spoil(port),
    connectionId: CONNECTION,
    breaks: (when) => sim.switches.set({ [when === 'before' ? 'drop_before' : 'drop_reply']: { next: 1 } }),
    refuses: () => sim.switches.set({ decline: { next: 1, on: ['stock'] } }),
    asksToWait: () => sim.switches.set({ rate_limit: { next: 1 } }),
    listsAnything: (yes) => post(sim, 'settings', { auto_list: yes }),
    sells: (ref, units) => post(sim, `listings/${ref}/sell`, { units, connection: CONNECTION }),
    taken: () => sim.state.log.filter((entry) => entry.kind === 'stock').length,
    reports: async () => {
      await post(sim, 'report', { connection: CONNECTION });
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const [first] = heard;
        if (first) return first;
        if (Date.now() > deadline) throw new Error('No report came');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: async () => {
      port.close();
      await sim.close();
      listener.closeAllConnections();
      listener.close();
    },
  };
}
