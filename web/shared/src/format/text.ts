/** Values as people read them. Everything here is pure; `now` is given. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DATE_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** "just now", "12 min ago", "today 14:05", "3 Nov 14:05", "3 Nov 2025". */
export function ago(iso: string, now: number): string {
  const then = new Date(iso);
  const past = now - then.getTime();
  if (past < MINUTE) return "just now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ago`;
  if (sameDay(then, new Date(now))) return `today ${CLOCK.format(then)}`;
  if (sameDay(then, new Date(now - DAY))) return `yesterday ${CLOCK.format(then)}`;
  if (past < 300 * DAY) return `${DATE.format(then)} ${CLOCK.format(then)}`;
  return DATE_YEAR.format(then);
}

/** A moment to the second, for whoever wants to know exactly. */
export function moment(iso: string): string {
  return FULL.format(new Date(iso));
}

function sameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}

/** "24 frames", "1 frame". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${NUMBER.format(count)} ${count === 1 ? noun : plural}`;
}

/** 0.0312 -> "3.1 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function whole(value: number): string {
  return NUMBER.format(value);
}

/** Seconds of exposure: "1/250 s", "2.5 s". */
export function exposure(seconds: number): string {
  if (seconds <= 0) return "0 s";
  return seconds < 0.4 ? `1/${Math.round(1 / seconds)} s` : `${Number(seconds.toFixed(1))} s`;
}

/** "front_3q" -> "Front 3q"; "walk360" and the like have words of their own. */
export function words(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The first and last digits of something long. */
export function shortened(hex: string, ends = 6): string {
  return hex.length <= 2 * ends + 1 ? hex : `${hex.slice(0, ends)}…${hex.slice(-ends)}`;
}
