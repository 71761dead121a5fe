// Every check, in the order an operator reads them: who we are, what others think of us, our records, our doors, ourselves.
import type { Check } from '../look.ts';
import { certificate } from './certificate.ts';
import { clock } from './clock.ts';
import { dkim } from './dkim.ts';
import { dmarc } from './dmarc.ts';
import { helo } from './helo.ts';
import { listed } from './listed.ts';
import { mirror } from './mirror.ts';
import { mtaSts } from './mta-sts.ts';
import { mx } from './mx.ts';
import { port25In } from './port-25-in.ts';
import { port25Out } from './port-25-out.ts';
import { ptr } from './ptr.ts';
import { resolver } from './resolver.ts';
import { spf } from './spf.ts';
import { tlsa } from './tlsa.ts';

export const allChecks: readonly Check[] = [
  helo,
  ptr,
  listed,
  mx,
  spf,
  dkim,
  dmarc,
  mtaSts,
  tlsa,
  certificate,
  port25In,
  port25Out,
  resolver,
  clock,
  mirror,
];
