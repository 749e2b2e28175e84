// Times, lengths and places in words.

const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const CLOCK = new Intl.DateTimeFormat(undefined, HOURS);
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, { ...HOURS, weekday: "long" });
const DATE_AND_CLOCK = new Intl.DateTimeFormat(undefined, { ...HOURS, day: "numeric", month: "short" });

/** @param {number} ms since 1970 */
export const clock = (ms) => CLOCK.format(ms);

/** The same, with the day when it is not close, and the date when the day could be of another week. */
export function day(ms, now) {
  const away = Math.abs(ms - now);
  if (away < 43_200_000) return CLOCK.format(ms);
  return (away < 518_400_000 ? DAY_AND_CLOCK : DATE_AND_CLOCK).format(ms);
}

/** 212500 -> "3:32" */
export function length(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** What is left, to the second: "4:05", "1 h 20 min" */
export function remaining(ms) {
  const minutes = Math.ceil(ms / 60_000);
  return minutes > 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : length(Math.ceil(ms / 1000) * 1000);
}

export function until(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `in ${Math.max(1, minutes)} min`;
  return `in ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function ordinal(n) {
  const tens = n % 100;
  const ending = tens > 10 && tens < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th");
  return `${n}${ending}`;
}

export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** "You are 4th, about 22:40 (give or take 8 min)." @param {string} [who] with its verb */
export function promise(position, at, unsureMs = 0, who = "You are") {
  const place = `${who} ${position === 1 ? "next" : ordinal(position)}`;
  if (at === null || at === undefined) return `${place}.`;
  const minutes = Math.round((unsureMs ?? 0) / 60_000);
  return `${place}, about ${clock(at)}${minutes ? ` (give or take ${minutes} min)` : ""}.`;
}

/** A date setting for <input type="datetime-local"> and back, in this device's own zone. */
export function toLocal(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export const fromLocal = (text) => (text ? new Date(text).toISOString() : null);
