// What a guest has under the rules of a queue, as it goes on by the clock. Pure.

/**
 * As `GET /queue/X/` and the answer of an add tell it at `clock_ms`.
 * @typedef {{clock_ms: number,
 *   own: {waiting: number, waiting_ms: number, max_per_guest: number|null, max_minutes_per_guest: number|null},
 *   token: {valid_from: number, valid_until: number}|null, joined: boolean, table: string|null,
 *   points: {points: number, points_max: number, points_per_hour: number}|null}} Holdings
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Points of one add: one for each started minute. */
export const cost = (durationMs) => Math.ceil(durationMs / MINUTE_MS);

/** What is in the purse. @param {Holdings} you @param {number} now ms, server's clock */
export function pointsAt({ points: { points, points_max: most, points_per_hour: perHour }, clock_ms: then }, now) {
  return Math.min(most, points + (Math.max(0, now - then) * perHour) / HOUR_MS);
}

/** When the purse holds `wanted` points, `now` if it does; null: never. */
export function enoughAt(you, wanted, now) {
  const { points_max: most, points_per_hour: perHour } = you.points;
  const missing = wanted - pointsAt(you, now);
  if (missing <= 0) return now;
  return wanted > most || !perHour ? null : now + (missing / perHour) * HOUR_MS;
}

/** Of the guest's window whether it is open, and its next edge in ms; null without one, and after it. */
export function windowAt(token, now) {
  if (!token || now >= token.valid_until) return null;
  const open = now >= token.valid_from;
  return { open, edge: open ? token.valid_until : token.valid_from };
}

/** How many more songs the guest may add, and minutes; null without a bound. */
export function roomLeft({ own }) {
  const left = (most, has) => (most === null ? null : Math.max(0, Math.floor(most - has)));
  return {
    songs: left(own.max_per_guest, own.waiting), minutes: left(own.max_minutes_per_guest, own.waiting_ms / MINUTE_MS),
  };
}
