'use client';
import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import { newId } from '../../server/kernel/ids.ts';
import { shownError } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import { AddressFields, Contact } from './address-fields.tsx';
import { type CardFields, CardFrame } from './card-frame.tsx';
import { HoldNote } from './hold-note.tsx';
import classes from './pay.module.css';
import { PaySummary } from './pay-summary.tsx';
import { FIELD_ORDER, totalsOf, typedFrom } from './pay-terms.ts';
import { ShippingChoice } from './shipping-choice.tsx';
import { TenderChoice } from './tender-choice.tsx';
import { type useCheckout, useTyped } from './use-checkout.ts';
import { usePayWords } from './use-pay-words.ts';
import { WayChoice } from './way-choice.tsx';

/** The server renews a quote that is about to end; the page only has to ask in time. */
const RENEW_BEFORE_MS = 60_000;

/** Everything that paying takes, on one page; nothing is charged before Pay is pressed. */
export function PayForm({ page, checkout }: { page: PayPage; checkout: ReturnType<typeof useCheckout> }) {
  const { t } = useMessages();
  const format = useFormat();
  const errorText = useErrorText();
  const { declineText } = usePayWords();
  const { update, pay, repriced } = checkout;
  const card = useRef<CardFields>(null);
  const form = useRef<HTMLFormElement>(null);
  const save = useCallback(
    (change: Parameters<typeof update.mutateAsync>[0]) => update.mutateAsync(change),
    [update.mutateAsync],
  );
  const fields = useTyped(page, typedFrom(page), save, page.pickup !== null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const option = page.option;
  // As long as there is no total nobody knows whether something is left for a card.
  const byCard = page.cardMinor !== 0n || page.tenders.length === 0;
  const totals = totalsOf(page, option);
  const fetched = page.pickup !== null;
  const sent = !fetched && (page.quote?.lines.some((line) => line.stocked) ?? true);
  const deliverable = page.quote !== null && (page.quote.options.length > 0 || !sent);

  const expiresAt = page.quote?.expiresAt.getTime();
  useEffect(() => {
    if (expiresAt === undefined) return;
    const timer = setTimeout(() => void save({}).catch(() => {}), Math.max(1_000, expiresAt - Date.now() - RENEW_BEFORE_MS));
    return () => clearTimeout(timer);
  }, [expiresAt, save]);

  const press = async () => {
    if (busy) return;
    setProblem(null);
    const wrong = fields.check();
    const first = FIELD_ORDER.find((field) => wrong.includes(field));
    if (first) {
      setProblem(t('pay.fillIn'));
      (form.current?.elements.namedItem(first) as HTMLElement | null)?.focus();
      return;
    }
    setBusy(true);
    try {
      // What was changed a moment ago may be on its way still: it counts before anything is charged.
      await checkout.idle();
      await fields.flush();
      const current = checkout.newest() ?? page;
      if (!current.quote) {
        setProblem(t('pay.addressFirst'));
        return;
      }
      const seen = totalsOf(page, page.option)?.totalMinor;
      // A price that was not on the page when Pay was pressed is shown first.
      if (totalsOf(current, current.option)?.totalMinor !== seen) {
        setProblem(t('pay.newTotal'));
        return;
      }
      if (current.cardMinor !== page.cardMinor) {
        setProblem(t('pay.tenders.changed'));
        return;
      }
      const paymentToken = byCard ? await card.current?.tokenize() : undefined;
      if (byCard && !paymentToken) {
        setProblem(t('pay.cardIncomplete'));
        return;
      }
      await pay.mutateAsync({ ...(paymentToken ? { paymentToken } : {}), page: current, key: newId() });
    } catch (error) {
      setProblem(errorText(shownError(error) ?? { kind: 'unexpected' }));
    } finally {
      setBusy(false);
    }
  };

  const failed = page.attempt?.outcome === 'failed' && !busy;
  const saving = update.error && !busy ? errorText(shownError(update.error) ?? { kind: 'unexpected' }) : null;
  return (
    <div className={classes.columns}>
      <details className={classes.phoneSummary}>
        <summary>
          <span>{t('pay.summary')}</span>
          {totals && <strong>{format.money(totals.totalMinor, page.currency)}</strong>}
        </summary>
        <PaySummary page={page} option={option} />
      </details>
      <form
        ref={form}
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void press();
        }}
      >
        <HoldNote page={page} checkout={checkout} />
        <Contact typed={fields.typed} problems={fields.problems} onType={fields.type} onLeave={fields.leave} fetched={fetched} />
        <WayChoice page={page} busy={update.isPending} onChoose={(pickupNodeId) => save({ pickupNodeId })} />
        {!fetched && (
          <AddressFields
            typed={fields.typed}
            problems={fields.problems}
            countries={page.countries}
            onType={fields.type}
            onLeave={fields.leave}
          />
        )}
        <section className={classes.section} hidden={fetched}>
          <h2>{t('pay.shipping')}</h2>
          <ShippingChoice
            page={page}
            option={option}
            busy={update.isPending}
            onChoose={(code) => void save({ option: code }).catch(() => {})}
          />
          {saving && (
            <p className={classes.alert} role="alert">
              {saving}
            </p>
          )}
        </section>
        <TenderChoice page={page} tender={checkout.tender} />
        <section className={classes.section} hidden={!byCard}>
          <h2>{t('pay.card')}</h2>
          {failed && (
            <p className={classes.alert} role="alert">
              {declineText(page.attempt?.failure ?? null)} {t('pay.tryAnother')}
            </p>
          )}
          {page.tenders.length > 0 && page.cardMinor !== null && (
            <p className={classes.dim}>{t('pay.tenders.rest', { amount: format.money(page.cardMinor, page.currency) })}</p>
          )}
          <CardFrame ref={card} url={page.cardFieldsUrl} onSubmit={() => void press()} />
        </section>
        {repriced && (
          <div className={classes.notice} role="alert">
            <strong>
              {t('pay.repriced', {
                was: format.money(repriced.wasMinor, page.currency),
                is: format.money(repriced.isMinor, page.currency),
              })}
            </strong>
            <span>{repriced.why}</span>
          </div>
        )}
        {problem && (
          <p className={classes.alert} role="alert">
            {problem}
          </p>
        )}
        <Button
          type="submit"
          fullWidth
          className={classes.payButton}
          loading={busy}
          disabled={page.quote !== null && !deliverable}
          leftSection={<IconLock size={16} aria-hidden />}
        >
          {totals && deliverable
            ? t(repriced ? 'pay.payNew' : byCard ? 'pay.pay' : 'pay.tenders.place', {
                amount: format.money(page.cardMinor ?? totals.totalMinor, page.currency),
              })
            : t('pay.payPlain')}
        </Button>
        <p className={classes.small}>{t(page.demo ? 'pay.demo' : 'pay.safe')}</p>
      </form>
      <aside className={classes.aside}>
        <PaySummary page={page} option={option} />
      </aside>
    </div>
  );
}
