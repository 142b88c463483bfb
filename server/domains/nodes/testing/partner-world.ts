import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PartnerSimulator, startPartnerSimulator } from '../../../simulators/partner/server.ts';
import type { NodeKind } from '../provider.ts';
import type { PartnerWorld, RawMessage } from './conformance.ts';

const SECRETS = { apiKey: 'partner_test', webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const PATIENCE_MS = 2_000;

const post = (sim: PartnerSimulator, path: string, body: object): Promise<Response> =>
  fetch(`${sim.controlUrl}/_sim/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The partner simulator over HTTP, as a kind's adapter reaches it. `spoil` puts something between the two. */
export async function partnerWorld(
  kind: NodeKind,
  spoil: (partner: PartnerWorld['partner']) => PartnerWorld['partner'] = (partner) => partner,
): Promise<PartnerWorld> {
  const heard: RawMessage[] = [];
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
  const sim = await startPartnerSimulator({ name: 'third_party', port: 0, webhookUrl, ...SECRETS });
  if (!kind.connect) throw new Error(`${kind.traits.name} has no partner`);
  const partner = kind.connect({ url: sim.url, ...SECRETS, timeoutMs: 1_000 });
  return {
    partner: spoil(partner),
    answers: async (answer) => void (await post(sim, 'settings', { answer })),
    ships: async (reference, parcels) => {
      await post(sim, 'settings', { parcels });
      await post(sim, `requests/${reference}/ship`, {});
    },
    breaks: (when) => sim.switches.set({ [when === 'before' ? 'drop_before' : 'drop_reply']: { next: 1 } }),
    taken: (reference) => sim.state.log.filter((entry) => entry.kind === 'asked' && entry.reference === reference).length,
    message: async (reference) => {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const found = heard.find(({ body }) => body.includes(reference));
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`No message about ${reference} came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: async () => {
      partner.close();
      await sim.close();
      listener.closeAllConnections();
      listener.close();
    },
  };
}
