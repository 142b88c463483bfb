'use client';
import { IconClipboardList } from '@tabler/icons-react';
import type { ReturnView } from '../../server/views/returns.ts';
import { KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Timeline } from '../ui/timeline.tsx';
import classes from './returns.module.css';

/** What the console and the customer both see of a return. */

export function ReturnLines({ view }: { view: ReturnView }) {
  const { t, word } = useMessages();
  return (
    <Section title={t('returns.items')}>
      <ul className={classes.lines}>
        {view.lines.map((line) => (
          <li key={`${line.lineId}:${line.from}`} className={classes.line}>
            <span>
              {line.to - line.from + 1} × {line.name}
            </span>
            <span className={classes.dim}>
              {[
                word('returns.reasons', line.reason),
                word('returns.lineStates', line.verdict ?? line.status),
                line.verdict === 'part' && line.valueBps !== null ? t('returns.ofWorth', { percent: line.valueBps / 100 }) : null,
                line.stock && word('returns.stocks', line.stock),
                line.note,
                line.remark,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function ReturnMoney({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  const money = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={view.currency} />,
  });
  return (
    <Section title={t('returns.money')}>
      <p className={classes.terms}>{view.terms}</p>
      {view.resolution && (
        <KeyValue
          figures
          items={[
            money(t('returns.due'), view.dueMinor),
            ...(view.exchangedMinor > 0n ? [money(t('returns.exchanged'), -view.exchangedMinor)] : []),
            ...(view.feeMinor > 0n ? [money(t('returns.fee'), -view.feeMinor)] : []),
            ...(view.labelFeeMinor > 0n ? [money(t('returns.labelFee'), -view.labelFeeMinor)] : []),
            money(t(`returns.resolutions.${view.resolution}`), view.refundMinor, true),
          ]}
        />
      )}
    </Section>
  );
}

/** Goods that were sent before these come back, and who pays for them. */
export function SentAhead({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  if (view.advanceStatus === null) return null;
  const money = (label: string, amountMinor: bigint): Pair => ({
    label,
    value: <Money amountMinor={amountMinor} currency={view.currency} />,
  });
  return (
    <Section title={t('returns.ahead')}>
      <KeyValue
        items={[
          { label: t('returns.status'), value: t(`returns.aheadStates.${view.advanceStatus}`) },
          money(t('returns.aheadHeld'), view.advanceMinor),
          ...(view.chargeMinor > 0n ? [money(t('returns.aheadCharged'), view.chargeMinor)] : []),
          ...(view.advanceWhy ? [{ label: t('returns.aheadWhy'), value: view.advanceWhy }] : []),
        ]}
      />
    </Section>
  );
}

export function ReturnFacts({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  const format = useFormat();
  const pairs: Pair[] = [
    { label: t('returns.wants'), value: t(`returns.wishes.${view.wants}`) },
    ...(view.nodeName ? [{ label: t('returns.sentTo'), value: view.nodeName }] : []),
    ...(view.sendBy ? [{ label: t('returns.sendBy'), value: format.day(view.sendBy.toISOString().slice(0, 10)) }] : []),
    ...(view.trackingNumber ? [{ label: t('orders.trackingNumber'), value: view.trackingNumber }] : []),
    ...(view.note ? [{ label: t('returns.note'), value: view.note }] : []),
    ...(view.despite ? [{ label: t('returns.despite'), value: view.despite }] : []),
    ...(view.declineReason ? [{ label: t('returns.whyDeclined'), value: view.declineReason }] : []),
    ...(view.labelError ? [{ label: t('returns.noLabel'), value: view.labelError }] : []),
  ];
  return (
    <Section title={t('returns.facts')}>
      <KeyValue items={pairs} />
      {view.labelUrl && (
        <a className={classes.label} href={view.labelUrl} target="_blank" rel="noopener noreferrer">
          {t('returns.printLabel')}
        </a>
      )}
    </Section>
  );
}

export function ReturnStory({ view }: { view: ReturnView }) {
  const { t, word } = useMessages();
  return (
    <Section title={t('orders.timeline')}>
      <Timeline
        items={view.story.toReversed().map(({ id, type, at }) => ({
          key: id,
          at,
          icon: IconClipboardList,
          tone: 'neutral',
          title: word('orders.event', type),
        }))}
      />
    </Section>
  );
}
