import type { RoutingRule, RulesContent } from '../../server/domains/routing/schema.ts';

export type EffectType = RoutingRule['effect']['type'];
export const EFFECTS: readonly EffectType[] = ['prefer', 'exclude', 'stores_off', 'max_nodes', 'no_split', 'penalties'];

/** A rule while it is edited: lists as people type them, figures that may still be missing. */
export interface RuleForm {
  readonly name: string;
  readonly active: boolean;
  readonly channels: readonly string[];
  readonly countries: string;
  readonly skuTags: string;
  readonly minGrams: number | null;
  readonly maxGrams: number | null;
  readonly type: EffectType;
  readonly nodes: readonly string[];
  readonly kinds: readonly string[];
  readonly discountMinor: number | null;
  readonly count: number | null;
  readonly splitMinor: number | null;
  readonly lateDayMinor: number | null;
}

export interface RulesForm {
  readonly splitMinor: number | null;
  readonly lateDayMinor: number | null;
  readonly rules: readonly RuleForm[];
}

export const BLANK_RULE: RuleForm = {
  name: '',
  active: true,
  channels: [],
  countries: '',
  skuTags: '',
  minGrams: null,
  maxGrams: null,
  type: 'prefer',
  nodes: [],
  kinds: [],
  discountMinor: null,
  count: null,
  splitMinor: null,
  lateDayMinor: null,
};

export function formOf({ splitMinor, lateDayMinor, rules }: RulesContent): RulesForm {
  return {
    splitMinor,
    lateDayMinor,
    rules: rules.map(({ name, active, when, effect }) => ({
      ...BLANK_RULE,
      name,
      active,
      channels: when.channels,
      countries: when.countries.join(', '),
      skuTags: when.skuTags.join(', '),
      minGrams: when.minGrams,
      maxGrams: when.maxGrams,
      ...effect,
    })),
  };
}

const listOf = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

function effectOf(rule: RuleForm): RoutingRule['effect'] | null {
  const targets = { nodes: [...rule.nodes], kinds: [...rule.kinds] as ('store' | 'warehouse')[] };
  switch (rule.type) {
    case 'prefer':
      return rule.discountMinor === null ? null : { type: 'prefer', ...targets, discountMinor: rule.discountMinor };
    case 'exclude':
      return { type: 'exclude', ...targets };
    case 'max_nodes':
      return rule.count === null ? null : { type: 'max_nodes', count: rule.count };
    case 'penalties':
      return { type: 'penalties', splitMinor: rule.splitMinor, lateDayMinor: rule.lateDayMinor };
    default:
      return { type: rule.type };
  }
}

/** What the server takes; null while something is missing. What rules may say is decided there. */
export function contentOf(form: RulesForm): RulesContent | null {
  if (form.splitMinor === null || form.lateDayMinor === null) return null;
  const rules = form.rules.flatMap((rule) => {
    const effect = effectOf(rule);
    if (!rule.name.trim() || effect === null) return [];
    const when = {
      channels: [...rule.channels] as RoutingRule['when']['channels'],
      countries: listOf(rule.countries.toUpperCase()),
      skuTags: listOf(rule.skuTags),
      minGrams: rule.minGrams,
      maxGrams: rule.maxGrams,
    };
    return [{ name: rule.name.trim(), active: rule.active, when, effect }];
  });
  if (rules.length < form.rules.length) return null;
  return { splitMinor: form.splitMinor, lateDayMinor: form.lateDayMinor, rules };
}
