'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { BoxChoice } from './box-choice.tsx';
import { useParcelDone } from './use-parcel-done.ts';

/** Takes labels back before the hand-over: shows which, and what becomes of the units, before it asks why. */
export function VoidDialog({ page, mode, onClose }: { page: ShipmentPage; mode: 'relabel' | 'unpack'; onClose: () => void }) {
  const { shipment } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const request = useRequestKey();
  const done = useParcelDone();
  const [boxId, setBoxId] = useState<string | null>(null);
  const about = { shipmentId: shipment.id, mode, ...(boxId && mode === 'relabel' ? { boxId } : {}) };
  const plan = useQuery({
    queryKey: ['void-plan', about, String(shipment.version)],
    queryFn: () => client.parcels.previewVoid.mutate(about),
    retry: false,
  });
  const voided = useMutation(
    trpc.parcels.voidLabel.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('parcels.voided', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  const { number } = shipment;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(mode === 'relabel' ? 'parcels.relabelTitle' : 'parcels.unpackTitle', { number })}
      danger={mode === 'unpack'}
      preview={
        plan.data || plan.error ? (
          <>
            <p>
              {mode === 'relabel'
                ? t('parcels.relabelEffect', { count: plan.data?.labels.length ?? 0 })
                : t('parcels.unpackEffect', { units: plan.data?.units ?? 0 })}
            </p>
            <p className="wb-mono">{plan.data?.labels.map((label) => label.trackingNumber).join(', ')}</p>
          </>
        ) : undefined
      }
      reason={{ required: true }}
      verb={t(mode === 'relabel' ? 'parcels.relabelVerb' : 'parcels.unpackVerb')}
      error={shownError(voided.error ?? plan.error)}
      busy={voided.isPending}
      onConfirm={(reason) => plan.data && voided.mutate(request.keyed({ ...about, reason, fingerprint: plan.data.fingerprint }))}
    >
      {mode === 'relabel' && <BoxChoice shipment={shipment} value={boxId} onChange={setBoxId} all />}
    </EffectDialog>
  );
}
