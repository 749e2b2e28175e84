// The text of a file, in whichever encoding: a mark at its front, else UTF-8, else what Windows wrote before that.

const MARKS = [["utf-16le", [0xff, 0xfe]], ["utf-16be", [0xfe, 0xff]]];

/** As much as the server reads of a page. */
const MOST_MIB = 4;

/** @param {Blob} file @returns {Promise<string>} Throws for what is too large to be a list. */
export async function readText(file) {
  if (file.size > MOST_MIB * 2 ** 20) throw new Error(`A list has no more than ${MOST_MIB} MiB; is this one?`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const marked = MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (marked) return new TextDecoder(marked[0]).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
