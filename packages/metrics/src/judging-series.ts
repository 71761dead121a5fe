// Counters of how strangers are judged; part of counter-series.ts.
import type { CounterSeries } from './counter-series.ts';

export const judgingSeries = {
  judgements: {
    name: 'restante_judgements_total',
    help: 'Recipients and messages of strangers that were not simply taken.',
    labels: ['stage', 'action'],
  },
  harvestBlocks: {
    name: 'restante_harvest_blocks_total',
    help: 'Addresses or networks sent away for guessing recipients.',
  },
  listChanges: {
    name: 'restante_list_changes_total',
    help: 'Lists in DNS switched off because they are not well, or on again.',
    labels: ['zone', 'to'],
  },
  listUnanswered: {
    name: 'restante_list_unanswered_total',
    help: 'Questions to a list that had no answer in time.',
    labels: ['zone'],
  },
  listHits: {
    name: 'restante_list_hits_total',
    help: 'Answers of a list that said: listed.',
    labels: ['zone'],
  },
  greylisted: {
    name: 'restante_greylist_judgements_total',
    help: 'What greylisting said of a triplet.',
    labels: ['outcome'],
  },
  scans: {
    name: 'restante_scans_total',
    help: 'Messages shown to a scanner, by how it ended.',
    labels: ['scanner', 'outcome'],
  },
  scannerChanges: {
    name: 'restante_scanner_changes_total',
    help: 'Scanners left alone after failures, or used again.',
    labels: ['scanner', 'to'],
  },
  lessons: {
    name: 'restante_scanner_lessons_total',
    help: 'Messages moved into Junk or out of it that a scanner was to learn.',
    labels: ['scanner', 'outcome'],
  },
  policyJudgements: {
    name: 'restante_policy_judgements_total',
    help: 'What each check of the policy found; `late` and `failed` for checks without an answer.',
    labels: ['check', 'action'],
  },
  doctorLooks: {
    name: 'restante_doctor_looks_total',
    help: 'Times the doctor looked at what the world sees of the site.',
  },
  doctorProblems: {
    name: 'restante_doctor_problems_total',
    help: 'Problems the doctor found that were not there the time before.',
    labels: ['check'],
  },
  doctorMended: {
    name: 'restante_doctor_mended_total',
    help: 'Problems that were gone when the doctor looked again.',
    labels: ['check'],
  },
  doctorListed: {
    name: 'restante_doctor_listed_total',
    help: 'Looks that found one of our addresses or domains on a list.',
    labels: ['zone'],
  },
  reportsRead: {
    name: 'restante_reports_read_total',
    help: 'Reports of others about our mail that came in, by what they are and what became of them.',
    labels: ['kind', 'outcome'],
  },
  reportsSent: {
    name: 'restante_reports_sent_total',
    help: 'Reports of ours about mail of others, by what they are and what became of them.',
    labels: ['kind', 'outcome'],
  },
  reportsTallyLost: {
    name: 'restante_reports_tally_lost_total',
    help: 'Messages that are missing in DMARC reports of ours because the count of them could not be written.',
  },
  reportsSetAside: {
    name: 'restante_reports_set_aside_total',
    help: 'Times the file with the counts of reports was damaged and begun anew.',
  },
} as const satisfies Record<string, CounterSeries>;
