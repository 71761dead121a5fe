// Trying out how this site judges, and what its diary knows of a decision.
import { tryOut, type StrangerJudgeParts } from '@restante/policy';
import type { Timeline } from '@restante/relay';
import { SiteApiError, type Decision, type JudgingOperations } from '@restante/site-api';
import { formatReply } from '@restante/mail-model';

export interface JudgingOperationsParts {
  readonly site: string;
  readonly judgeParts: StrangerJudgeParts;
  readonly timeline: Timeline;
}

export function createJudgingOperations({
  site,
  judgeParts,
  timeline,
}: JudgingOperationsParts): JudgingOperations {
  return {
    async tryOut({ message, ...asked }) {
      const tried = await tryOut(judgeParts, {
        ...asked,
        ...(message === undefined ? {} : { message: withLineEnds(Buffer.from(message, 'base64')) }),
      });
      const { stage, action, points, reasons, verdict, reply, header } = tried;
      return {
        site,
        stage,
        action,
        points,
        reasons,
        ...(verdict?.spam === undefined ? {} : { spam: verdict.spam }),
        ...(verdict?.identity === undefined ? {} : { identity: verdict.identity }),
        ...(reply === undefined ? {} : { reply: formatReply(reply) }),
        ...(header === undefined ? {} : { header }),
      };
    },
    async decisions(id) {
      if (!/^[\w.@<>-]{1,400}$/.test(id))
        throw new SiteApiError('BAD_REQUEST', { detail: 'That is no id of a decision.' });
      const steps = await timeline.trace(id);
      return (
        steps
          .filter(
            (step) =>
              // A stranger may greet with the id of another decision; that makes his no part of it.
              step.id === id && step.what === 'judgement.made' && isDecision(step.fields),
          )
          // Written by this site itself, in this shape.
          .map(({ atMs, fields }) => ({ ...(fields as Omit<Decision, 'atMs'>), atMs, site, id }))
      );
    },
  };
}

function isDecision(fields: Readonly<Record<string, unknown>>): boolean {
  return (
    Array.isArray(fields['reasons']) &&
    Array.isArray(fields['recipients']) &&
    typeof fields['action'] === 'string'
  );
}

/** A file from a disk may have lines that end as its system likes; mail has CRLF. */
function withLineEnds(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}
