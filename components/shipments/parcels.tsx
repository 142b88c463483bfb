'use client';
import { Anchor } from '@mantine/core';
import Link from 'next/link';
import type { BoxView, ClaimView, ShipmentUpdateView, ShipmentView } from '../../server/views/order-shipments.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './parcels.module.css';

/** What proves a delivery, in a line. */
function Proof({ update }: { update: ShipmentUpdateView }) {
  const { t } = useMessages();
  const { name, place, signature, picture } = update.proof ?? {};
  const parts = [
    name && t('parcels.handedTo', { name }),
    place && t('parcels.at', { place }),
    signature && t('parcels.signature', { reference: signature }),
    picture && t('parcels.picture', { reference: picture }),
  ].filter(Boolean);
  return (
    <p className={classes.dim}>
      {parts.join(' · ')} · <TimeAgo at={update.occurredAt} />
    </p>
  );
}

function Claim({ claim }: { claim: ClaimView }) {
  const { t } = useMessages();
  const paid = claim.status === 'paid';
  return (
    <div className={classes.head}>
      <span>{t('parcels.claim', { number: claim.number })}</span>
      <StatusBadge kind="claim" value={claim.status} />
      <Money amountMinor={paid ? claim.paidMinor : (claim.acceptedMinor ?? claim.amountMinor)} currency={claim.currency} />
      {claim.answer && <span className={classes.dim}>{claim.answer}</span>}
    </div>
  );
}

interface Shown {
  readonly title: string;
  readonly boxId: string | null;
  readonly status: BoxView['status'];
  readonly trackingNumber: string | null;
  readonly labelUrl: string | null;
  readonly manifestNumber: string | null;
  readonly weightGrams: number | null;
  readonly lines: ShipmentView['lines'];
}

function Parcel({ parcel, shipment }: { parcel: Shown; shipment: ShipmentView }) {
  const { t } = useMessages();
  const proof = shipment.updates.findLast(
    (update) => update.status === 'DELIVERED' && update.proof && (update.boxId === null || update.boxId === parcel.boxId),
  );
  return (
    <li className={classes.parcel}>
      <div className={classes.head}>
        <strong>{parcel.title}</strong>
        <StatusBadge kind="shipment" value={parcel.status} />
        {parcel.trackingNumber && <CopyText value={parcel.trackingNumber} mono />}
        {parcel.weightGrams !== null && <span className={classes.dim}>{t('parcels.grams', { grams: parcel.weightGrams })}</span>}
        {parcel.labelUrl && parcel.status !== 'CANCELLED' && (
          <Anchor href={parcel.labelUrl} target="_blank" rel="noopener" size="sm">
            {t('parcels.label')}
          </Anchor>
        )}
        {parcel.manifestNumber && (
          <Link href={`/shipments/manifests/${parcel.manifestNumber}`}>
            {t('parcels.onManifest', { number: parcel.manifestNumber })}
          </Link>
        )}
      </div>
      {parcel.lines.length > 0 && (
        <ul className={classes.plain}>
          {parcel.lines.map((line) => (
            <li key={`${line.lineId}${line.fromUnit}`}>
              <span className="wb-number">{line.toUnit - line.fromUnit + 1} ×</span> {line.name}
            </li>
          ))}
        </ul>
      )}
      {proof && <Proof update={proof} />}
      {shipment.claims
        .filter((claim) => claim.boxId === parcel.boxId)
        .map((claim) => (
          <Claim key={claim.id} claim={claim} />
        ))}
    </li>
  );
}

/** The parcels of a shipment, one below the other. */
export function ParcelList({ shipment }: { shipment: ShipmentView }) {
  const { t } = useMessages();
  const parcels: Shown[] =
    shipment.boxes.length > 0
      ? shipment.boxes.map((box) => ({ ...box, boxId: box.id, title: t('parcels.box', { number: box.number }) }))
      : [{ ...shipment, boxId: null, title: t('parcels.whole'), weightGrams: null, lines: [] }];
  return (
    <ul className={classes.list}>
      {parcels.map((parcel) => (
        <Parcel key={parcel.boxId ?? 'whole'} parcel={parcel} shipment={shipment} />
      ))}
    </ul>
  );
}

/** The parcels of a shipment with label, tracking, manifest, proof and claims of each. Nothing for a service, which has none. */
export function Parcels({ shipment }: { shipment: ShipmentView }) {
  const { t } = useMessages();
  if (shipment.nodeId === null) return null;
  return (
    <Section title={t('parcels.title')} count={Math.max(1, shipment.boxes.length)}>
      <ParcelList shipment={shipment} />
      {shipment.received.length > 0 && (
        <>
          <h3 className={classes.dim}>{t('parcels.received')}</h3>
          <ul className={classes.plain}>
            {shipment.received.map((back) => (
              <li key={`${back.lineId}${back.fromUnit}`}>
                <span className="wb-number">{back.toUnit - back.fromUnit + 1} ×</span> {back.name} ·{' '}
                {t(`parcels.conditions.${back.condition}`)} · <TimeAgo at={back.receivedAt} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
