// Judges strangers, once, at the site they met (law 5), by the rules of the home their mail is for: at RCPT by who they are, at the end of
// data by what they bring.
//
// Promises
// - Peers and our own people never come here. Nothing is refused at MAIL for what a list says, so that listed people can still log in.
// - What is looked up in DNS starts at MAIL and is waited for at the first RCPT; every check ends within its budget.
// - Recipients who are judged by different rules are not taken in one transaction: the second one is asked to come separately.
// - Every decision but a plain "taken" is an event with an id, the reasons, and the words the client heard.
import { domainOf, type EventSink, type SmtpReply } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import { createContentJudge, type ContentJudge, type ContentParts } from './content-judge.ts';
import { refuse } from './decide.ts';
import { evaluate } from './evaluate.ts';
import type { RecipientFacts, SenderFacts } from './facts.ts';
import type { OperatorLists } from './operator-lists/operator-lists.ts';
import type { Profile } from './profile.ts';
import { refusal } from './refusal.ts';
import type { Rules } from './rules.ts';
import {
  beginTransaction,
  clientFacts,
  type SenderTools,
  type Transaction,
} from './transaction.ts';
import { isWelcomeSender } from './welcome.ts';
import { weigh } from './weigh.ts';

/** What judging needs of a session; the edge's EdgeSession has it. */
export interface JudgedSession {
  readonly remoteAddress: string;
  readonly helo: string;
  readonly tls?: string;
  readonly notes: Map<string, unknown>;
}

export interface StrangerJudgeParts extends ContentParts {
  readonly tools: SenderTools;
  /** Rules that may be asked for: what they need to know is looked up from MAIL on. */
  readonly rules: readonly Rules[];
  readonly operatorLists: Pick<OperatorLists, 'match'>;
  /** Whose rules hold for this recipient, who exists. */
  readonly profileOf: (recipient: string) => Profile;
  readonly isHomeAway: (domain: string) => boolean;
  /** A new id for a decision. */
  readonly nextId: () => string;
  readonly onEvent: EventSink;
  readonly clock: Clock;
}

export interface StrangerJudge {
  /** Starts looking things up; never refuses, never waits. */
  beginSender(session: JudgedSession, sender: string): void;
  /** For a recipient who exists. A reply refuses. */
  judgeRecipient(session: JudgedSession, recipient: string): Promise<SmtpReply | undefined>;
  /** For the recipients that were taken. */
  beginContent(session: JudgedSession, recipients: readonly string[]): ContentJudge;
}

const differentRules = refusal(
  450,
  '4.5.3',
  'Mail to this recipient is judged by other rules; please send it separately',
);
/** RFC 5321 §4.5.3.1.10: 452 is what makes a server send the rest in a transaction of its own at once. */
const sendSeparately: SmtpReply = { ...differentRules, code: 452 };

export function createStrangerJudge(parts: StrangerJudgeParts): StrangerJudge {
  const { tools, clock, onEvent, operatorLists } = parts;
  const judgeContent = createContentJudge(parts);

  const transactionOf = (session: JudgedSession): Transaction => {
    const known = session.notes.get('judged') as Transaction | undefined;
    if (known === undefined) throw new Error('RCPT without MAIL');
    return known;
  };

  return {
    beginSender(session, sender) {
      const { remoteAddress: clientAddress, helo, notes } = session;
      let client = notes.get('client') as ReturnType<typeof clientFacts> | undefined;
      if (client === undefined) notes.set('client', (client = clientFacts(tools, clientAddress)));
      const said = { nowMs: clock.now(), clientAddress, helo, sender };
      const transaction = beginTransaction(parts, client, said);
      notes.set('judged', transaction);
      for (const rules of parts.rules) lookAhead(transaction.factsFor(rules));
    },

    async judgeRecipient(session, recipient) {
      const transaction = transactionOf(session);
      const profile = parts.profileOf(recipient);
      const facts = transaction.factsFor(profile.rules);
      const { clientAddress, sender, helo } = facts;
      const entries = operatorLists.match({ clientAddress, sender, helo, recipient });
      const isWelcome = profile.isFiltered && (await isWelcomeSender(entries[0], facts));
      if (profile.isFiltered && !isWelcome) {
        const asked: RecipientFacts = {
          ...facts,
          recipient,
          entries,
          isHomeAway: parts.isHomeAway(domainOf(recipient)),
        };
        const findings = [
          ...(await evaluate(profile.rules.recipientChecks, asked, onEvent)),
          ...(await transaction.findingsFor(profile.rules)),
        ];
        const judgement = weigh(findings, profile);
        const refused = refuse(parts, judgement, { facts, recipients: [recipient], stage: 'rcpt' });
        if (refused !== undefined) return refused;
      }
      transaction.profile ??= profile;
      transaction.isWelcome ??= isWelcome;
      // Who is welcome to one must not be refused to him for the sake of another, nor taken for both.
      const isAlike =
        transaction.profile.name === profile.name && transaction.isWelcome === isWelcome;
      return isAlike ? undefined : sendSeparately;
    },

    beginContent(session, recipients) {
      return judgeContent(transactionOf(session), recipients);
    },
  };
}

/** Nobody waits for it here; whoever asks later gets the same answer, and its failure. */
function lookAhead(facts: SenderFacts): void {
  for (const ask of [facts.spf, facts.reverseName, facts.addressHits, facts.domainHits])
    void ask().catch(() => undefined);
}
