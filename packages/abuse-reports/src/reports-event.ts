// What is worth a log line or a counter about the counts themselves; what reports say is told by readReport() and note().
export type ReportsEvent =
  /** The file was damaged: it stands beside the new one as reports.sqlite.damaged, and counting begins anew. */
  | { readonly name: 'reports.set-aside'; readonly path: string; readonly cause: unknown }
  /** Some seconds of our own evaluations could not be written down and are lost for the reports. Mail is not concerned. */
  | { readonly name: 'reports.tally-lost'; readonly messages: number; readonly cause: unknown };

export type ReportsEventSink = (event: ReportsEvent) => void;
