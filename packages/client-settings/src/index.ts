// The public face of @restante/client-settings.
export { settingsSection } from './config.ts';
export type { ServedDomain, Service, ServiceName, ServingSite } from './served-domain.ts';
export { servicesOf } from './served-domain.ts';
export { autoconfigXml } from './autoconfig.ts';
export { mobileconfig } from './mobileconfig.ts';
export type { MtaStsPolicy } from './mta-sts-policy.ts';
export { mtaStsId, mtaStsText } from './mta-sts-policy.ts';
export type {
  SettingsAnswer,
  SettingsHandler,
  SettingsHandlerOptions,
  SettingsRequest,
} from './settings-handler.ts';
export { createSettingsHandler } from './settings-handler.ts';
export { settingsListener } from './request-listener.ts';
export type { DnsRecord, RecordNeed } from './records/dns-record.ts';
export { valueOf } from './records/dns-record.ts';
export type { DomainRecordsOptions } from './records/domain-records.ts';
export { domainRecords } from './records/domain-records.ts';
export type { RecordFinding } from './records/check-records.ts';
export { checkRecords } from './records/check-records.ts';
export { zoneText } from './records/zone-text.ts';
