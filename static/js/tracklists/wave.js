// The recording as a picture: how loud it is, where rows begin, and how far it was heard.

import { get } from "../api.js";

const STEP_PX = 4;
const BAR_PX = 2;

export class Wave {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.peaks = [];
    this.starts = [];
    this.at = 0;
  }

  /** A recording that was not analyzed has a flat one. @param {string|null} trackId */
  async load(trackId) {
    this.peaks = [];
    try {
      if (trackId) this.peaks = (await get(`/tracks/${encodeURIComponent(trackId)}/waveform`)).peaks;
    } catch { /* it is only a picture */ }
    this.draw();
  }

  /** @param {number|null} length of the recording @param {number[]} starts of rows, all in ms */
  mark(length, starts) {
    [this.length, this.starts] = [length, starts];
    this.draw();
  }

  /** @param {number} at ms */
  play(at) {
    this.at = at;
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !this.length) return;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) {
      [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.drawBars(pen, width, height);
    pen.fillStyle = colour("--cream");
    for (const start of this.starts) pen.fillRect((start / this.length) * width, 0, 2, height);
  }

  drawBars(pen, width, height) {
    const loudest = Math.max(0.01, ...this.peaks);
    const heard = (this.at / this.length) * width;
    for (let x = 0; x < width; x += STEP_PX) {
      const peak = this.peaks.length ? this.peaks[Math.floor((x / width) * this.peaks.length)] / loudest : 0.12;
      const bar = Math.max(2, peak * (height - 4));
      pen.fillStyle = colour(x < heard ? "--flame" : "--edge");
      pen.fillRect(x, (height - bar) / 2, BAR_PX, bar);
    }
  }
}

const colours = new Map();
function colour(name) {
  if (!colours.has(name)) colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return colours.get(name);
}
