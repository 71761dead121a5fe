// Checks a message against the DMARC record of its author's domain, in the order of RFC 9989 §5.3.
import { parseDnsName } from '@restante/dns';
import { startDeadline } from '../deadline.ts';
import type { Dmarc, DmarcAnswer, DmarcOptions, DmarcQuestion } from './check-dmarc.ts';
import { dmarcQuestions } from './dmarc-questions.ts';
import type { DmarcQuestions } from './dmarc-questions.ts';
import { policyFor } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';
import { orgDomainIn, policyIn, walkTree } from './tree-walk.ts';
import type { OrgDomain } from './tree-walk.ts';

export function createDmarc({ resolver, budgetMs }: DmarcOptions): Dmarc {
  return {
    async check(question, signal) {
      signal?.throwIfAborted();
      const author = oneAuthor(question);
      if (!author.ok) return permerror(author);
      using deadline = startDeadline(budgetMs, signal);
      const dns = dmarcQuestions(resolver, { deadline, signal });
      return await new Evaluation(author.domain, question, dns).run();
    },
    async orgDomainOf(domain, signal) {
      signal?.throwIfAborted();
      const name = parseDnsName(domain);
      if (!name.ok) return undefined;
      using deadline = startDeadline(budgetMs, signal);
      const dns = dmarcQuestions(resolver, { deadline, signal });
      const org = orgDomainIn(await walkTree(name.value, dns.recordAt));
      return org.kind === 'known' ? org.domain : undefined;
    },
  };
}

type Author =
  | { readonly ok: true; readonly domain: string }
  | { readonly ok: false; readonly domain: string; readonly problem: string };

/** §5.3.1: exactly one domain, or DMARC has nothing to say, and nobody should believe such a From. */
function oneAuthor({ fromDomains, fromProblem }: DmarcQuestion): Author {
  const domains = new Set(fromDomains.map((domain) => domain.toLowerCase()));
  const [domain = ''] = domains;
  if (fromProblem !== undefined) return { ok: false, domain, problem: fromProblem };
  if (domains.size === 0) return { ok: false, domain, problem: 'From names no domain.' };
  if (domains.size > 1) return { ok: false, domain, problem: 'From names several domains.' };
  const name = parseDnsName(domain);
  return name.ok
    ? { ok: true, domain: name.value }
    : { ok: false, domain, problem: 'From names a domain that DNS cannot hold.' };
}

function permerror({ domain, problem }: { domain: string; problem: string }): DmarcAnswer {
  return { result: 'permerror', fromDomain: domain, policy: 'none', alignedBy: [], problem };
}

type Alignment = 'yes' | 'no' | 'unknown';

interface Identifier {
  readonly by: 'spf' | 'dkim';
  readonly result: string;
  readonly domain: string;
}

class Evaluation {
  readonly #author: string;
  readonly #identifiers: readonly Identifier[];
  readonly #dns: DmarcQuestions;
  /** Found out only when it matters. */
  #authorOrg: OrgDomain | undefined;

  constructor(author: string, { spf, dkim }: DmarcQuestion, dns: DmarcQuestions) {
    this.#author = author;
    this.#identifiers = [
      { by: 'spf', ...spf },
      ...dkim.map((signature) => ({ by: 'dkim' as const, ...signature })),
    ];
    this.#dns = dns;
  }

  async run(): Promise<DmarcAnswer> {
    const policy = policyIn(await this.#stepsToPolicy());
    const fromDomain = this.#author;
    if (policy.kind !== 'policy') {
      const result = policy.kind === 'none' ? 'none' : 'temperror';
      const { problem } = policy;
      return { result, fromDomain, policy: 'none', alignedBy: [], ...(problem && { problem }) };
    }
    const { at, record, problem } = policy;
    const alignedBy = await this.#alignedBy(record);
    const open = alignedBy.length > 0 ? undefined : await this.#openQuestion(record);
    const result = alignedBy.length > 0 ? 'pass' : open === undefined ? 'fail' : 'temperror';
    if (at !== fromDomain) await this.#orgOfAuthor();
    const org = this.#authorOrg;
    const problems = open ?? problem;
    return {
      result,
      fromDomain,
      policy: await this.#policyOf(record, at, result),
      alignedBy,
      recordAt: at,
      record,
      ...(org?.kind === 'known' && { orgDomain: org.domain }),
      ...(record.rua.length > 0 && { reportTo: record.rua }),
      ...(problems !== undefined && { problem: problems }),
    };
  }

  /** §4.10.1: with a record at the domain itself nothing above matters for the policy. */
  async #stepsToPolicy() {
    const found = await this.#dns.recordAt(this.#author);
    if (found.kind !== 'none') return [{ name: this.#author, found }];
    return walkTree(this.#author, this.#dns.recordAt);
  }

  async #alignedBy(record: DmarcRecord): Promise<readonly ('spf' | 'dkim')[]> {
    const by = new Set<'spf' | 'dkim'>();
    for (const identifier of this.#identifiers) {
      if (identifier.result !== 'pass' || by.has(identifier.by)) continue;
      if ((await this.#alignment(identifier, record)) === 'yes') by.add(identifier.by);
    }
    return [...by];
  }

  /** §5.3.6: what DNS did not tell, here or before us, and might have made it a pass. A name that cannot align is no excuse. */
  async #openQuestion(record: DmarcRecord): Promise<string | undefined> {
    for (const identifier of this.#identifiers) {
      const { by, result } = identifier;
      if (result !== 'pass' && result !== 'temperror') continue;
      const alignment = await this.#alignment(identifier, record);
      if (alignment === 'unknown') return 'DNS could not tell whether the domains belong together.';
      if (alignment === 'yes') return `${by.toUpperCase()} could not be checked.`;
    }
    return undefined;
  }

  /** §4.4, §4.10.2: the same name, or, where relaxed, the same organization. */
  async #alignment({ by, domain }: Identifier, record: DmarcRecord): Promise<Alignment> {
    const name = parseDnsName(domain);
    if (!name.ok) return 'no';
    if (name.value === this.#author) return 'yes';
    if ((by === 'spf' ? record.aspf : record.adkim) === 's') return 'no';
    // An organization is above both of them, so they end alike: spares the questions about most strangers.
    if (lastLabel(name.value) !== lastLabel(this.#author)) return 'no';
    const authorOrg = await this.#orgOfAuthor();
    if (authorOrg.kind === 'unknown') return 'unknown';
    if (!isWithin(name.value, authorOrg.domain)) return 'no';
    const org = await this.#orgDomain(name.value);
    if (org.kind === 'unknown') return 'unknown';
    return org.domain === authorOrg.domain ? 'yes' : 'no';
  }

  /** Each name is asked once, however often it is on the way. */
  async #orgDomain(domain: string): Promise<OrgDomain> {
    return orgDomainIn(await walkTree(domain, this.#dns.recordAt));
  }

  async #orgOfAuthor(): Promise<OrgDomain> {
    this.#authorOrg ??= await this.#orgDomain(this.#author);
    return this.#authorOrg;
  }

  async #policyOf(record: DmarcRecord, at: string, result: DmarcAnswer['result']) {
    if (at === this.#author) return policyFor(record, 'domain');
    const below = policyFor(record, 'subdomain');
    const ifMissing = policyFor(record, 'nonexistent');
    if (result !== 'fail' || below === ifMissing) return below;
    // Could not find out is not "does not exist".
    const exists = await this.#dns.exists(this.#author);
    return exists === false ? ifMissing : below;
  }
}

function lastLabel(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function isWithin(name: string, above: string): boolean {
  return name === above || name.endsWith(`.${above}`);
}
