// A backup answers RCPT from its mirror of the home's recipients: an old one refuses new people, none at all puts mail off.
import { about } from '../finding.ts';
import type { Check } from '../look.ts';

export const mirror: Check = {
  name: 'mirror',
  async run({ options }) {
    const { mirrors, settings } = options;
    const remedy = (home: string) =>
      `See whether ${home} can be reached (restante health); the mirror follows by itself.`;
    return (mirrors?.() ?? []).map(({ home, ageMs }) => {
      const say = about('mirror', home);
      if (ageMs === undefined)
        return say.problem(
          'There is none: mail for its domains is put off until there is.',
          remedy(home),
        );
      const minutes = Math.round(ageMs / 60_000);
      return ageMs > settings.mirrorAgeMaxMs
        ? say.problem(`It is ${minutes} minutes old.`, remedy(home))
        : say.fine(`${minutes === 0 ? 'Less than a minute' : `${minutes} minutes`} old.`);
    });
  },
};
