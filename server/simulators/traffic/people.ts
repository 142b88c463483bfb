/** The customers of the demo's shop: made-up people at addresses that could be. Their mail goes to names that belong to nobody (RFC 2606). */
export interface Customer {
  readonly email: string;
  readonly name: string;
  readonly shipTo: {
    readonly line1: string;
    readonly city: string;
    readonly postalCode: string;
    readonly country: string;
    readonly region?: string;
  };
}

interface Land {
  readonly country: string;
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly streets: readonly string[];
  readonly towns: readonly (readonly [city: string, postalCode: string, region?: string])[];
}

const GERMANY: Land = {
  country: 'DE',
  first: ['Anna', 'Jonas', 'Mia', 'Paul', 'Lea', 'Felix', 'Clara', 'Emil', 'Ida', 'Moritz', 'Sophie', 'Anton'],
  last: ['Becker', 'Hoffmann', 'Krüger', 'Lange', 'Neumann', 'Schulz', 'Vogel', 'Wagner', 'Winter', 'Ziegler'],
  streets: ['Lindenweg', 'Hauptstraße', 'Gartenstraße', 'Bergstraße', 'Am Markt', 'Schillerstraße'],
  towns: [
    ['Berlin', '10115'],
    ['Hamburg', '20095'],
    ['München', '80331'],
    ['Köln', '50667'],
    ['Leipzig', '04109'],
    ['Bremen', '28195'],
  ],
};
const BRITAIN: Land = {
  country: 'GB',
  first: ['Olivia', 'George', 'Isla', 'Arthur', 'Ava', 'Theo', 'Grace', 'Harry', 'Freya', 'Oscar'],
  last: ['Ashworth', 'Bennett', 'Clarke', 'Ellis', 'Fletcher', 'Hughes', 'Marsh', 'Palmer', 'Reid', 'Walsh'],
  streets: ['Station Road', 'Church Lane', 'Mill Street', 'Victoria Road', 'The Green'],
  towns: [
    ['Bristol', 'BS1 4ST'],
    ['Leeds', 'LS1 4AP'],
    ['Norwich', 'NR2 1TF'],
    ['York', 'YO1 7HH'],
    ['Exeter', 'EX1 1GE'],
  ],
};
const JAPAN: Land = {
  country: 'JP',
  first: ['Haruto', 'Yui', 'Sota', 'Aoi', 'Ren', 'Sakura', 'Yuto', 'Hina'],
  last: ['Sato', 'Suzuki', 'Takahashi', 'Tanaka', 'Watanabe', 'Ito', 'Kobayashi', 'Kato'],
  streets: ['1-2-3', '4-5-6', '2-8-1', '3-1-7'],
  towns: [
    ['Shinjuku', '160-0022', 'Tokyo'],
    ['Kita', '530-0001', 'Osaka'],
    ['Naka', '460-0008', 'Aichi'],
  ],
};
const LANDS: Readonly<Record<string, Land>> = { nordlicht: GERMANY, 'harbour-lane': BRITAIN, kumo: JAPAN };

export type Random = () => number;
export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

/** Somebody who buys at this shop. */
export function customerOf(shop: string, random: Random): Customer {
  const land = LANDS[shop] ?? GERMANY;
  const name = `${pick(random, land.first)} ${pick(random, land.last)}`;
  const [city, postalCode, region] = pick(random, land.towns);
  const plain = name
    .replaceAll('ü', 'ue')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '.');
  const number = 1 + Math.floor(random() * 90);
  const street = pick(random, land.streets);
  const line1 = land.country === 'GB' ? `${number} ${street}` : `${street} ${number}`;
  return {
    email: `${plain}${number}@example.com`,
    name,
    shipTo: { line1, city, postalCode, country: land.country, ...(region ? { region } : {}) },
  };
}
