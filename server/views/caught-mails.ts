import { z } from 'zod';
import type { SimulatorControl } from '../platform/simulator-control.ts';

const caught = z.object({
  data: z.array(
    z.object({
      seq: z.number(),
      at: z.number(),
      message_id: z.string(),
      from: z.object({ name: z.string(), address: z.string() }),
      to: z.string(),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
      size: z.number(),
    }),
  ),
});

export interface CaughtMailView {
  readonly at: Date;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly size: number;
}

/** What the demo's mail server really received under a Message-ID, newest first; more than one would be a mail sent twice. */
export async function caughtMails(control: SimulatorControl, messageId: string): Promise<CaughtMailView[]> {
  const { data } = caught.parse(await control.read('mail', `mails?message_id=${encodeURIComponent(messageId)}`));
  return data.map(({ at, message_id, from, to, subject, headers, size }) => ({
    at: new Date(at),
    messageId: message_id,
    from: from.name ? `${from.name} <${from.address}>` : from.address,
    to,
    subject,
    headers,
    size,
  }));
}
