'use client';
import { Button, Loader } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import Link from 'next/link';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import type { CheckoutAttempt } from '../../server/views/checkouts.ts';
import { useMethodName } from '../payments/method-name.ts';
import { finishCheckout } from '../shop/cart.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';
import { PaySummary } from './pay-summary.tsx';
import { dayText } from './promise-text.ts';
import type { useCheckout } from './use-checkout.ts';

function Panel(props: { icon?: ReactNode; title: string; children: ReactNode; busy?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The page changed under the reader's hands: tell where they are now.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={classes.panel} aria-busy={props.busy}>
      {props.icon}
      <h1 ref={heading} tabIndex={-1}>
        {props.title}
      </h1>
      {props.children}
    </section>
  );
}

/** Long enough for a bank's answer to arrive after its page sent the customer back. */
const ANSWERED_MS = 8_000;
/** A browser that goes to the bank has left by then. */
const LEFT_MS = 6_000;

/** A payment on its way: the bank is asked, or wants to ask. */
export function Paying({ page, checkout }: { page: PayPage; checkout: ReturnType<typeof useCheckout> }) {
  const { t } = useMessages();
  const challenge = page.attempt?.challengeUrl ?? null;
  // Whoever comes back from the bank's page has answered; whoever pressed Pay here goes there, even if the address tells of a try before.
  const [answered, setAnswered] = useState(
    () => checkout.pay.isIdle && new URLSearchParams(window.location.search).has('redirect_status'),
  );
  const [sent, setSent] = useState(false);
  const pressed = checkout.pay.isSuccess && !sent;
  useEffect(() => {
    if (!challenge || answered || !pressed) return;
    window.location.assign(challenge);
    // Whoever is here again after that came back with the Back button, or never left.
    const timer = setTimeout(() => setSent(true), LEFT_MS);
    return () => clearTimeout(timer);
  }, [challenge, answered, pressed]);
  useEffect(() => {
    if (!answered) return;
    const timer = setTimeout(() => setAnswered(false), ANSWERED_MS);
    return () => clearTimeout(timer);
  }, [answered]);
  if (challenge && !answered && !pressed)
    return (
      <Panel title={t('pay.bankTitle')}>
        <p>{t('pay.bankText')}</p>
        <Button component="a" href={challenge} className={classes.payButton} fullWidth>
          {t('pay.toBank')}
        </Button>
        <Button
          variant="default"
          className={classes.payButton}
          fullWidth
          loading={checkout.abandon.isPending}
          onClick={() => checkout.abandon.mutate()}
        >
          {t('pay.otherCard')}
        </Button>
      </Panel>
    );
  return (
    <Panel icon={<Loader size={32} aria-hidden />} title={t(challenge && !answered ? 'pay.goingToBank' : 'pay.paying')} busy>
      <p>{t('pay.payingText')}</p>
    </Panel>
  );
}

/** What paid, each with its share where there are several. */
function PaidWith({ tenders, currency }: { tenders: CheckoutAttempt['tenders']; currency: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const methodName = useMethodName();
  if (tenders.length === 0) return null;
  return (
    <div className={classes.paidWith}>
      <dt>{t('track.paidWith')}</dt>
      {tenders.map((tender, index) => (
        <dd key={index}>
          {methodName(tender)}
          {tenders.length > 1 && tender.paidMinor !== null && (
            <span className="wb-number">{format.money(tender.paidMinor, currency)}</span>
          )}
        </dd>
      ))}
    </div>
  );
}

/** Paid: what happens next, and where to follow it. */
export function Paid({ page, token }: { page: PayPage; token: string }) {
  const { t, locale } = useMessages();
  const format = useFormat();
  const { attempt } = page;
  useEffect(() => {
    finishCheckout(token);
    if (window.location.search) window.history.replaceState(null, '', window.location.pathname);
  }, [token]);
  if (!attempt) return null;
  return (
    <Panel
      icon={
        <span className={classes.done}>
          <IconCheck size={28} stroke={2.2} aria-hidden />
        </span>
      }
      title={t('pay.thanks')}
    >
      <p>
        {t('pay.paid', { amount: format.money(attempt.totalMinor, page.currency), merchant: page.merchantName })}{' '}
        {page.customer.email && t('pay.mailed', { email: page.customer.email })}
      </p>
      <dl className={classes.figures}>
        <div>
          <dt>{t('pay.orderNumber')}</dt>
          <dd>
            <strong>{attempt.number}</strong>
          </dd>
        </div>
        {attempt.promisedBy && (
          <div>
            <dt>{t('pay.arrivesBy')}</dt>
            <dd>{dayText(attempt.promisedBy, locale)}</dd>
          </div>
        )}
        <PaidWith tenders={attempt.tenders} currency={page.currency} />
      </dl>
      {page.trackingUrl && (
        <Button component="a" href={page.trackingUrl} className={classes.payButton} fullWidth>
          {t('pay.track')}
        </Button>
      )}
      {page.returnUrl && (
        <Button component="a" href={page.returnUrl} variant="default" className={classes.payButton} fullWidth>
          {t('pay.backToShop')}
        </Button>
      )}
      <PaySummary page={{ ...page, tenders: [] }} option={page.option} />
    </Panel>
  );
}

/** Nobody can pay for it any more. */
export function Over({ page }: { page: PayPage }) {
  const { t } = useMessages();
  const expired = page.state === 'expired';
  return (
    <Panel title={t(expired ? 'pay.expiredTitle' : 'pay.cancelledTitle')}>
      <p>{t(expired ? 'pay.expired' : 'pay.cancelled', { merchant: page.merchantName })}</p>
      {page.source === 'shop' && (
        <Button component={Link} href="/shop" className={classes.payButton}>
          {t('pay.backToShop')}
        </Button>
      )}
    </Panel>
  );
}
