// What holds for mail to one recipient: thresholds of his site or domain, or none at all for who wants everything.
//
// [policy] domains = ["shop.example off", "bank.example tag=3 definite=6 refuse=8"]
import type { Rules } from './rules.ts';
import type { Thresholds } from './weigh.ts';

export interface Profile extends Thresholds {
  /** Two recipients with the same name are judged alike. */
  readonly name: string;
  /** Of the home of this recipient. */
  readonly rules: Rules;
  /** False: nothing is refused, deferred or marked; what was found is written down (opt-outs; postmaster and abuse, RFC 2142). */
  readonly isFiltered: boolean;
}

const line =
  /^(?<domain>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*) +(?:(?<off>off)|(?<settings>(?:(?:tag|definite|refuse)=\d+(?: +|$))+))$/;

/** The form of one line in the cluster file. */
export const domainProfileForm = line;

/** The profiles of one home: whom nothing else is said about, who wants everything, and its domains with a line of their own. */
export interface Profiles {
  readonly normal: Profile;
  readonly unfiltered: Profile;
  readonly byDomain: ReadonlyMap<string, Profile>;
}

export function profilesOf(
  name: string,
  rules: Rules,
  settings: Thresholds & { readonly domains: readonly string[] },
): Profiles {
  const { tagPoints, definitePoints, refusePoints } = settings;
  const normal: Profile = {
    name,
    rules,
    isFiltered: true,
    tagPoints,
    definitePoints,
    refusePoints,
  };
  const unfiltered: Profile = { ...normal, name: `${name}, unfiltered`, isFiltered: false };
  return { normal, unfiltered, byDomain: readLines(settings.domains, { normal, unfiltered }) };
}

function readLines(
  lines: readonly string[],
  { normal, unfiltered }: Pick<Profiles, 'normal' | 'unfiltered'>,
): ReadonlyMap<string, Profile> {
  return new Map(
    lines.flatMap((text) => {
      const groups = line.exec(text.toLowerCase())?.groups;
      const domain = groups?.['domain'];
      if (domain === undefined) return [];
      const profile =
        groups?.['off'] === undefined
          ? { ...normal, ...settingsIn(groups?.['settings'] ?? ''), name: domain }
          : unfiltered;
      return [[domain, profile] as const];
    }),
  );
}

function settingsIn(text: string): Partial<Thresholds> {
  const value = (name: string) => {
    const found = new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [tag, definite, refuse] = [value('tag'), value('definite'), value('refuse')];
  return {
    ...(tag === undefined ? {} : { tagPoints: tag }),
    ...(definite === undefined ? {} : { definitePoints: definite }),
    ...(refuse === undefined ? {} : { refusePoints: refuse }),
  };
}
