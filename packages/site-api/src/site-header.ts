// Every site's operators' door is at a loopback address, most likely the same one on every machine. So a caller says which
// site he means, and a site that is another one says so: nobody changes the wrong site by mistake.
import { SiteApiError } from './errors.ts';

export const siteHeader = 'restante-site';

/** Throws SITE_UNREACHABLE when another site is meant; a caller that does not say is answered. */
export function checkMeantSite(meant: unknown, own: string): void {
  if (meant === undefined || meant === own) return;
  throw new SiteApiError('SITE_UNREACHABLE', {
    detail: `The site ${own} answers here, not the one that was meant. Run the command on that site's own machine.`,
  });
}
