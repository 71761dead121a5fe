// RFC 7208 case by case, in a zone held in memory. The cases are in test/spf-cases/; their titles cite the sections.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limitCases } from '../../test/spf-cases/limits.ts';
import { macroCases } from '../../test/spf-cases/macros.ts';
import { mechanismCases } from '../../test/spf-cases/mechanisms.ts';
import type { SpfCase } from '../../test/spf-cases/spf-case.ts';
import { syntaxCases } from '../../test/spf-cases/syntax.ts';
import { checkIn } from '../../test/zone-resolver.ts';

const groups: Readonly<Record<string, readonly SpfCase[]>> = {
  'how records are written': syntaxCases,
  'what mechanisms and modifiers mean': mechanismCases,
  'macros and explanations': macroCases,
  'limits, identities and records': limitCases,
};

for (const [group, cases] of Object.entries(groups)) {
  describe(group, () => {
    for (const each of cases) {
      test(`${each.title} (RFC 7208 ${each.rule})`, async () => {
        const answer = await checkIn({
          zone: {
            ...(each.record === '' ? {} : { 'example.test': { TXT: [[each.record]] } }),
            ...each.zone,
          },
          ...(each.faults ? { faults: each.faults } : {}),
          ...(each.ip === undefined ? {} : { clientAddress: each.ip }),
          ...(each.from === undefined ? {} : { sender: each.from }),
          ...(each.helo === undefined ? {} : { helo: each.helo }),
        });
        const said = JSON.stringify(answer);
        assert.equal(answer.result, each.want, said);
        if (each.explanation !== undefined)
          assert.equal(answer.explanation ?? '', each.explanation, said);
        if (each.mechanism !== undefined) assert.equal(answer.mechanism, each.mechanism);
        const isError = answer.result === 'temperror' || answer.result === 'permerror';
        if (isError) assert.match(answer.problem ?? '', /^[\x20-\x7e]+$/, 'the problem is named');
      });
    }
  });
}
