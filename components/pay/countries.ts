/** ISO 3166-1 alpha-2, as assigned in 2024: names come from the browser, in the reader's language. */
const ASSIGNED =
  'AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RW SA SB SC SE SG SI SK SL SM SN SO SR SS ST SV SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VG VI VN VU WF WS YE YT ZA ZM ZW';

/** The countries of a list by name; an empty list means everywhere. */
export function countriesByName(codes: readonly string[], locale: string): { readonly code: string; readonly name: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return (codes.length > 0 ? codes : ASSIGNED.split(' '))
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, locale));
}

/** How postal codes look where we know it well; elsewhere anything goes. */
const POSTAL: Readonly<Record<string, RegExp>> = {
  AT: /^\d{4}$/,
  AU: /^\d{4}$/,
  BE: /^\d{4}$/,
  CH: /^\d{4}$/,
  DE: /^\d{5}$/,
  DK: /^\d{4}$/,
  ES: /^\d{5}$/,
  FR: /^\d{5}$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
  IT: /^\d{5}$/,
  JP: /^\d{3}-?\d{4}$/,
  NL: /^\d{4} ?[A-Z]{2}$/i,
  PL: /^\d{2}-?\d{3}$/,
  PT: /^\d{4}-?\d{3}$/,
  SE: /^\d{3} ?\d{2}$/,
  US: /^\d{5}(-\d{4})?$/,
};
/** Countries that do without. */
const NO_POSTAL = new Set(['AE', 'AG', 'AO', 'BS', 'HK', 'IE', 'JM', 'QA', 'PA']);
/** Countries whose addresses name a state, province or prefecture. */
const WITH_REGION = new Set(['AU', 'BR', 'CA', 'CN', 'IN', 'JP', 'MX', 'US']);

export const hasRegion = (country: string): boolean => WITH_REGION.has(country);

/** Whether a postal code is missing or cannot be one of this country. */
export function postalProblem(country: string, code: string): 'missing' | 'wrong' | null {
  const text = code.trim();
  if (text === '') return NO_POSTAL.has(country) ? null : 'missing';
  return POSTAL[country] && !POSTAL[country].test(text) ? 'wrong' : null;
}
