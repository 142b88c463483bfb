'use client';
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconBuildingBank,
  IconReceiptRefund,
  IconShoppingBag,
} from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { ActivityRow } from '../../server/views/wallet-activity.ts';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { useNow } from '../ui/time-ago.tsx';
import classes from './wallet.module.css';

/** The first letters of somebody's first and last name. */
export function initialsOf(name: string | null): string {
  const words = (name ?? '')
    .trim()
    .split(/[\s@.]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** A person as a circle with their letters. */
export function Face({ name, tone }: { name: string | null; tone?: 'in' | 'plain' }) {
  return (
    <span className={classes.face} data-tone={tone} aria-hidden>
      {initialsOf(name)}
    </span>
  );
}

function KindFace({ row }: { row: ActivityRow }) {
  const tone = row.amountMinor > 0n ? 'in' : 'plain';
  if (row.person) return <Face name={row.person.name} tone={tone} />;
  const Icon = iconOf(row);
  return (
    <span className={classes.face} data-tone={tone} aria-hidden>
      <Icon size={20} stroke={1.75} />
    </span>
  );
}

function iconOf({ kind, amountMinor, orderNumber }: ActivityRow) {
  if (/chargeback/.test(kind)) return IconAlertTriangle;
  if (/refund|void/.test(kind)) return IconReceiptRefund;
  if (orderNumber) return IconShoppingBag;
  if (/top_up|withdraw/.test(kind)) return IconBuildingBank;
  return amountMinor > 0n ? IconArrowDown : IconArrowUp;
}

/** What a movement was: who, the shop, or the kind of it. */
function useTitle(): (row: ActivityRow) => string {
  const { t, word } = useMessages();
  return (row) => {
    if (row.person) return row.person.name ?? (row.person.handle ? `@${row.person.handle}` : t('wallet.somebody'));
    if (row.merchantName) return row.merchantName;
    const said = word('wallet.kinds', row.kind);
    return said === row.kind ? t(row.amountMinor > 0n ? 'wallet.kinds.in' : 'wallet.kinds.out') : said;
  };
}

function Movement({ row }: { row: ActivityRow }) {
  const { t } = useMessages();
  const format = useFormat();
  const title = useTitle();
  const incoming = row.amountMinor > 0n;
  const about = row.note ?? (row.orderNumber ? t('wallet.order', { number: row.orderNumber }) : null);
  const what = [row.pending ? t('wallet.pending') : null, about, row.requestId && !about ? t('wallet.asked') : null].filter(
    Boolean,
  );
  const body = (
    <>
      <KindFace row={row} />
      <span className={classes.who}>{title(row)}</span>
      <span className={classes.amount} data-in={incoming || undefined} data-pending={row.pending || undefined}>
        {incoming && !row.pending ? '+' : ''}
        <Money amountMinor={row.amountMinor} currency={row.currency} />
      </span>
      <span className={classes.sub}>{what.join(' · ') || (incoming ? t('wallet.received') : t('wallet.sent'))}</span>
      <span className={classes.end}>{format.time(row.at)}</span>
    </>
  );
  if (row.orderNumber)
    return (
      <Link className={classes.row} href={`/account/orders/${row.orderNumber}`} prefetch={false}>
        {body}
      </Link>
    );
  if (row.requestId)
    return (
      <Link className={classes.row} href={`/account/wallet/requests/${row.requestId}`} prefetch={false}>
        {body}
      </Link>
    );
  return <div className={classes.row}>{body}</div>;
}

/** The calendar day of a moment where the reader is, YYYY-MM-DD. */
function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

interface Group {
  readonly day: string;
  readonly rows: ActivityRow[];
}

function groupsOf(rows: readonly ActivityRow[], timeZone: string): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const day = dayOf(row.at, timeZone);
    const last = groups.at(-1);
    if (last?.day === day) last.rows.push(row);
    else groups.push({ day, rows: [row] });
  }
  return groups;
}

/** Movements by day, the newest first. */
export function ActivityRows(props: { rows: readonly ActivityRow[]; day?: 'h2' | 'h3'; foot?: ReactNode }) {
  const { rows, day: Day = 'h3', foot } = props;
  const { t } = useMessages();
  const format = useFormat();
  const { timeZone } = usePreferences();
  const now = useNow();
  const today = dayOf(now, timeZone);
  const yesterday = dayOf(new Date(now.getTime() - 86_400_000), timeZone);
  const named = (day: string): string => {
    if (day === today) return t('wallet.today');
    if (day === yesterday) return t('wallet.yesterday');
    return format.days(day, day, day.slice(0, 4) === today.slice(0, 4) ? 'full' : 'dated');
  };
  return (
    <div>
      {groupsOf(rows, timeZone).map((group) => (
        <div key={group.rows[0]?.id}>
          <Day className={classes.day}>{named(group.day)}</Day>
          <ul className={classes.rows}>
            {group.rows.map((row) => (
              <li key={row.id}>
                <Movement row={row} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {foot}
    </div>
  );
}
