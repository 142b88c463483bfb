import { describe, expect, it } from 'vitest';
import {
  FULFILMENT_STATUSES,
  HOLDS,
  OPERATION_STATUSES,
  ORDER_STATUSES,
  PAYMENT_STATES,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  ROLES,
  SAGA_STATUSES,
  SHIPMENT_STATUSES,
  SPAN_STATES,
} from '../../server/kernel/vocabulary.ts';
import { isMessageKey, LOCALES, loadCatalogue, translate } from './messages/catalogue.ts';
import { STATUS_LOOKS, type StatusKind } from './status.ts';
import { DARK, LIGHT, TONES } from './tokens.ts';

const VOCABULARY = {
  order: ORDER_STATUSES,
  payment: [...PAYMENT_STATUSES, ...PAYMENT_STATES],
  fulfilment: FULFILMENT_STATUSES,
  hold: HOLDS,
  saga: SAGA_STATUSES,
  shipment: SHIPMENT_STATUSES,
  span: SPAN_STATES,
  operation: OPERATION_STATUSES,
  refund: REFUND_STATUSES,
} as const satisfies Partial<Record<StatusKind, readonly string[]>>;

it.each(Object.entries(VOCABULARY))('every %s of the vocabulary has a look and a word', (kind, values) => {
  for (const value of values) {
    expect(Object.keys(STATUS_LOOKS[kind as StatusKind]), value).toContain(value);
  }
});

it('every look has a word in every language, and no word lacks a look', async () => {
  for (const locale of LOCALES) await loadCatalogue(locale);
  for (const [kind, looks] of Object.entries(STATUS_LOOKS)) {
    for (const value of Object.keys(looks)) {
      const key = `status.${kind}.${value}`;
      expect(isMessageKey(key), key).toBe(true);
      if (isMessageKey(key)) for (const locale of LOCALES) expect(translate(locale, key)).not.toBe(key);
    }
  }
});

it('every role has a name', () => {
  for (const role of ROLES) expect(isMessageKey(`nav.roles.${role}`), role).toBe(true);
});

it('what is in doubt is striped, and nothing else is', () => {
  expect(STATUS_LOOKS.payment.IN_DOUBT.tone).toBe('doubt');
  for (const palette of [LIGHT, DARK]) {
    for (const tone of TONES) expect(palette.tones[tone].stripe !== palette.tones[tone].bg).toBe(tone === 'doubt');
  }
});

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('in the %s theme', (_, palette) => {
  it('every badge is readable on both of its stripes (AA)', () => {
    for (const tone of TONES) {
      const { bg, fg, stripe } = palette.tones[tone];
      expect(contrast(fg, bg), tone).toBeGreaterThanOrEqual(4.5);
      expect(contrast(fg, stripe), tone).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('text, dimmed text and links are readable on every surface (AA)', () => {
    for (const surface of [palette.page, palette.sidebar, palette.raised, palette.hover, palette.selected]) {
      for (const ink of [palette.text, palette.dimmed, palette.link]) {
        expect(contrast(ink, surface), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('the focus ring stands out from what it surrounds (3 : 1)', () => {
    for (const surface of [palette.page, palette.sidebar, palette.selected]) {
      expect(contrast(palette.focus, surface)).toBeGreaterThanOrEqual(3);
    }
  });
});
