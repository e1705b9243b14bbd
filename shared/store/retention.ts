/** How long each part of the store is kept, in days (weeks and months where the name says so). */
export const RETENTION = {
  streamDays: 7,
  deadLetterDays: 30,
  dailyDays: 400,
  intradayDays: 15,
  weeklyWeeks: 104,
  monthlyMonths: 36,
  /** Packed history per series: a year, its neighbourhood and the longest window of the features. */
  historyDays: 430,
} as const;
