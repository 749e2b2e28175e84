// What an edit makes of a list, before the server has said so. Pure; positions count from 1.

/** What a row is called: "Artist – Title (Remix)". */
export function nameOf(row) {
  const title = row.remix && !row.title.includes(row.remix) ? `${row.title} (${row.remix})` : row.title;
  return row.artist ? `${row.artist} – ${title}` : title;
}

/** What a list is called. */
export function titleOf(list) {
  const made = [list.dj_name, list.event_name].filter(Boolean).join(" @ ");
  return list.title || made || "A set without a name";
}

const numbered = (list, tracks) => ({ ...list, tracks: tracks.map((row, at) => ({ ...row, position: at + 1 })) });

export const changed = (list, position, fields) =>
  numbered(list, list.tracks.map((row) => (row.position === position ? { ...row, ...fields } : row)));

export const removed = (list, position) => numbered(list, list.tracks.filter((row) => row.position !== position));

export function added(list, position, fields) {
  const row = { artist: "", kind: "main", start_ms: null, end_ms: null, ...fields };
  return numbered(list, inserted(list.tracks, position, row));
}

export function moved(list, from, to) {
  const [row] = list.tracks.slice(from - 1, from);
  return row ? numbered(list, inserted(list.tracks.filter((other) => other !== row), to, row)) : list;
}

const inserted = (rows, position, row) => [...rows.slice(0, position - 1), row, ...rows.slice(position - 1)];

const isMain = (row) => row.kind === "main";

/** The first row that nobody has set a time for. */
export const nextUnmarked = (list) => list.tracks.find((row) => isMain(row) && row.start_ms === null);

/** Where a row that begins then belongs. */
export function placeAt(list, ms) {
  const after = list.tracks.find((row) => isMain(row) && row.start_ms !== null && row.start_ms > ms);
  return after ? after.position : list.tracks.length + 1;
}

/** The row that is heard then. */
export const heardAt = (list, ms) =>
  list.tracks.filter((row) => isMain(row) && row.start_ms !== null && row.start_ms <= ms)
    .reduce((last, row) => (last && last.start_ms > row.start_ms ? last : row), null);

const SHOWN = ["artist", "title", "remix", "label", "kind", "start_ms", "end_ms", "notes"];
const same = (a, b) => Boolean(a && b) && SHOWN.every((field) => (a[field] ?? null) === (b[field] ?? null));
const FACTS = ["title", "dj_name", "event_name", "venue", "date", "audio_file_id"];

/** Places in which two lists differ: [{position, mine, theirs}], rows or undefined. */
export function differences(mine, theirs) {
  const rows = Math.max(mine.tracks.length, theirs.tracks.length);
  const pair = (_, at) => ({ position: at + 1, mine: mine.tracks[at], theirs: theirs.tracks[at] });
  const pairs = Array.from({ length: rows }, pair);
  return pairs.filter((pair) => !same(pair.mine, pair.theirs));
}

/** Facts about the set in which they differ: [[name, mine, theirs]]. */
export const otherFacts = (mine, theirs) =>
  FACTS.map((name) => [name, mine[name] ?? "", theirs[name] ?? ""]).filter(([, a, b]) => a !== b);
