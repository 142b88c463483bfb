'use client';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { areaOf } from './area-text.ts';
import { BLANK_ZONE, type ZoneForm } from './node-form.ts';
import classes from './nodes.module.css';

interface Props {
  readonly zones: readonly ZoneForm[];
  readonly currency: string;
  readonly onChange: (zones: readonly ZoneForm[]) => void;
}

const MAX_GRAMS = 100_000_000;
const MAX_DAYS = 60;

/** The table of what sending costs: zones in order, each with prices by weight. */
export function ZoneFields({ zones, currency, onChange }: Props) {
  const { t } = useMessages();
  const set = (index: number, change: Partial<ZoneForm>) =>
    onChange(zones.map((zone, at) => (at === index ? { ...zone, ...change } : zone)));
  return (
    <div className={classes.zones}>
      <p className={classes.text}>{t(zones.length === 0 ? 'routing.node.noZones' : 'routing.node.zonesText')}</p>
      {zones.map((zone, index) => (
        <fieldset key={index} className={classes.zone} aria-label={`${t('routing.node.zoneName')} ${zone.name || index + 1}`}>
          <div className={classes.fields}>
            <TextInput
              label={t('routing.node.zoneName')}
              required
              maxLength={60}
              value={zone.name}
              onChange={(event) => set(index, { name: event.currentTarget.value })}
            />
            <TextInput
              label={t('routing.node.zoneArea')}
              error={areaOf(zone.area) === null ? t('routing.node.areaWrong') : undefined}
              placeholder={t('routing.node.everywhere')}
              value={zone.area}
              onChange={(event) => set(index, { area: event.currentTarget.value })}
            />
            <QuantityInput
              label={t('routing.node.transitDays')}
              value={zone.transitDays}
              max={MAX_DAYS}
              onChange={(transitDays) => set(index, { transitDays })}
            />
          </div>
          <Bands zone={zone} currency={currency} onChange={(bands) => set(index, { bands })} />
          <div className={classes.buttons}>
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => set(index, { bands: [...zone.bands, { upToGrams: null, priceMinor: null }] })}
            >
              {t('routing.node.addBand')}
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              leftSection={<IconTrash size={14} />}
              onClick={() => onChange(zones.filter((_, at) => at !== index))}
            >
              {t('routing.node.removeZone', { name: zone.name || String(index + 1) })}
            </Button>
          </div>
        </fieldset>
      ))}
      <Button variant="default" size="compact-sm" onClick={() => onChange([...zones, BLANK_ZONE])}>
        {t('routing.node.addZone')}
      </Button>
    </div>
  );
}

interface BandProps {
  readonly zone: ZoneForm;
  readonly currency: string;
  readonly onChange: (bands: ZoneForm['bands']) => void;
}

function Bands({ zone, currency, onChange }: BandProps) {
  const { t } = useMessages();
  const set = (index: number, change: Partial<ZoneForm['bands'][number]>) =>
    onChange(zone.bands.map((band, at) => (at === index ? { ...band, ...change } : band)));
  return zone.bands.map((band, index) => (
    <div key={index} className={classes.band}>
      <QuantityInput
        label={t('routing.node.upTo')}
        description={t('routing.node.noLimit')}
        value={band.upToGrams}
        min={1}
        max={MAX_GRAMS}
        onChange={(upToGrams) => set(index, { upToGrams })}
      />
      <MoneyInput
        label={t('routing.node.price')}
        required
        currency={currency}
        value={band.priceMinor === null ? null : BigInt(band.priceMinor)}
        onChange={(amount) => set(index, { priceMinor: amount === null ? null : Number(amount) })}
      />
      <ActionIcon
        variant="subtle"
        aria-label={t('routing.node.removeBand')}
        disabled={zone.bands.length === 1}
        onClick={() => onChange(zone.bands.filter((_, at) => at !== index))}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </div>
  ));
}
