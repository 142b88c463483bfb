'use client';
import { IconArrowBackUp, IconCheck, IconPackageOff, IconReceipt, IconTag } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { isTrouble, mayVoid } from '../../server/domains/fulfilment/rules.ts';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { usePowers } from '../powers.ts';
import { useMessages } from '../ui/locale.tsx';
import type { MenuAction } from '../ui/page-header.tsx';
import { ClaimDialog } from './claim-dialog.tsx';
import { ReceiveDialog, SettleDialog } from './receive-dialog.tsx';
import { VoidDialog } from './void-dialog.tsx';

const BEFORE_CAPTURE = ['pack', 'label', 'manifest'];
const HERE = ['PENDING', 'LABELLED', 'CANCELLED'];

type Open = 'relabel' | 'unpack' | 'claim' | 'receive' | 'settle';

/** Why each cannot be done now, by the rules that decide; null where it can. */
function reasons(page: ShipmentPage, t: ReturnType<typeof useMessages>['t']): Readonly<Record<Open, string | null>> {
  const { shipment, step } = page;
  const parcels = shipment.boxes.length > 0 ? shipment.boxes : [shipment];
  const captured = step !== null && !BEFORE_CAPTURE.includes(step);
  const why = (mode: 'relabel' | 'unpack'): string | null => {
    const verdict = mayVoid(shipment, parcels, mode, captured);
    return verdict.allowed ? null : verdict.why;
  };
  const left = parcels.filter((parcel) => !HERE.includes(parcel.status));
  const back = left.some((parcel) => parcel.status !== 'DELIVERED' && parcel.status !== 'RETURNED');
  const open = parcels.some((parcel) => isTrouble(parcel) && parcel.settledAt === null && parcel.status !== 'RETURNING');
  return {
    relabel: why('relabel'),
    unpack: why('unpack'),
    claim: left.length > 0 ? null : t('parcels.claimTooEarly'),
    receive: back ? null : t('parcels.receiveNot'),
    settle: open ? null : t('parcels.settleNot'),
  };
}

const LABELS = {
  relabel: 'parcels.relabel',
  unpack: 'parcels.unpack',
  claim: 'parcels.fileClaim',
  receive: 'parcels.receive',
  settle: 'parcels.settle',
} as const;

const ICONS = {
  relabel: IconTag,
  unpack: IconPackageOff,
  claim: IconReceipt,
  receive: IconArrowBackUp,
  settle: IconCheck,
} as const;

/** What else can be done with a shipment's parcels, for its "…" menu; what cannot says why. */
export function useParcelMenu(page: ShipmentPage): { readonly menu: MenuAction[]; readonly dialog: ReactNode } {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState<Open | null>(null);
  if (!powers.may('parcels.voidLabel') || page.shipment.nodeId === null) return { menu: [], dialog: null };
  const why = reasons(page, t);
  const close = () => setOpen(null);
  const menu = (Object.keys(LABELS) as Open[]).map(
    (key): MenuAction => ({ label: t(LABELS[key]), icon: ICONS[key], reason: why[key], onClick: () => setOpen(key) }),
  );
  const dialog = (
    <>
      {(open === 'relabel' || open === 'unpack') && <VoidDialog page={page} mode={open} onClose={close} />}
      {open === 'claim' && <ClaimDialog page={page} onClose={close} />}
      {open === 'receive' && <ReceiveDialog page={page} onClose={close} />}
      {open === 'settle' && <SettleDialog page={page} onClose={close} />}
    </>
  );
  return { menu, dialog };
}
