// The public face of @restante/notices.
export { noticesSection } from './config.ts';
export { createNotices, type NoticesOptions } from './create-notices.ts';
export { NoticesError, noticesFailures, type NoticesFailureCode } from './errors.ts';
export type { Notice, NoticeEvent, Notices, NoticesSettings, NoticeWay } from './notices.ts';
