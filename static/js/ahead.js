// While the server is away, the only speaker goes on through the tracks that it has, as the server would. Pure.

import { waiting } from "./state.js";
import { standsBack } from "./times.js";

/** What comes after an item; undefined while an item is over and the session has not heard of it yet. */
export function following(state, itemId) {
  if (state.session.repeat_mode === "one" || state.session.stop_after) return undefined;
  const { status } = state.items.find((item) => item.id === itemId) ?? {};
  if (status !== "playing" && status !== "queued") return undefined;
  const line = waiting(state).filter((item) => item.id === itemId || !standsBack(item, state.paused));
  return line[line.findIndex((item) => item.id === itemId) + 1];
}

/** The session when `itemId` has ended at `endedAtMs` by the server's clock; undefined when nothing follows. */
export function sessionAfter(state, itemId, endedAtMs) {
  const next = following(state, itemId);
  return next && {
    ...state.session,
    item_id: next.id,
    track_id: next.track_id,
    position_ms: -Math.round(state.settings.track_space * 1000),
    position_at_ms: endedAtMs,
    duration_ms: next.track_duration_ms,
    tempo: next.tempo ?? 1,
    key_shift: next.key_shift ?? 0,
  };
}

/** Whether the server has said no more than it had when this page went on alone. */
export const knowsNothingNew = (before, session) =>
  session.item_id === before.item_id && session.play_state === "playing" && session.generation === before.generation;
