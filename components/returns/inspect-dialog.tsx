'use client';
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { RESTOCKS, RETURN_VERDICTS, type Restock, type ReturnVerdict } from '../../server/domains/returns/schema.ts';
import type { ReturnView } from '../../server/views/returns.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { linesIn } from './lines-in.ts';
import classes from './returns.module.css';
import { useReturnDone } from './use-return-done.ts';

interface Looked {
  readonly quantity: number | null;
  readonly verdict: ReturnVerdict;
  readonly percent: number | null;
  readonly stock: Restock;
}

/** What each unit is worth and where it goes. Units of one line that differ are looked at one group after the other. */
export function InspectDialog({ view, onClose }: { view: ReturnView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useReturnDone();
  const lines = linesIn(view, 'received');
  const [said, setSaid] = useState<Readonly<Record<string, Looked>>>({});
  const of = (lineId: string, units: number): Looked =>
    said[lineId] ?? { quantity: units, verdict: 'accept', percent: 50, stock: 'sellable' };
  const set = (lineId: string, looked: Looked) => setSaid({ ...said, [lineId]: looked });
  const inspect = useMutation(
    trpc.returns.inspect.mutationOptions({ onSuccess: onClose, onError: request.failed, onSettled: done }),
  );
  const input = lines.flatMap(({ lineId, units }) => {
    const { quantity, verdict, percent, stock } = of(lineId, units);
    if (!quantity) return [];
    const part = verdict === 'part' ? { valuePercent: percent ?? 0 } : {};
    return [{ lineId, quantity, verdict, ...part, ...(verdict === 'reject' ? {} : { stock }) }];
  });
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('returns.inspectTitle', { number: view.number })}
      preview={<p>{t('returns.inspectEffect')}</p>}
      verb={t('returns.inspectVerb')}
      blocked={input.length === 0 ? t('returns.chooseUnits') : null}
      error={shownError(inspect.error)}
      busy={inspect.isPending}
      onConfirm={() => inspect.mutate(request.keyed({ returnId: view.id, lines: input }))}
    >
      <ul className={classes.lines}>
        {lines.map(({ lineId, name, units }) => {
          const looked = of(lineId, units);
          return (
            <li key={lineId} className={classes.fields}>
              <QuantityInput
                label={t('returns.unitsOf', { name, max: units })}
                value={looked.quantity}
                onChange={(quantity) => set(lineId, { ...looked, quantity })}
                max={units}
              />
              <Select
                label={t('returns.verdictOf', { name })}
                data={RETURN_VERDICTS.map((value) => ({ value, label: t(`returns.lineStates.${value}`) }))}
                value={looked.verdict}
                onChange={(value) => {
                  const verdict = RETURN_VERDICTS.find((known) => known === value);
                  if (verdict) set(lineId, { ...looked, verdict, stock: verdict === 'part' ? 'damaged' : looked.stock });
                }}
                allowDeselect={false}
              />
              {looked.verdict === 'part' && (
                <QuantityInput
                  label={t('returns.percentOf', { name })}
                  value={looked.percent}
                  onChange={(percent) => set(lineId, { ...looked, percent })}
                  min={1}
                  max={99}
                />
              )}
              {looked.verdict !== 'reject' && (
                <Select
                  label={t('returns.stockOf', { name })}
                  data={RESTOCKS.map((value) => ({ value, label: t(`returns.stocks.${value}`) }))}
                  value={looked.stock}
                  onChange={(value) => {
                    const stock = RESTOCKS.find((known) => known === value);
                    if (stock) set(lineId, { ...looked, stock });
                  }}
                  allowDeselect={false}
                />
              )}
            </li>
          );
        })}
      </ul>
    </EffectDialog>
  );
}
