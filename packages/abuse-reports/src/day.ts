// Days in UTC, as reports count them: "2026-11-22". They sort as they follow each other.
export const dayMs = 86_400_000;

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
