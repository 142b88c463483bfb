import type { CancelAnswer, CancelParts } from '../../server/kernel/cancel-policy.ts';
import type { useFormat, useMessages } from '../ui/locale.tsx';

type Words = Pick<ReturnType<typeof useMessages>, 't'>['t'];
type Format = Pick<ReturnType<typeof useFormat>, 'money' | 'dateTime'>;

/** What the rules answer, in the reader's language: until when an order can be cancelled and what it costs, or why not. */
export function cancelSentence(answer: CancelAnswer, t: Words, format: Format): string {
  if (!answer.allowed) return t(`track.cancel.not.${answer.code}`);
  const { parts } = answer;
  const at = parts.remorseUntil ? format.dateTime(parts.remorseUntil) : '';
  return `${t(`track.cancel.until.${parts.until}`, { at })} ${t(`track.cancel.cost.${parts.cost}`, { at, fee: feeWords(parts, t, format) })}`;
}

function feeWords({ fixedMinor, bps, currency }: CancelParts, t: Words, format: Format): string {
  const fixed = fixedMinor > 0 ? format.money(fixedMinor, currency) : null;
  const share = bps > 0 ? t('track.cancel.share', { percent: bps / 100 }) : null;
  return fixed && share ? t('track.cancel.both', { fixed, share }) : (fixed ?? share ?? '');
}
