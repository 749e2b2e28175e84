// Times within a recording, as people write them. Pure.

const CLOCK = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)(?:[.,](\d{1,3}))?$/;
const SECONDS = /^(\d{1,6})(?:[.,](\d{1,3}))?$/;

/** "1:02:33.5", "62:33", "90" -> ms; null: it is none. */
export function readTime(text) {
  const said = text.trim();
  const clock = CLOCK.exec(said);
  if (clock) return fraction((Number(clock[1] ?? 0) * 60 + Number(clock[2])) * 60 + Number(clock[3]), clock[4]);
  const seconds = SECONDS.exec(said);
  return seconds ? fraction(Number(seconds[1]), seconds[2]) : null;
}

const fraction = (seconds, digits = "") => seconds * 1000 + Number(digits.padEnd(3, "0"));

/** 3753500 -> "1:02:33.5"; whole seconds have no point. */
export function writeTime(ms) {
  const seconds = Math.floor(ms / 1000);
  const rest = ms % 1000 ? `.${String(Math.round(ms % 1000)).padStart(3, "0")}`.replace(/0+$/, "") : "";
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}${rest}`;
}
