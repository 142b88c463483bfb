'use client';
import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayAdvance } from '../../server/domains/fulfilment/rules.ts';
import { PARCEL_REPORTS, type ParcelReport } from '../../server/kernel/vocabulary.ts';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

type Report = ParcelReport;
/** Before the carrier has a parcel nobody can report on its way. */
const NOT_LEFT = ['PENDING', 'LABELLED'];

/** What may be reported of a shipment in this state, by the rule that decides on carriers' reports too. */
function reportsFor(shipment: ShipmentPage['shipment']): Report[] {
  return NOT_LEFT.includes(shipment.status) ? [] : PARCEL_REPORTS.filter((report) => mayAdvance(shipment.status, report));
}

function UpdateDialog({ page, onClose }: { page: ShipmentPage; onClose: () => void }) {
  const { shipment } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const reports = reportsFor(shipment);
  const [chosen, setChosen] = useState<Report | null>(null);
  const request = useRequestKey();
  const report = chosen ?? (reports.includes('DELIVERED') ? 'DELIVERED' : reports[0]);
  const update = useMutation(
    trpc.shipments.update.mutationOptions({
      onSuccess: () => {
        const link = { href: `/shipments/${encodeURIComponent(shipment.number)}`, label: shipment.number };
        toast.success({ message: t('actions.shipment.done', { number: shipment.number }), link });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.shipments.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('actions.shipment.title', { number: shipment.number })}
      preview={<p>{report ? t(`actions.shipment.effect.${report}`) : t('actions.shipment.finished')}</p>}
      reason={{ required: true }}
      verb={report ? t(`actions.shipment.verbs.${report}`) : t('actions.shipment.update')}
      blocked={report ? null : t('actions.shipment.finished')}
      error={shownError(update.error)}
      busy={update.isPending}
      onConfirm={(detail) => report && update.mutate(request.keyed({ shipmentId: shipment.id, status: report, detail }))}
    >
      <Select
        label={t('actions.shipment.status')}
        data={reports.map((value) => ({ value, label: t(`actions.shipment.statuses.${value}`) }))}
        value={report ?? null}
        onChange={(value) => setChosen(PARCEL_REPORTS.find((known) => known === value) ?? null)}
        allowDeselect={false}
      />
    </EffectDialog>
  );
}

/** For what a person at the door, or on the phone with the carrier, knows. */
export function UpdateButton({ page }: { page: ShipmentPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState(false);
  if (!powers.may('shipments.update')) return null;
  const notYet = NOT_LEFT.includes(page.shipment.status);
  const none = t(notYet ? 'actions.shipment.notYet' : 'actions.shipment.finished');
  return (
    <>
      <ActionButton
        label={t('actions.shipment.update')}
        reason={reportsFor(page.shipment).length === 0 ? none : null}
        onClick={() => setOpen(true)}
      />
      {open && <UpdateDialog page={page} onClose={() => setOpen(false)} />}
    </>
  );
}
