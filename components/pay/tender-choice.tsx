'use client';
import { IconGift, IconUser, IconWallet, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import { shownError } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import classes from './pay.module.css';
import { PayField } from './pay-field.tsx';
import own from './tenders.module.css';
import type { useCheckout } from './use-checkout.ts';

type Tender = ReturnType<typeof useCheckout>['tender'];

/** What pays before the card does: gift cards by their code, and what a customer who is signed in has. */
export function TenderChoice({ page, tender }: { page: PayPage; tender: Tender }) {
  const { t } = useMessages();
  return (
    <section className={classes.section}>
      <h2>{t('pay.tenders.title')}</h2>
      <Balances page={page} tender={tender} />
      <GiftCards page={page} tender={tender} />
    </section>
  );
}

/** Store credit and wallet, each to be used or left alone. */
function Balances({ page, tender }: { page: PayPage; tender: Tender }) {
  const { t } = useMessages();
  const format = useFormat();
  const rows = [
    { type: 'store_credit' as const, minor: page.balances?.storeCreditMinor, icon: <IconUser size={18} aria-hidden /> },
    { type: 'wallet' as const, minor: page.balances?.walletMinor, icon: <IconWallet size={18} aria-hidden /> },
  ].filter(({ type, minor }) => (minor ?? 0n) > 0n || page.tenders.some((one) => one.type === type));
  if (rows.length === 0) return null;
  return (
    <div className={classes.options} aria-busy={tender.isPending}>
      {rows.map(({ type, minor, icon }) => {
        const used = page.tenders.find((one) => one.type === type);
        return (
          <label key={type} className={classes.option} data-chosen={used !== undefined || undefined}>
            <input
              type="checkbox"
              checked={used !== undefined}
              disabled={tender.isPending}
              onChange={(event) => tender.mutate({ type, use: event.currentTarget.checked })}
            />
            {icon}
            <span className={classes.optionText}>
              <span>{t(`pay.tenders.${type}`)}</span>
              <span className={classes.dim}>
                {t('pay.tenders.available', { amount: format.money(minor ?? 0n, page.currency) })}
              </span>
            </span>
            {used && <span className="wb-number">{format.money(-used.amountMinor, page.currency)}</span>}
          </label>
        );
      })}
    </div>
  );
}

/** Cards that were found by their code, and the field for one more. */
function GiftCards({ page, tender }: { page: PayPage; tender: Tender }) {
  const { t } = useMessages();
  const format = useFormat();
  const errorText = useErrorText();
  const [code, setCode] = useState('');
  const cards = page.tenders.filter((one) => one.type === 'gift_card');
  const typed = code.trim() !== '';
  const failed = tender.error ? errorText(shownError(tender.error) ?? { kind: 'unexpected' }) : null;
  const apply = () => {
    if (typed && !tender.isPending)
      tender.mutate({ type: 'gift_card', use: true, code: code.trim() }, { onSuccess: () => setCode('') });
  };
  return (
    <>
      {cards.length > 0 && (
        <ul className={own.applied}>
          {cards.map((card) => (
            <Applied
              key={card.id}
              icon={<IconGift size={18} aria-hidden />}
              name={t('pay.tenders.cardEnding', { last4: card.last4 ?? '' })}
              detail={
                card.amountMinor < card.freeMinor
                  ? t('pay.tenders.staysOn', { amount: format.money(card.freeMinor - card.amountMinor, page.currency) })
                  : card.freeMinor === 0n
                    ? t('pay.tenders.empty')
                    : null
              }
              amount={format.money(-card.amountMinor, page.currency)}
              remove={t('pay.tenders.remove', { last4: card.last4 ?? '' })}
              onRemove={() => tender.mutate({ type: 'gift_card', use: false, id: card.id })}
            />
          ))}
        </ul>
      )}
      <div className={own.code}>
        <PayField
          name="giftCardCode"
          label={t('pay.tenders.code')}
          error={failed}
          value={code}
          maxLength={60}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder={t('pay.tenders.form')}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            if (tender.error) tender.reset();
          }}
          onKeyDown={(event) => {
            // Enter uses the code; it does not pay.
            if (event.key !== 'Enter') return;
            event.preventDefault();
            apply();
          }}
        />
        <button type="button" className={own.apply} disabled={!typed || tender.isPending} onClick={apply}>
          {t('pay.tenders.apply')}
        </button>
      </div>
    </>
  );
}

function Applied(props: {
  icon: ReactNode;
  name: string;
  detail: string | null;
  amount: string;
  remove: string;
  onRemove: () => void;
}) {
  return (
    <li>
      {props.icon}
      <span className={classes.optionText}>
        <span>{props.name}</span>
        {props.detail && <span className={classes.dim}>{props.detail}</span>}
      </span>
      <span className="wb-number">{props.amount}</span>
      <button type="button" className={own.take} aria-label={props.remove} onClick={props.onRemove}>
        <IconX size={18} aria-hidden />
      </button>
    </li>
  );
}
