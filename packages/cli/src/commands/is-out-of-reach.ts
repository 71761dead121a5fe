// Why a site may be silent without anything being wrong with what was asked: it is away, or its token is not on this machine.
import type { SiteApiError } from '@restante/site-api';

export function isOutOfReach({ code }: SiteApiError): boolean {
  return code === 'SITE_UNREACHABLE' || code === 'NOT_AUTHORIZED';
}
