// Every reason the policy can give, in plain words, for whoever got a mail back: what it means, and what to do. English and Chinese.
//
// One entry for each check; a test keeps it complete.

export interface Explanation {
  readonly what: string;
  readonly todo: string;
}

export interface InTwoLanguages {
  readonly en: Explanation;
  readonly zh: Explanation;
}

export const explanations: Readonly<Record<string, InTwoLanguages>> = {
  'blocked-network': {
    en: {
      what: 'The operator of this site has blocked the network your mail server is in.',
      todo: 'Write to the postmaster of the recipient from another address, or phone.',
    },
    zh: {
      what: '本站管理员已封锁您的邮件服务器所在的网段。',
      todo: '请用其他地址写信给收件方的邮局管理员（postmaster），或打电话联系。',
    },
  },
  'operator-list': {
    en: {
      what: 'This sender, domain or address was blocked here by hand.',
      todo: 'Write to the postmaster of the recipient; that address is always open.',
    },
    zh: {
      what: '该发件人、域名或地址已被本站人工封锁。',
      todo: '请写信给收件域名的 postmaster，这个地址始终可以收信。',
    },
  },
  'harvest-guard': {
    en: {
      what: 'Too much mail for people who do not exist came from your address within a short time.',
      todo: 'Nothing: it is over after some minutes and your server tries again. Clean your list of recipients.',
    },
    zh: {
      what: '短时间内，您的地址发来了太多寄给不存在的收件人的邮件。',
      todo: '无需处理：几分钟后自动解除，您的服务器会重试。请清理您的收件人名单。',
    },
  },
  'rate-of-connections': rate('connections', '连接'),
  'rate-of-messages': rate('messages', '邮件'),
  'rate-of-recipients': rate('recipients', '收件人'),
  'block-list': {
    en: {
      what: "Your mail server's address is on a public list of addresses that send spam; the reply names the list.",
      todo: 'Ask whoever runs your mail server to look it up at that list and to have it removed. Home connections are listed on purpose: send through your provider, with a login.',
    },
    zh: {
      what: '您的邮件服务器的地址被列入公开的垃圾邮件黑名单，退信中写明了是哪一份名单。',
      todo: '请让您的邮件服务商到该名单的网站查询并申请移除。家庭宽带的地址本来就在名单中：请登录您的邮件服务商后再发信。',
    },
  },
  'domain-list': {
    en: {
      what: "The sender's domain is on a public list of domains seen in spam; the reply names the list.",
      todo: 'Ask that list to remove the domain, and find out who sends in its name.',
    },
    zh: {
      what: '发件人的域名被列入公开的垃圾邮件域名名单，退信中写明了是哪一份名单。',
      todo: '请向该名单申请移除，并查清谁在以该域名发信。',
    },
  },
  spf: {
    en: {
      what: "The sender's domain publishes which servers may send its mail (SPF), and the server that brought this one is not among them.",
      todo: 'If you own the domain, add the server to its SPF record. If your mail was forwarded, ask the forwarder to rewrite the sender (SRS) or send to the new address directly.',
    },
    zh: {
      what: '发件域名公布了允许代其发信的服务器（SPF），而送来这封信的服务器不在其中。',
      todo: '如果域名是您的，请把该服务器加入 SPF 记录。如果是转发的邮件，请让转发方改写发件人（SRS），或直接发到新地址。',
    },
  },
  'reverse-name': {
    en: {
      what: "Your mail server's address has no name in DNS that leads back to it.",
      todo: 'Ask whoever gave you the address to set its PTR record to the name of your mail server.',
    },
    zh: {
      what: '您的邮件服务器的 IP 地址没有可以反查回来的域名（PTR）。',
      todo: '请让提供该 IP 地址的运营商把 PTR 记录设为您的邮件服务器的名称。',
    },
  },
  helo: {
    en: {
      what: 'Your mail server greeted with a name that is not its own, or with none.',
      todo: "Set your mail server's own full name for HELO/EHLO.",
    },
    zh: {
      what: '您的邮件服务器在 HELO/EHLO 中使用了别人的名称，或没有完整名称。',
      todo: '请把 HELO/EHLO 设为该服务器自己的完整域名。',
    },
  },
  greylist: {
    en: {
      what: 'We have not had mail from this server before, and ask every new one to come back in a few minutes.',
      todo: 'Nothing: your server tries again by itself, and is known from then on.',
    },
    zh: {
      what: '我们以前没有收到过这台服务器的邮件，初次来信都会请它几分钟后再来。',
      todo: '无需处理：您的服务器会自动重试，之后就不会再延迟。',
    },
  },
  'from-field': {
    en: {
      what: 'The message has no From field, or more than one; nobody can tell who wrote it.',
      todo: 'Have the program that made it write exactly one From.',
    },
    zh: {
      what: '邮件没有 From 字段，或有多个 From 字段，无法判断是谁写的。',
      todo: '请让生成邮件的程序只写一个 From 字段。',
    },
  },
  dkim: {
    en: {
      what: 'A signature (DKIM) in the message does not hold: it was changed on its way, or the key is wrong.',
      todo: 'This alone refuses nothing. If you sign mail, compare the key in DNS with the one your server uses.',
    },
    zh: {
      what: '邮件中的签名（DKIM）无效：途中被改动，或密钥不对。',
      todo: '仅此一点不会拒收。如果您的服务器签名，请核对 DNS 中的公钥。',
    },
  },
  dmarc: {
    en: {
      what: "The author's domain asks that mail in its name is refused when neither SPF nor DKIM shows that it is its own, and this one showed neither.",
      todo: 'Send through the servers of your domain. Owners: sign with DKIM, so that forwarded mail passes. List operators: rewrite From, or seal with ARC.',
    },
    zh: {
      what: '作者的域名要求：SPF 和 DKIM 都不能证明来源的邮件一律拒收（DMARC），这封信两者都未通过。',
      todo: '请通过您域名自己的服务器发信。域名所有者：请启用 DKIM 签名，转发的邮件才能通过。邮件列表：请改写 From 或使用 ARC。',
    },
  },
  'own-domain': {
    en: {
      what: 'The message says it comes from a domain whose mail lives here, but it was not sent through us and does not bear its signature.',
      todo: 'If it is your own mail, log in to send it (port 465 or 587). If a service sends for you, name it in your SPF record or give it a DKIM key.',
    },
    zh: {
      what: '邮件自称来自本站的域名，却不是经本站发出，也没有我们的签名。',
      todo: '如果是您自己的邮件，请登录后发送（端口 465 或 587）。如果由第三方服务代发，请把它加入 SPF 记录或为它配置 DKIM。',
    },
  },
  virus: {
    en: {
      what: 'The virus scanner found something in an attachment; the reply names it.',
      todo: 'Check your computer. If you are sure it is harmless, send it in another form, or a link to it.',
    },
    zh: {
      what: '病毒扫描程序在附件中发现了病毒，退信中写明了名称。',
      todo: '请检查您的电脑。如果确定无害，请换一种形式发送，或只发送链接。',
    },
  },
  'spam-score': {
    en: {
      what: 'The content looks like spam to the filter.',
      todo: 'Write it more plainly: fewer links and pictures, a real subject. Or ask the recipient to put you on the allow list.',
    },
    zh: {
      what: '内容过滤程序认为这封信像垃圾邮件。',
      todo: '请写得更朴素：少用链接和图片，写明主题。也可请收件人把您加入白名单。',
    },
  },
  'scanner-down': {
    en: {
      what: 'The message could not be checked because a scanner of ours does not work at the moment.',
      todo: 'Nothing: your server tries again by itself.',
    },
    zh: {
      what: '我们的扫描程序暂时无法工作，这封信未能检查。',
      todo: '无需处理：您的服务器会自动重试。',
    },
  },
  points: {
    en: {
      what: 'Many small things together: lists, missing names, failed signatures. The details say which.',
      todo: 'Mend what is named; each of them makes your mail suspicious elsewhere, too.',
    },
    zh: {
      what: '多个小问题加在一起：黑名单、缺少反查名称、签名无效等，详情中逐项列出。',
      todo: '请逐项修正；这些问题在其他地方也会让您的邮件显得可疑。',
    },
  },
};

function rate(en: string, zh: string): InTwoLanguages {
  return {
    en: {
      what: `Too many ${en} came from your address within a minute.`,
      todo: 'Nothing: your server tries again by itself. Send more slowly if it happens often.',
    },
    zh: {
      what: `一分钟内来自您的地址的${zh}过多。`,
      todo: '无需处理：您的服务器会自动重试。如果经常发生，请放慢发送速度。',
    },
  };
}
