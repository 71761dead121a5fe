// The public face of @restante/site-api.
export type {
  AccountOperations,
  AccountRow,
  AliasRow,
  AppPasswordRow,
  AppPasswordScope,
  CatchAllRow,
  ExportedRow,
  ImportedRow,
  ImportRequest,
  ImportRow,
  NewAccountRow,
  QuotaChange,
} from './account-operations.ts';
export { importRowsMax } from './account-schemas.ts';
export type {
  PeerOperations,
  PeerStatus,
  QueueDetail,
  QueueFilter,
  QueuePage,
  QueueRow,
  QueueSelection,
  RouteStatus,
  SiteOperations,
  SiteStatus,
  TimelineStep,
  Touched,
} from './site-operations.ts';
export type {
  HarvestBlockRow,
  JudgementPage,
  Judgements,
  ListEntryRow,
  ListFilter,
  ListName,
  ListOperations,
  ListPage,
  NewListEntry,
  SharedBlock,
  SharedJudgementOperations,
} from './judgement-operations.ts';
export { sharedBlocksMax, sharedEntriesMax } from './judgement-schemas.ts';
export type { JudgementClient } from './client/judgement-client.ts';
export type {
  ExportMailRequest,
  ImportMailRequest,
  MailboxOperations,
  RecoverableList,
  RecoverableQuery,
  RecoverableRow,
  TransferJob,
  TransferJobReport,
  Undeleted,
} from './mailbox-operations.ts';
export type { SiteApiErrorOptions, SiteApiFailureCode } from './errors.ts';
export { SiteApiError, siteApiFailures } from './errors.ts';
export { ensureOperatorToken, operatorTokenPath, readOperatorToken } from './operator-token.ts';
export type { Readiness } from './schemas.ts';
export { pageRowsMax } from './schemas.ts';
export type { ListeningServer } from './server/http-server.ts';
export type { ExplainFailure } from './server/to-http-problem.ts';
export type { OperatorServerOptions } from './server/operator-server.ts';
export { createOperatorServer } from './server/operator-server.ts';
export type { PeerServerOptions } from './server/peer-server.ts';
export { createPeerServer } from './server/peer-server.ts';
export type { OperatorClient, OperatorClientOptions } from './client/operator-client.ts';
export { createOperatorClient } from './client/operator-client.ts';
export type {
  PeerClient,
  PeerClientOptions,
  PeerLoadAnswer,
  RecipientsAnswer,
} from './client/peer-client.ts';
export { createPeerClient } from './client/peer-client.ts';
export type {
  Decision,
  JudgingAnswer,
  JudgingOperations,
  JudgingQuestion,
  JudgingReason,
} from './judging-operations.ts';
export type { DoctorDiagnosis, DoctorFinding, DoctorOperations } from './doctor-operations.ts';
export type {
  ComplaintRow,
  DmarcRow,
  ReportsFilter,
  ReportsOperations,
  SentReportRow,
  SourceRow,
} from './reports-operations.ts';
export type {
  AbusePlaceRow,
  ResumedAnswer,
  SendingExplained,
  SendingOperations,
  SendLimitsChange,
  StoppedRow,
  SuspendedAnswer,
  SuspendRequest,
  SuspensionRow,
  SuspensionScope,
} from './sending-operations.ts';
