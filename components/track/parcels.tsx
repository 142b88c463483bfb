'use client';
import type { TrackedLine, TrackedParcel } from '../../server/views/track.ts';
import { PromisedDays } from '../promised-days.tsx';
import { Badge, BadgeGroup, StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState } from '../ui/states.tsx';
import { lookOf } from '../ui/status.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { progressOf } from './progress.ts';
import classes from './track.module.css';

function Parcel({ parcel }: { parcel: TrackedParcel }) {
  const { t, word } = useMessages();
  return (
    <li className={classes.parcel}>
      <div className={classes.head}>
        <span className={classes.strong}>{t('track.parcel', { number: parcel.number })}</span>
        <StatusBadge kind="shipment" value={parcel.status} />
        {parcel.trackingNumber && parcel.boxes.length === 0 && (
          <span className={classes.end}>
            {parcel.carrier && word('shipments.carriers', parcel.carrier)} <CopyText value={parcel.trackingNumber} mono />
          </span>
        )}
      </div>
      <span className={classes.dim}>{parcel.contents.map((item) => `${item.units} × ${item.name}`).join(', ')}</span>
      {parcel.boxes.map((box) => (
        <div key={box.number} className={classes.head}>
          <span>{t('parcels.box', { number: box.number })}</span>
          <StatusBadge kind="shipment" value={box.status} />
          {box.trackingNumber && <CopyText value={box.trackingNumber} mono />}
        </div>
      ))}
      {parcel.handedTo && (
        <span>
          {[
            parcel.handedTo.name && t('parcels.handedTo', { name: parcel.handedTo.name }),
            parcel.handedTo.place && t('parcels.at', { place: parcel.handedTo.place }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      )}
      <ol className={classes.updates}>
        {parcel.updates.map((update) => (
          <li key={`${update.status}${update.occurredAt.toISOString()}`} className={classes.head}>
            <StatusBadge kind="shipment" value={update.status} />
            <span>{update.detail}</span>
            <span className={`${classes.end} ${classes.dim}`}>
              <TimeAgo at={update.occurredAt} />
            </span>
          </li>
        ))}
      </ol>
    </li>
  );
}

/** Where the parcels are; nothing where none left and none will. */
export function Parcels({ parcels, lines }: { parcels: readonly TrackedParcel[]; lines: readonly TrackedLine[] }) {
  const { t } = useMessages();
  if (parcels.length === 0 && progressOf(lines) === null) return null;
  return (
    <Section title={t('track.parcels')} count={parcels.length}>
      {parcels.length === 0 && <EmptyState compact title={t('track.noParcelsTitle')} reason={t('track.noParcels')} />}
      <ul className={classes.list}>
        {parcels.map((parcel) => (
          <Parcel key={parcel.number} parcel={parcel} />
        ))}
      </ul>
    </Section>
  );
}

/** How far the units of a line have come, in a customer's words. */
export function LineProgress({ line }: { line: TrackedLine }) {
  const { t } = useMessages();
  return (
    <BadgeGroup>
      {line.units.map(({ state, units }) => {
        const { tone, icon } = lookOf('span', state);
        return (
          <Badge key={state} tone={tone} icon={icon}>
            {units} × {t(`track.state.${state}`)}
          </Badge>
        );
      })}
    </BadgeGroup>
  );
}

interface ArrivesProps {
  readonly from: string | null;
  readonly by: string | null;
  readonly lines: readonly TrackedLine[];
}

/** When it is to arrive, as long as something still may. */
export function Arrives({ from, by, lines }: ArrivesProps) {
  const { t } = useMessages();
  const progress = progressOf(lines);
  if (from === null || by === null || progress === null || progress.steps.at(-1)?.units === progress.total) return null;
  return (
    <>
      {' · '}
      {t('track.arrives')} <PromisedDays from={from} by={by} />
    </>
  );
}
