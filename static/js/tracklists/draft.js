// A list while it is edited: each change is seen at once and sent in order, and none is lost on the way.

import { get, randomKey } from "../api.js";
import { link } from "../enter.js";
import { differences, otherFacts } from "./rules.js";

const LONGEST_WAIT_MS = 8000;

/**
 * @typedef {{apply: (list: any) => any, send: (options: {rev: number, key: string}) => Promise<any>, about?: string,
 *   key?: string}} Edit `apply` shows what it does; an edit `about` the same thing takes the place of one that waits
 */
export class Draft {
  /**
   * @param {any} list as the server has it
   * @param {{shown: (list: any) => void, saved: (list: any) => void, refused: (sentence: string) => void,
   *   conflict: (mine: any, theirs: any) => Promise<boolean>}} on `conflict` answers whether to keep mine
   */
  constructor(list, on) {
    this.saved = list;
    this.on = on;
    this.waiting = [];
    this.path = `/api/v1/tracklists/${list.id}`;
  }

  /** As it is seen: with what is still on its way. */
  get list() {
    return this.waiting.reduce((list, edit) => edit.apply(list), this.saved);
  }

  get isSaved() {
    return !this.waiting.length;
  }

  /** @param {Edit} edit @returns {Promise<void>} when all is saved, or was refused */
  change(edit) {
    const last = this.waiting.at(-1);
    if (edit.about && last?.about === edit.about && !last.key) this.waiting.pop();
    this.waiting.push(edit);
    this.on.shown(this.list);
    this.sending ??= this.drain().finally(() => (this.sending = null));
    return this.sending;
  }

  async drain() {
    for (let wait = 500; this.waiting.length; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const [edit] = this.waiting;
      edit.key ??= randomKey();
      try {
        this.take((await edit.send({ rev: this.saved.rev, key: edit.key })) ?? (await get(this.path)));
        link(true);
        wait = 250;
      } catch (error) {
        if (error.passes) await this.later(error, wait);
        else if (error.code === "concurrent_edit") await this.settle(edit, error.facts);
        else this.drop(error.sentence);
      }
    }
    this.on.saved(this.saved);
  }

  /** It stays the first of those that wait. */
  async later(error, wait) {
    link(error.status === 429);
    if (error.status === 429) this.on.refused(error.sentence);
    await new Promise((done) => setTimeout(done, Math.max(wait, (error.facts.retry_after ?? 0) * 1000)));
  }

  take(list) {
    this.saved = list;
    this.waiting.shift();
    this.on.shown(this.list);
  }

  drop(sentence) {
    this.waiting.shift();
    this.on.refused(sentence);
    this.on.shown(this.list);
  }

  /** Mine is sent once more, on top of what somebody else has done; what is not to be seen waits for another word. */
  async settle(edit, { yours, current, detail }) {
    const mine = yours ?? edit.apply(current);
    const differ = differences(mine, current).length || otherFacts(mine, current).length;
    const keep = differ && (await this.on.conflict(mine, current));
    this.saved = current;
    if (!differ) return this.drop(detail);
    if (keep) edit.key = randomKey();
    else this.waiting.shift();
    return this.on.shown(this.list);
  }
}
