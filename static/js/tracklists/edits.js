// What may be done to a list: how it looks at once, and what is asked of the server.

import { del, post, put } from "../api.js";
import { added, changed, moved, removed } from "./rules.js";

/** @param {string} path of the list */
export function editsOf(path) {
  const rows = `${path}/tracks`;
  return {
    /** Times of a row, in ms or null. @param {{start_ms?: number|null, end_ms?: number|null}} times */
    times: (position, times) => ({
      about: `times ${position} ${Object.keys(times)}`,
      apply: (list) => changed(list, position, times),
      send: (how) => put(`${rows}/${position}/timing`, times, how),
    }),
    row: (position, fields) => ({
      apply: (list) => changed(list, position, fields),
      send: (how) => put(`${rows}/${position}`, fields, how),
    }),
    add: (position, fields) => ({
      apply: (list) => added(list, position, fields),
      send: (how) => post(rows, { ...fields, position }, how),
    }),
    remove: (position) => ({
      apply: (list) => removed(list, position),
      send: (how) => del(`${rows}/${position}`, undefined, how),
    }),
    move: (from, to) => ({
      apply: (list) => moved(list, from, to),
      send: (how) => post(`${rows}/reorder`, { from_position: from, to_position: to }, how),
    }),
    ends: () => ({ apply: same, send: (how) => post(`${rows}/auto-calculate-end-times`, {}, how) }),
    /** @param {Record<string, any>} facts of the set */
    facts: (facts) => ({ apply: (list) => ({ ...list, ...facts }), send: (how) => put(path, facts, how) }),
    publish: () => ({ apply: same, send: (how) => post(`${path}/publish`, {}, how) }),
    rollBack: (version) => ({ apply: same, send: (how) => post(`${path}/versions/${version}/rollback`, {}, how) }),
    /** Several rows at once. @param {{position: number}[]} changes */
    many: (changes) => ({
      apply: (list) => changes.reduce((before, { position, ...fields }) => changed(before, position, fields), list),
      send: (how) => put(`${rows}/bulk`, { tracks: changes }, how),
    }),
  };
}

const same = (list) => list;
