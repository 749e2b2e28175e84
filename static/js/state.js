// What a page knows of its queue: a snapshot, and each event on top of it. Pure.

/**
 * @typedef {{id: string, track_id: string, performer_name: string, session_owner: string, status: string,
 *   timestamp_play: number|null, track_duration_ms: number}} Item
 * @typedef {{play_state: string, item_id: string|null, track_id: string|null, position_ms: number,
 *   position_at_ms: number, duration_ms: number|null, stop_after: boolean, active_device_id: string|null,
 *   speaker_name: string|null, generation: number, lease_until_ms: number|null, volume: number}} Session
 * @typedef {{rev: number, kind: string, settings: Record<string, any>|null, session: Session, items: Item[],
 *   ready?: string[], paused?: string[], moved?: string[]}} State `ready` and `moved` are ids of items, `paused` names
 */

/** The state after an event; the same object when the event changes nothing; null when only a snapshot can help. */
export function reduce(state, name, payload) {
  if (name === "snapshot") return payload;
  if (!state || payload.rev < state.rev) return state;
  if (payload.rev > state.rev + 1) return null;
  const change = CHANGES[name]?.(state, payload);
  return change || payload.rev !== state.rev ? { ...state, ...change, rev: payload.rev } : state;
}

const CHANGES = {
  items_change: (state, { changes, rev: _rev, type: _type, ts: _ts, ...marks }) => ({
    items: changes.reduce(apply, state.items),
    ...marks,
  }),
  settings_change: (_state, { settings }) => ({ settings }),
  timeline_update: (_state, { session }) => ({ session }),
  speaker_change: (_state, { session }) => ({ session }),
  options_change: (_state, { session }) => ({ session }),
  timeline_beacon: ({ session }, { item_id, position_ms, ts }) =>
    session.item_id === item_id && session.play_state === "playing"
      ? { session: { ...session, position_ms, position_at_ms: ts } }
      : null,
};

/** One change of the list. Each may be applied twice without harm. */
function apply(items, { op, item, id = item?.id, before }) {
  if (op === "update") return items.map((old) => (old.id === id ? item : old));
  const moved = item ?? items.find((old) => old.id === id);
  const rest = items.filter((old) => old.id !== id);
  if (op === "remove" || !moved) return rest;
  const place = rest.findIndex((other) => other.id === before || (moved.status !== "lobby" && other.status === "lobby"));
  return place < 0 ? [...rest, moved] : [...rest.slice(0, place), moved, ...rest.slice(place)];
}

/** What asks to be let in. */
export const asking = (state) => state.items.filter((item) => item.status === "lobby");
export const waiting = (state) => state.items.filter((item) => item.status === "queued");
/** Between two events of one change the session may still name an item that waits again. */
export const current = (state) =>
  state.items.find((item) => item.id === state.session.item_id && item.status !== "queued") ?? null;
export const title = (state, queue) => state.settings?.title || queue;
