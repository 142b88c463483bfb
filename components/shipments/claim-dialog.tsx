'use client';
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CLAIM_KINDS, type ClaimKind } from '../../server/kernel/vocabulary.ts';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { BoxChoice } from './box-choice.tsx';
import { useParcelDone } from './use-parcel-done.ts';

/** Asks the carrier to pay for a parcel that it lost or damaged. */
export function ClaimDialog({ page, onClose }: { page: ShipmentPage; onClose: () => void }) {
  const { shipment } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const request = useRequestKey();
  const done = useParcelDone();
  const troubled = shipment.boxes.find((box) => box.status === 'LOST' || box.status === 'DAMAGED') ?? shipment.boxes[0];
  const [boxId, setBoxId] = useState<string | null>(troubled?.id ?? null);
  const status = shipment.boxes.find((box) => box.id === boxId)?.status ?? shipment.status;
  const [chosen, setKind] = useState<ClaimKind | null>(null);
  const kind = chosen ?? (status === 'DAMAGED' || status === 'DELIVERED' || status === 'RETURNED' ? 'damaged' : 'lost');
  const open = shipment.claims.find((claim) => claim.boxId === boxId && claim.status === 'open');
  const [typed, setAmount] = useState<bigint | null | undefined>(undefined);
  const amount = typed === undefined ? (open?.amountMinor ?? (boxId ? null : shipment.valueMinor)) : typed;
  const file = useMutation(
    trpc.parcels.fileClaim.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('parcels.claimFiled', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  const about = {
    shipmentId: shipment.id,
    kind,
    ...(boxId ? { boxId } : {}),
    ...(amount === null ? {} : { amountMinor: amount }),
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('parcels.claimTitle', { number: shipment.number })}
      preview={<p>{t('parcels.claimEffect')}</p>}
      reason={{ required: false }}
      verb={t('parcels.claimVerb')}
      error={shownError(file.error)}
      busy={file.isPending}
      onConfirm={(note) => file.mutate(request.keyed(note ? { ...about, note } : about))}
    >
      <BoxChoice shipment={shipment} value={boxId} onChange={setBoxId} all={false} />
      <Select
        label={t('parcels.claimKind')}
        data={CLAIM_KINDS.map((value) => ({ value, label: t(`parcels.claimKinds.${value}`) }))}
        value={kind}
        onChange={(value) => setKind(CLAIM_KINDS.find((known) => known === value) ?? null)}
        allowDeselect={false}
      />
      <MoneyInput label={t('parcels.claimAmount')} currency={shipment.currency} value={amount} onChange={setAmount} />
    </EffectDialog>
  );
}
