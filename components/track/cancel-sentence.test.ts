import { expect, it } from 'vitest';
import { answerCancel, type CancelBy } from '../../server/kernel/cancel-policy.ts';
import { CANCEL_REASONS, CUSTOMER_CANCELS_UNTIL } from '../../server/kernel/vocabulary.ts';
import { type MessageKey, type MessageVars, translate } from '../ui/messages/catalogue.ts';
import { cancelSentence } from './cancel-sentence.ts';

const t = (key: MessageKey, vars?: MessageVars) => translate('en', key, vars);
const format = {
  money: (minor: bigint | number, currency: string) => `${(Number(minor) / 100).toFixed(2)} ${currency}`,
  dateTime: (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
};
const placedAt = new Date('2026-11-28T10:00:00Z');
const order = { status: 'CONFIRMED', confirmed: true, placedAt, currency: 'EUR', spans: [] } as const;

it('says in English what the rules say, word for word', () => {
  for (const customerUntil of CUSTOMER_CANCELS_UNTIL)
    for (const fee of [{}, { feeMinor: { EUR: 250 } }, { feeBps: 1_250 }, { feeMinor: { EUR: 250 }, feeBps: 1_250 }])
      for (const remorseMinutes of [0, 30])
        for (const confirmed of [true, false]) {
          const terms = {
            ...{
              customerUntil,
              remorseMinutes,
              holdGoods: false,
              feeMinor: {},
              feeBps: 0,
              agentCharges: false,
              reasons: CANCEL_REASONS,
            },
            ...fee,
          };
          const by: CancelBy = { actor: 'customer', terms, now: new Date('2026-11-28T10:10:00Z') };
          const answer = answerCancel({ ...order, confirmed }, by, { allowed: true });
          expect(cancelSentence(answer, t, format as never)).toBe(answer.allowed ? answer.sentence : answer.why);
        }
});
