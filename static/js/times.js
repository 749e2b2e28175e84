// When what plays: the shared rule of docs/timing.md, the same as api_queue/queues/timing.py. Pure.

/** Where the music is: less than 0 is the pause before a track, counting up. @param {number} now ms, server's clock */
export function projected(session, now) {
  const elapsed = session.play_state === "playing" ? now - session.position_at_ms : 0;
  return Math.min(session.position_ms + elapsed, session.duration_ms ?? 0);
}

/** When the current item ends; null when nothing is promised. Paused counts as going on right now. */
export function freeAt(session, now) {
  if (session.play_state === "stopped" || session.stop_after || session.repeat_mode === "one") return null;
  return now + Math.max(0, (session.duration_ms ?? 0) - projected(session, now));
}

/**
 * One start for each waiting item, in order.
 * @param {{timestamp_play: number|null, track_duration_ms: number}[]} waiting
 * @param {{track_space: number}} settings seconds between tracks
 * @param {string[]} [paused] performers whose songs nobody waits for
 * @returns {(number|null)[]} ms since 1970
 */
export function expectedStarts(waiting, session, settings, now, paused = []) {
  let end = freeAt(session, now);
  return waiting.map((item) => {
    if (end === null || standsBack(item, paused)) return null;
    const start = Math.max(end + Math.round(settings.track_space * 1000), item.timestamp_play ?? 0);
    end = start + item.track_duration_ms;
    return start;
  });
}

/** The start of one more item behind all of them. */
export function expectedAfter(waiting, session, settings, now, paused = []) {
  const one = { performer_name: "", timestamp_play: null, track_duration_ms: 0 };
  return expectedStarts([...waiting, one], session, settings, now, paused).at(-1);
}

/** Whether those behind an item go first: one of its singers is paused, or it is music of the fallback. */
export const standsBack = ({ performer_name: name, added_by: by }, paused) => by === "server" || isPaused(name, paused);

/** A duet is, when one of its singers is. */
export function isPaused(name, paused = []) {
  if (!paused.length) return false;
  const keys = new Set(paused.flatMap(singers));
  return singers(name).some((key) => keys.has(key));
}

/** Upper case first: `ß` is `ss`, as in Python's casefold. */
const singers = (name) => name.split(" & ").map((part) => part.trim().normalize("NFKC").toUpperCase().toLowerCase());
